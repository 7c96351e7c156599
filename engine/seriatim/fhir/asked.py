"""The observations that the knowledge asks for, by what a record may call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.knowledge.lexicon import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seriatim.model.rule import Observation


class Asked:
    """Names of observations of the vocabulary, by code, by text, by state and by allergen.

    Text is folded: no case, accents or hyphens.
    """

    def __init__(self, observations: Mapping[str, Observation]) -> None:
        self.kinds = observations
        self.codes: dict[tuple[str, str], str] = {}
        self.names: dict[str, str] = {}
        self.states: dict[str, str] = {}
        self.allergens: dict[str, frozenset[str]] = {}
        for name, kind in observations.items():
            records = kind.in_records
            if records is None:
                continue
            self.codes |= {(each.system, each.code): name for each in records.codes}
            self.names |= {fold(each): name for each in records.names}
            self.states |= {fold(each): name for each in records.states}
            if records.allergens:
                self.allergens[name] = frozenset(fold(each) for each in records.allergens)
