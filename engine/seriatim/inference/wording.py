"""How facts and numbers are said, in traces and in what is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.inference.conditions import OPERATOR_WORDS, SAYS, Atom, Comparison

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.knowledge.library import KnowledgeBase

OBSERVATION = "observation "
"""Numbers that are observations are named `observation <name>`."""


class Wording:
    """Words for atoms, numbers and templates over one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.concepts = knowledge.lexicon.concepts
        self.vocabulary = knowledge.vocabulary

    def atom(self, atom: Atom) -> str:
        """`colchicine tried before`."""
        name, args = atom[0], atom[1:]
        if name == "observation":
            return self.vocabulary.observations[args[0]].says
        words = self.names(args)
        if name in SAYS:
            return SAYS[name].format(*words)
        conclusion = self.vocabulary.conclusions[name]
        return conclusion.says.format(**dict(zip(conclusion.of, words, strict=True)))

    def names(self, ids: Iterable[str]) -> list[str]:
        """Preferred names; a word that is no concept is itself."""
        return [self.concepts[each].name if each in self.concepts else each for each in ids]

    def number(self, name: str) -> str:
        """`age`, `number of drugs tried before`, `neutrophil count`."""
        if name.startswith(OBSERVATION):
            return self.vocabulary.observations[name.removeprefix(OBSERVATION)].says
        return "number of drugs tried so far" if name == "tried_count" else name

    def comparison(self, test: Comparison) -> str:
        """`age below 19 years`."""
        words = f"{self.number(test.number)} {OPERATOR_WORDS[test.operator]} {float(test.value):g}"
        unit = "years" if test.number == "age" else None
        if test.number.startswith(OBSERVATION):
            unit = self.vocabulary.observations[test.number.removeprefix(OBSERVATION)].unit
        return f"{words} {unit}" if unit else words
