"""Whether a CodeableConcept can be known here at all: most of a record is about something else."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from seriatim.knowledge.codesystems import fold_code
from seriatim.knowledge.lexicon import fold, names_of

if TYPE_CHECKING:
    from seriatim.fhir.asked import Asked
    from seriatim.fhir.values import Concept as Said
    from seriatim.knowledge.lexicon import Lexicon

_HEADING = 3
"""Characters of the shortest heading of ICD-10, which may speak for every code below it."""
_ALONE = ""


class Telling:
    """The codes, and the beginnings of names, without one of which nothing is recognised.

    It says too often that something may be known, never too seldom.
    """

    def __init__(self, lexicon: Lexicon, asked: Asked) -> None:
        names = [name for each in lexicon.concepts.values() for name, _how in names_of(each)]
        names += [each.name for each in lexicon.ambiguous]
        names += [*asked.names, *asked.states]
        self.words: dict[str, set[str]] = defaultdict(set)
        """The first words of names, each with the words that may follow it."""
        for name in names:
            first, second, *_rest = *fold(name).split(), _ALONE, _ALONE
            self.words[first].add(second)
        codes = [code.code for each in lexicon.concepts.values() for code in each.codes]
        codes += [code for _system, code in (*asked.codes, *asked.state_codes)]
        self.codes = frozenset(map(fold_code, codes))
        self.headings = frozenset(each[:_HEADING] for each in self.codes if not each.isdigit())

    def may_be_known(self, said: Said) -> bool:
        """Whether a code of it is one of those, or a text of it holds a name's beginning."""
        return any(self._may_code(code) for _system, code in said.codings) or any(
            self._may_name(fold(each).split()) for each in said.texts
        )

    def _may_code(self, code: str) -> bool:
        bare = code.upper() if code.isalnum() else fold_code(code)
        return (
            bare in self.codes
            or bare[:_HEADING] in self.headings
            or bare.partition(".")[0] in self.codes
        )

    def _may_name(self, words: list[str]) -> bool:
        if self.words.keys().isdisjoint(words):
            return False
        for word, following in zip(words, [*words[1:], _ALONE], strict=True):
            after = self.words.get(word, ())
            if _ALONE in after or following in after:
                return True
        return False
