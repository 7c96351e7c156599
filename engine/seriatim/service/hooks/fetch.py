"""Reads what the client did not send from its FHIR server, within bounds of time and size."""

from __future__ import annotations

import asyncio
import logging
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from seriatim.service.body import decode_json
from seriatim.service.hooks.call import FHIR_ID
from seriatim.service.hooks.servers import next_page
from seriatim.service.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ACCEPT = "application/fhir+json, application/json+fhir;q=0.9, application/json;q=0.8"
OLD_ACCEPT = "application/json+fhir"
NOT_ACCEPTABLE = 406
OK = 200


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of what one hook call may fetch; times in seconds, sizes in bytes."""

    seconds: float = 3.0
    page_bytes: int = 8_000_000
    total_bytes: int = 32_000_000
    pages: int = 10
    at_once: int = 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to fetch: a path below the base, and whether the first page is enough."""

    path: str
    all_pages: bool = True


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one query brought: resources and Bundles, whether it is all, and if not, why."""

    resources: tuple[dict[str, Any], ...] = ()
    failure: str = ""
    complete: bool = True


class _FetchError(Exception):
    """A page that was not had, and why, in words that name no address."""


class Fetcher:
    """Fetches from allowed servers; one for the service, with a new client for each hook call.

    A client of its own keeps cookies and connections of one caller's token from every other's.
    Neither redirects nor proxies nor credentials of the environment are followed.
    """

    def __init__(self, bounds: Bounds, *, calls_at_once: int = 16) -> None:
        self.bounds = bounds
        self._tls = ssl.create_default_context()
        self._calls = asyncio.Semaphore(calls_at_once)
        # at INFO these log every address, which has the patient's id in it
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)

    def deadline(self) -> float:
        """Until when everything that one hook call fetches must be there, by the loop's clock."""
        return asyncio.get_running_loop().time() + self.bounds.seconds

    async def fetch(
        self, base: str, token: str | None, wanted: Mapping[str, Wanted], deadline: float
    ) -> dict[str, Fetched]:
        """What each query brings; `base` must be an allowed server.

        What has not come by the deadline has failed.
        """
        found = {key: Fetched(failure="no answer in time", complete=False) for key in wanted}
        try:
            async with asyncio.timeout_at(deadline), self._calls:
                await self._fetch_into(found, base, token, wanted)
        except TimeoutError:
            pass
        return found

    async def _fetch_into(
        self, found: dict[str, Fetched], base: str, token: str | None, wanted: Mapping[str, Wanted]
    ) -> None:
        """Put each answer in its place at once, so that a late one costs no other."""
        async with self._client(token) as client, asyncio.TaskGroup() as group:
            call = _Call(client, base, self.bounds)

            async def one(key: str, each: Wanted) -> None:
                found[key] = await call.query(each)

            for key, each in wanted.items():
                group.create_task(one(key, each))

    def _client(self, token: str | None) -> httpx.AsyncClient:
        headers = {"Accept": ACCEPT, "Accept-Encoding": "identity", "User-Agent": "seriatim"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return httpx.AsyncClient(
            headers=headers,
            verify=self._tls,
            trust_env=False,
            follow_redirects=False,
            timeout=self.bounds.seconds,
            limits=httpx.Limits(max_connections=self.bounds.at_once),
        )


@dataclass(slots=True)
class _Call:
    """The fetching of one hook call: what it has left of its bounds."""

    client: httpx.AsyncClient
    base: str
    bounds: Bounds
    read: int = field(default=0)

    async def query(self, wanted: Wanted) -> Fetched:
        """All pages of a search, or one resource."""
        url: str | None = f"{self.base}/{wanted.path}"
        pages: list[dict[str, Any]] = []
        try:
            while url is not None:
                pages.append(await self._page(url))
                url = self._next(pages[-1], len(pages)) if wanted.all_pages else None
        except _FetchError as why:
            return Fetched(tuple(pages), str(why), complete=False)
        return Fetched(tuple(pages))

    def _next(self, page: Mapping[str, Any], pages: int) -> str | None:
        link = next_link(page)
        if link is None:
            return None
        if pages >= self.bounds.pages:
            raise _FetchError(f"more than {self.bounds.pages} pages")
        url = next_page(self.base, link)
        if url is None:
            raise _FetchError("the next page is on another server")
        return url

    async def _page(self, url: str) -> dict[str, Any]:
        try:
            status, body = await self._get(url, {})
            if status == NOT_ACCEPTABLE:
                status, body = await self._get(url, {"Accept": OLD_ACCEPT})
        except httpx.HTTPError as error:
            raise _FetchError(f"the server could not be asked ({type(error).__name__})") from None
        if status != OK:
            raise _FetchError(_refused(status))
        return _resource(body)

    async def _get(self, url: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        async with self.client.stream("GET", url, headers=headers) as answer:
            if answer.status_code != OK:
                return answer.status_code, b""
            if answer.headers.get("content-encoding", "identity").lower() != "identity":
                raise _FetchError("the answer is compressed, which was not asked for")
            return OK, await self._body(answer.aiter_raw())

    async def _body(self, parts: Any) -> bytes:
        found: list[bytes] = []
        size = 0
        async for part in parts:
            size += len(part)
            self.read += len(part)
            if size > self.bounds.page_bytes or self.read > self.bounds.total_bytes:
                raise _FetchError("the answer is too long")
            found.append(part)
        return b"".join(found)


def _refused(status: int) -> str:
    if 300 <= status < 400:  # noqa: PLR2004 - redirects
        return "the server sends elsewhere, which is not followed"
    if status in (401, 403):
        return f"the server did not allow it ({status})"
    return f"the server answered {status}"


def _resource(body: bytes) -> dict[str, Any]:
    try:
        found = decode_json(body)
    except Problem:
        raise _FetchError("the answer is not valid JSON") from None
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
        raise _FetchError("the answer is not FHIR")
    if found["resourceType"] == "OperationOutcome":
        raise _FetchError("the server answered with an OperationOutcome")
    return found


def next_link(bundle: Mapping[str, Any]) -> str | None:
    """The address of the next page that a Bundle names, if any."""
    links = bundle.get("link")
    for each in links if isinstance(links, list) else ():
        if isinstance(each, dict) and each.get("relation") == "next":
            url = each.get("url")
            return url if isinstance(url, str) and url else None
    return None


def references(resources: Iterable[Mapping[str, Any]], known: set[str], base: str) -> list[str]:
    """Medications that resources name but nobody sent: `Medication/<id>` below the base."""
    found: dict[str, None] = {}
    for each in resources:
        named = each.get("medicationReference")
        reference = named.get("reference") if isinstance(named, dict) else None
        if not isinstance(reference, str):
            continue
        path = reference.removeprefix(f"{base}/").partition("/_history/")[0]
        kind, _, own = path.partition("/")
        if kind == "Medication" and FHIR_ID.match(own) and path not in known:
            found[path] = None
    return list(found)
