"""The public keys of an issuer: kept, and asked for again when a key is unknown or they are old."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from seriatim.service import logs
from seriatim.service.auth.fetch import MOST_BYTES, FetchError, fetch
from seriatim.service.auth.jose import Key, read_jwks
from seriatim.service.auth.refusals import refused, unavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

APART = 30.0
"""Seconds between two attempts to get keys, whatever tokens ask for."""
EARLY = 300.0
"""Seconds after which keys are asked for again while they are used: then nobody waits for it."""
FRESH = 600.0
"""Seconds after which they are waited for, so that one taken back is no longer accepted."""
STALE = 3600.0
"""Seconds for which keys are used at most if they cannot be had again."""


class KeySource:
    """The keys of one issuer, loaded by `load` as a JWKS; `name` is for the log."""

    def __init__(
        self,
        name: str,
        load: Callable[[], Awaitable[bytes]],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.name, self.load, self.clock = name, load, clock
        self._keys: dict[str, tuple[Key, ...]] = {}
        self._loaded = float("-inf")
        self._next_try = float("-inf")
        self._task: asyncio.Task[None] | None = None

    async def find(self, kid: str, alg: str) -> Key:
        """The key for a token; raises Problem 401 if it is unknown, 503 if that cannot be told."""
        key = self._known(kid, alg)
        age = self.clock() - self._loaded
        if key is not None and age < FRESH:
            if age > EARLY:
                self._refresh()
            return key
        task = self._refresh()
        if task is not None:
            await asyncio.shield(task)
        if self.clock() - self._loaded >= STALE:
            raise unavailable("The keys of its issuer cannot be had.", int(APART))
        key = self._known(kid, alg)
        if key is None:
            raise refused(
                "key-unknown",
                "The issuer has no such key (kid) for this algorithm; "
                f"its keys are asked for at most every {APART:g} seconds.",
            )
        return key

    def _known(self, kid: str, alg: str) -> Key | None:
        return next((each for each in self._keys.get(kid, ()) if each.suits(alg)), None)

    def _refresh(self) -> asyncio.Task[None] | None:
        """The attempt that is under way, or a new one unless the last was just now."""
        if self._task is not None and not self._task.done():
            return self._task
        if self.clock() < self._next_try:
            return None
        self._next_try = self.clock() + APART
        self._task = asyncio.get_running_loop().create_task(self._load())
        return self._task

    async def _load(self) -> None:
        try:
            self._keys = read_jwks(await self.load())
        except (FetchError, ValueError, OSError) as error:
            why = {"reason": _why(error), **logs.failure(error)}
            logs.logger().warning("keys_unavailable", client=self.name, **why)
        else:
            self._loaded = self.clock()
            logs.logger().info("keys_loaded", client=self.name, count=len(self._keys))


def _why(error: Exception) -> str:
    """In words of this program or of the system, none of the issuer."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error)


def from_url(url: str) -> Callable[[], Awaitable[bytes]]:
    """Loads a JWKS from an address."""
    return lambda: fetch(url)


def from_file(path: str) -> Callable[[], Awaitable[bytes]]:
    """Loads a JWKS from a file."""

    def read() -> bytes:
        with Path(path).open("rb") as file:
            return file.read(MOST_BYTES)

    return lambda: asyncio.to_thread(read)
