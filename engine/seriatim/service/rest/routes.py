"""The routes: one for each path, with every method that it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from seriatim.kept import Kept
from seriatim.service.body import json_body
from seriatim.service.clients import rest_client
from seriatim.service.problems import ALLOW, Problem
from seriatim.service.rest.answers import READ, SHOWN, answer, etag, is_current, not_modified
from seriatim.service.rest.forms import Forms, json_forms
from seriatim.service.rest.html import Pages, style
from seriatim.service.rest.library import Library
from seriatim.service.rest.lookups import look_up, replay
from seriatim.service.rest.negotiation import negotiate
from seriatim.service.rest.openapi import describe
from seriatim.service.rest.operations import (
    BASE,
    PAGES,
    WHY,
    Operation,
    format_of,
    operations,
)
from seriatim.service.rest.pages import index_page
from seriatim.service.rest.queries import read_query

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from seriatim.service.context import Context

    Handler = Callable[[Request], Awaitable[Response]]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
KEPT = 64
"""Answers that are kept ready; the largest has half a megabyte."""
LARGE = 200_000
"""Bytes of a body from which its work is done beside the event loop."""


def router(context: Context) -> APIRouter:
    """`/api/v1` for a context; what depends on the knowledge alone is made once."""
    rest = Rest(context)
    routes = APIRouter(include_in_schema=False)
    closed = APIRouter(prefix=BASE, dependencies=[Depends(rest_client)])
    for path, handlers in rest.handlers().items():
        closed.add_api_route(path, _dispatch(handlers), methods=list(METHODS), name=f"rest{path}")
    routes.include_router(closed)
    routes.add_api_route(f"{BASE}/style.css", _style, methods=["GET", "HEAD"])
    return routes


def _dispatch(handlers: Mapping[str, Handler]) -> Handler:
    """One endpoint for all methods of a path, so that Allow is whole."""
    allowed = [*handlers, *(["HEAD"] if "GET" in handlers else []), "OPTIONS"]
    allow = {"Allow": ", ".join(allowed)}

    async def endpoint(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        if method == "OPTIONS":
            return Response(status_code=204, headers=allow)
        handler = handlers.get(method)
        if handler is None:
            raise Problem(
                405,
                "method-not-allowed",
                "This path does not take the method",
                f"It takes {allow['Allow']}.",
                headers=allow,
            )
        return await handler(request)

    setattr(endpoint, ALLOW, allow["Allow"])
    return endpoint


async def _style(request: Request) -> Response:
    data = style().encode()
    headers = {"Cache-Control": "public, max-age=3600"}
    response = Response(data, media_type="text/css", headers=headers)
    if request.method == "HEAD":
        response.body = b""
    return response


class Rest:
    """The handlers of one service."""

    def __init__(self, context: Context) -> None:
        self.context = context
        base = context.settings.base_url or ""
        self.root = urlsplit(base).path.rstrip("/")
        self.library = Library(context, f"{self.root}{BASE}/cases")
        self.pages = Pages(self.root, context.engine.knowledge.version)
        self.operations = [self._index(), *operations(self.library), self._description()]
        self._kept: Kept[bytes] = Kept(KEPT)
        self._document: Kept[dict[str, Any]] = Kept(1)

    def handlers(self) -> dict[str, dict[str, Handler]]:
        """Method and handler of every path."""
        found: dict[str, dict[str, Handler]] = {
            each.path: {"GET": self._reader(each)} for each in self.operations
        }
        found["/lookup"] = {"POST": self._look_up}
        found["/replay"] = {"POST": self._replay}
        return found

    # --- what is read ---------------------------------------------------------------------------

    def _reader(self, operation: Operation) -> Handler:
        params = (*operation.params, format_of(operation.forms))

        async def read(request: Request) -> Response:
            given = request.query_params.multi_items()
            query = read_query(given, params)
            made = operation.read(query, **request.path_params)
            form = self._form(request, query, made.offers)
            own = [each for each in given if each[0] != "format"]
            tag = etag(self.context.engine.knowledge.hash, form, request.url.path, own)
            if is_current(request, tag):
                return not_modified(tag)
            data = self._data(made, form, tag if operation.kept else None)
            return answer(request, data, form, {**READ, "ETag": tag})

        return read

    def _form(self, request: Request, query: Mapping[str, Any], offers: tuple[str, ...]) -> str:
        return negotiate(request.headers.getlist("accept"), query["format"], offers)

    def _data(self, made: Forms, form: str, key: str | None) -> bytes:
        def render() -> bytes:
            return made.text(form, self.pages).encode()

        return render() if key is None else self._kept.get(key, render)

    # --- what is sent ---------------------------------------------------------------------------

    async def _look_up(self, request: Request) -> Response:
        query = read_query(request.query_params.multi_items(), (WHY, format_of(PAGES)))
        form = self._form(request, query, PAGES)
        body = await json_body(request, self.context)
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        client = request.state.client

        def work() -> bytes:
            made = look_up(self.context, body, media, query, client)
            return made.text(form, self.pages, alternates=False).encode()

        return answer(request, await _worked(request, work), form, SHOWN)

    async def _replay(self, request: Request) -> Response:
        query = read_query(request.query_params.multi_items(), (format_of(PAGES),))
        form = self._form(request, query, PAGES)
        body = await json_body(request, self.context)

        def work() -> bytes:
            return replay(self.context, body).text(form, self.pages, alternates=False).encode()

        return answer(request, await _worked(request, work), form, SHOWN)

    # --- the interface itself -------------------------------------------------------------------

    def _index(self) -> Operation:
        return Operation(
            "",
            "Index",
            "Where everything is.",
            self._read_index,
            {"type": "object", "additionalProperties": {"type": "string"}},
            tag="about",
        )

    def _read_index(self, _query: Mapping[str, Any]) -> Forms:
        fixed = [each for each in self.operations if each.path and not each.parts]
        links = {each.name: f"{self.root}{BASE}{each.path}" for each in fixed}
        says = "Published patients, cited to the cell. It cites; it never prescribes."
        posts = {"Look-up (POST)": f"{self.root}{BASE}/lookup"}
        posts["Replay (POST)"] = f"{self.root}{BASE}/replay"
        return json_forms("Index", {**links, **posts}, lambda: index_page(links, says))

    def _description(self) -> Operation:
        return Operation(
            "/openapi.json",
            "Description",
            "This interface in OpenAPI 3.1.",
            self._read_description,
            {"type": "object", "required": ["openapi", "info", "paths"]},
            ("json", "openapi"),
            tag="about",
        )

    def _read_description(self, _query: Mapping[str, Any]) -> Forms:
        from seriatim.render.json import to_json  # noqa: PLC0415 - here alone

        def text() -> str:
            return to_json(self._document.get("", lambda: describe(self.operations, self.context)))

        return Forms("OpenAPI", {"json": text, "openapi": text})


async def _worked(request: Request, work: Callable[[], bytes]) -> bytes:
    """The bytes that `work` makes, beside the event loop if the body was large."""
    length = request.headers.get("content-length", "")
    small = length.isascii() and length.isdigit() and int(length[:18]) < LARGE
    return work() if small else await run_in_threadpool(work)
