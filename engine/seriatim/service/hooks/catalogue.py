"""Which drugs the library has courses of, and which others are near enough to be asked about."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.kept import Kept
from seriatim.knowledge.lexicon import Resolved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from seriatim.knowledge.library import KnowledgeBase

_FAILED = frozenset({"no_response", "insufficient_response", "intolerance", "loss_of_response"})
"""What a rule asks of a drug that was given and did not do."""


ABOUT = ("in_question", "taking")
"""Conditions that name the drug which a rule is about."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """What draft orders mean for the library.

    `drugs` have courses; `kin` have none, but share a class with one that has: `kin[drug]` names
    the drugs with courses. Other orders are none of the library's business.
    """

    drugs: tuple[str, ...]
    kin: dict[str, tuple[str, ...]]

    def __bool__(self) -> bool:
        return bool(self.drugs or self.kin)


class Catalogue:
    """The drugs of one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.lexicon = knowledge.lexicon
        self.observations = knowledge.vocabulary.observations
        courses: dict[str, int] = defaultdict(int)
        diagnoses: dict[str, set[str]] = defaultdict(set)
        for view in knowledge.courses.values():
            courses[view.course.drug] += 1
            diagnoses[view.course.drug].add(view.diagnosis or view.course.diagnosis.printed)
        self.courses: dict[str, int] = dict(courses)
        """How many published courses each drug has."""
        self.diagnoses = {drug: len(found) for drug, found in diagnoses.items()}
        self.classes = {each for drug in courses for each in self.lexicon.concepts[drug].parents}
        """The own classes of those drugs, not the wider ones."""
        self.kin = self._kin()
        self.after_failure = frozenset(
            rule.id
            for rule in knowledge.rules
            if rule.then.cite is not None and any("failure" in each for each in rule.when)
        )
        """The rules that cite those who came from a drug that has failed."""

        self.of_failure = frozenset(
            rule.id
            for rule in knowledge.rules
            if rule.then.caution is not None
            and any(not _FAILED.isdisjoint(each) for each in rule.when)
        )
        """The rules that caution about a drug because of what it brought in this patient."""

        self.about = {
            rule.id: each[condition]
            for rule in knowledge.rules
            for each in _alternatives(rule.when)
            for condition in ABOUT
            if each.get(condition) in self.courses
        }
        """The rules that are about one drug of the library alone, and which."""

        self._drugs_by_name = {
            each.name.casefold(): drug
            for drug, each in self.lexicon.concepts.items()
            if each.kind == "drug"
        }
        longest_first = sorted(self._drugs_by_name, key=len, reverse=True)
        self._drug_name = re.compile(
            rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE
        )
        self._named: Kept[frozenset[str]] = Kept()

    def named(self, text: str) -> frozenset[str]:
        """The drugs that a text of the knowledge names, of this library or not."""
        return self._named.get(text, lambda: self._names_in(text))

    def _names_in(self, text: str) -> frozenset[str]:
        return frozenset(
            self._drugs_by_name[each.casefold()] for each in self._drug_name.findall(text)
        )

    def _kin(self) -> dict[str, tuple[str, ...]]:
        """Drugs without courses that share their own class, not a wider one, with one that has."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for drug in sorted(self.courses):
            for each in self.lexicon.concepts[drug].parents:
                for other in self.lexicon.members(each):
                    if other not in self.courses:
                        found[other][drug] = None
        return {drug: tuple(near) for drug, near in found.items()}

    def ordered(self, considering: Iterable[str]) -> Ordered:
        """What the drugs under consideration mean; a class stands for its drugs with courses."""
        drugs: dict[str, None] = {}
        kin: dict[str, tuple[str, ...]] = {}
        for term in considering:
            for drug in self._drugs(term):
                if drug in self.courses:
                    drugs[drug] = None
                elif drug in self.kin:
                    kin[drug] = self.kin[drug]
        return Ordered(tuple(drugs), kin)

    def _drugs(self, term: str) -> tuple[str, ...]:
        found = self.lexicon.resolve(term, "drug", "class")
        if not isinstance(found, Resolved):
            return ()
        if found.concept is None:
            return found.could_be
        if found.concept in self.classes:
            return tuple(
                each for each in self.lexicon.members(found.concept) if each in self.courses
            )
        return (found.concept,)


def _alternatives(when: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The conditions of a rule, with those of which one is enough."""
    for each in when:
        yield from each.get("any", [each])
