"""Random profiles over the whole vocabulary of a library, from any source of choices."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.terms import Kind

RESPONSES = ("complete", "partial", "none", "unknown")
STOPS = ("no-response", "intolerance", "other", "unknown")
AGES = (
    *(0, 0.5, 1, 7.9, 9, 17.999, 18, 18.5, 19, 30, 50.25, 69.9, 70, 70.001, 71, 130, -1, 340),
    *({"months": 0}, {"months": 7}, {"months": 228}, {"months": 840}, {"months": 1561}),
)
NUMBERS = (0, 0.1, 1.4, 1.5, 1.50001, 29.999, 30, 30.5, 60, 200, 201, -1, True)
NONSENSE = ("behets", "no such thing", "12", "§", "anakinra sulphate", "ICD-10-CM:Z99.9")


def source(seed: int) -> random.Random:
    """Choices that a seed brings back."""
    return random.Random(seed)  # noqa: S311 (a workload, not a secret)


class Vocabulary:
    """Every name and code that a library takes, by kind."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.terms: dict[Kind, tuple[str, ...]] = {
            kind: tuple(self._terms(knowledge, kind))
            for kind in ("diagnosis", "drug", "class", "event")
        }
        self.open = tuple(each.name for each in knowledge.lexicon.ambiguous)
        rows = knowledge.courses.values()
        self.likely = tuple(
            sorted({each.diagnosis for each in rows if each.diagnosis} | {"SS", "M04.1", "MKD"})
        )
        self.drugs = tuple(sorted({each.course.drug for each in rows}))
        cells = [each.course.previous for each in rows]
        self.before = tuple(sorted({drug for cell in cells if cell for drug in cell.drugs}))
        self.observations = knowledge.vocabulary.observations

    def _terms(self, knowledge: KnowledgeBase, kind: Kind) -> Sequence[str]:
        found: dict[str, None] = {}
        for concept_id in knowledge.lexicon.of_kind(kind):
            concept = knowledge.lexicon.concepts[concept_id]
            found[concept_id] = None
            found.update(dict.fromkeys((concept.name, *(each.name for each in concept.names))))
            if concept.short:
                found[concept.short] = None
            for code in concept.codes:
                bare = code.code.rpartition(":")[2]
                found.update(dict.fromkeys((code.code, bare, f"{code.system}:{bare}")))
        return list(found)


def random_profile(vocabulary: Vocabulary, rng: random.Random) -> dict[str, Any]:
    """A profile; one in four or so holds something that must be refused."""
    return _Maker(vocabulary, rng).profile()


@dataclass
class _Maker:
    vocabulary: Vocabulary
    rng: random.Random

    def chance(self, one_in: int) -> bool:
        return self.rng.randint(1, one_in) == 1

    def some(self, make: Any, low: int, high: int) -> list[Any]:
        return [make() for _ in range(self.rng.randint(low, high))]

    def term(self, *kinds: Kind, likely: Sequence[str] = ()) -> str:
        if self.chance(150):
            return self.rng.choice(NONSENSE)
        if likely and not self.chance(3):
            return self.rng.choice(likely)
        return self.rng.choice(self.vocabulary.terms[self.rng.choice(kinds)])

    def diagnosis(self) -> Any:
        if self.chance(12):
            typed = self.rng.choice(self.vocabulary.open)
        else:
            typed = self.term("diagnosis", likely=self.vocabulary.likely)
        if self.chance(3):
            return {"term": typed, "status": self.rng.choice(("active", "active", "history"))}
        return typed

    def therapy(self) -> Any:
        likely = self.vocabulary.drugs if self.chance(2) else self.vocabulary.before
        if self.chance(8):
            typed = self.term("class")
        else:
            typed = self.term("drug", likely=() if self.chance(8) else likely)
        if self.chance(4):
            return typed
        entry: dict[str, Any] = {"drug": typed}
        entry["status"] = self.rng.choice(("past", "past", "past", "current", "current", "never"))
        if entry["status"] != "never" or self.chance(40):
            entry["response"] = self.rng.choice(RESPONSES)
            entry["stopped_because"] = self.rng.choice(STOPS)
        return entry

    def event(self) -> Any:
        typed = self.term("event")
        if self.chance(2):
            return typed
        return {"event": typed, "with_drug": self.term("drug", likely=self.vocabulary.drugs)}

    def weighed(self) -> str:
        return self.term("drug", "class", likely=self.vocabulary.drugs)

    def observations(self) -> dict[str, Any]:
        return {
            name: self.rng.choice(NUMBERS if kind.type == "number" else (True, False, None))
            for name, kind in self.vocabulary.observations.items()
            if self.chance(2)
        }

    def profile(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if self.chance(2):
            made["age"] = self.rng.choice(AGES) if self.chance(2) else self.rng.randint(0, 95)
        if self.chance(2):
            made["sex"] = self.rng.choice(("female", "male", "other", "unknown"))
        if not self.chance(8):
            made["diagnoses"] = self.some(self.diagnosis, 1, 3 if self.chance(3) else 1)
        if not self.chance(5):
            made["therapies"] = self.some(self.therapy, 0, 30 if self.chance(12) else 5)
        if self.chance(5):
            made["therapies_complete"] = False
        if self.chance(2):
            made["considering"] = self.some(self.weighed, 1, 2)
        return made | self.beside()

    def beside(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if self.chance(3):
            made["adverse_events"] = self.some(self.event, 0, 3)
        if self.chance(3):
            made["observations"] = self.observations()
        if self.chance(8):
            made["pregnancy"] = self.rng.choice((True, False, "unknown"))
        return made
