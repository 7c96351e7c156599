"""How often one client or address may call; counted in bounded memory, in each process apart."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from limits import parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from seriatim.service.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_KEYS = 20_000


class BoundedStorage(Storage):
    """Counters of the keys that were seen last, at most `most` of them.

    The library's own MemoryStorage starts a thread for every few calls, looks through all keys
    in it and has no bound.
    """

    def __init__(self, most: int = MOST_KEYS, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.most, self.clock = most, clock
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()

    @property
    def base_exceptions(self) -> type[Exception]:
        """None of its own."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` more for a key; a new window of `expiry` seconds if the last is over."""
        now = self.clock()
        count, end = self._counts.get(key, (0, 0.0))
        if end <= now:
            count, end = 0, now + expiry
            self._counts.pop(key, None)
        self._counts[key] = (count + amount, end)
        while len(self._counts) > self.most:
            self._counts.popitem(last=False)
        return count + amount

    def get(self, key: str) -> int:
        """How often a key was counted in its window."""
        count, end = self._counts.get(key, (0, 0.0))
        return count if end > self.clock() else 0

    def get_expiry(self, key: str) -> float:
        """When the window of a key ends, on this storage's clock."""
        return self._counts.get(key, (0, self.clock()))[1]

    def check(self) -> bool:
        """It is always there."""
        return True

    def reset(self) -> int | None:
        """Forget everything."""
        count = len(self._counts)
        self._counts.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget a key."""
        self._counts.pop(key, None)


class Limit:
    """One rate, such as `6000/minute`, for each of many keys."""

    def __init__(self, rate: str, what: str, storage: BoundedStorage | None = None) -> None:
        self.item = parse(rate)
        self.what = what
        self.storage = storage or BoundedStorage()
        self.limiter = FixedWindowRateLimiter(self.storage)

    def hit(self, key: str) -> None:
        """Count one call; raises Problem 429 with Retry-After if there were too many."""
        if self.limiter.hit(self.item, key):
            return
        left = self.storage.get_expiry(self.item.key_for(key)) - self.storage.clock()
        seconds = max(1, math.ceil(left))
        raise Problem(
            429,
            "too-many-requests",
            "Too many requests",
            f"One {self.what} may send {self.item}; wait {seconds} s.",
            headers={"Retry-After": str(seconds)},
        )
