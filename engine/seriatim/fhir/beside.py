"""What a text beside a code says against it: not so, of somebody else, or of the past."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from seriatim.knowledge.doubt import MARKS
from seriatim.knowledge.lexicon import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.fhir.tables import Words

Against = Literal["", "asked", "denied", "past"]
"""Nothing; given as a question; denied, doubted or of somebody else; of the past."""
_ASKED = "query"
_NO = "no"
_SLASHED = re.compile(r"\b([a-z])/([a-z])\b", re.IGNORECASE)


class Beside:
    """Looks for words that deny, around the names of what a code may mean."""

    def __init__(self, words: Words, names: Iterable[str], titles: Iterable[str]) -> None:
        self._titles = frozenset(fold(each) for each in titles)
        """Titles of codes, which may hold any word."""
        self._names: dict[str, list[list[str]]] = {}
        for name in sorted({fold(each) for each in names}, key=lambda each: (-len(each), each)):
            self._names.setdefault(name.split()[0], []).append(name.split())
        self._before = _any_of([*words.anywhere, *words.before])
        self._after = _any_of(words.anywhere)
        self._next = frozenset([*words.next_to, _ASKED])
        self._past = frozenset(words.past)
        self._harmless = _any_of(words.harmless)
        self._with = re.compile(
            rf"\bwith(?: (?:an?|{_either([*words.anywhere, *words.before, *words.next_to])}))+\b"
        )
        self._telling = self._next.union(
            each.split()[0] for each in (*words.anywhere, *words.before)
        )

    def says(self, text: str) -> Against:
        """What a text says against the code that it stands beside.

        Before the name of a disease more words do than after it, where a text may go on about
        something else.
        """
        folded = fold(_SLASHED.sub(r"\1\2", MARKS.sub(f" {_ASKED} ", text)))
        if self._telling.isdisjoint(folded.split()) or folded in self._titles:
            return ""
        words = self._with.sub(" ", self._harmless.sub(" ", folded)).split()
        start, end = self._named(words)
        head, tail = words[:start], words[end:]
        found = {*self._before.findall(" ".join(head)), *self._after.findall(" ".join(tail))}
        found |= self._next.intersection((*head[-1:], *tail[:1]))
        found |= {_NO}.intersection(tail[-1:])
        if found <= self._past:
            return "past" if found else ""
        return "denied"

    def _named(self, words: list[str]) -> tuple[int, int]:
        """Where the first name stands; before all words if there is none."""
        for at, word in enumerate(words):
            for name in self._names.get(word, ()):
                if words[at : at + len(name)] == name:
                    return at, at + len(name)
        return 0, 0


def _either(phrases: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, phrases), key=lambda each: (-len(each), each)))


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_either(phrases)})\b")
