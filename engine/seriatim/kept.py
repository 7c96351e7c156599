"""A bounded table of results that depend on their key alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

V = TypeVar("V")

MOST = 512
"""Entries before a table is emptied: enough for a clinic's day, little beside the knowledge."""


class Kept(Generic[V]):
    """Makes a value once for each key; emptied when it is full. Safe to share between threads."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._known: dict[Hashable, V] = {}
        self.known: Callable[[Hashable], V | None] = self._known.get
        """The value of a key if it is kept."""

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value of a key; `make` must give equal values for equal keys."""
        known = self._known.get(key)
        if known is None:
            known = make()
            self.keep(key, known)
        return known

    def keep(self, key: Hashable, value: V) -> None:
        """Keep the value of a key; it must be equal for equal keys."""
        if len(self._known) >= self.most:
            self._known.clear()
        self._known[key] = value
