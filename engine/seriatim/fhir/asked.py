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
        self.state_codes: dict[tuple[str, str], str] = {}
        self.state_headings: dict[tuple[str, str], str] = {}
        self.allergens: dict[str, frozenset[str]] = {}
        for name, kind in observations.items():
            records = kind.in_records
            if records is None:
                continue
            self.codes |= {(each.system, each.code): name for each in records.codes}
            self.names |= {fold(each): name for each in records.names}
            self.states |= {fold(each): name for each in records.states}
            for each in records.state_codes:
                self.state_codes[each.system, each.code] = name
                if each.category:
                    self.state_headings[each.system, each.code] = name
            if records.allergens:
                self.allergens[name] = frozenset(fold(each) for each in records.allergens)

    def state_of(self, system: str, code: str) -> str | None:
        """The observation that a condition with this code, or under this heading, states."""
        heading = code.partition(".")[0]
        return self.state_codes.get((system, code)) or self.state_headings.get((system, heading))
