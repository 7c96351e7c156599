"""What a published course has in common with the patient, what differs, and what is not known.

Closeness is an order over stated facts, never a score: failures first, then courses that follow the
same failed drug, then those that share more prior therapies, then those nearest in age.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from seriatim.knowledge.lexicon import Lexicon
    from seriatim.model.base import Relation
    from seriatim.model.evidence import CourseCase, UnderstoodProfile

RESPONSE_ORDER = {"none": 0, "partial": 1, None: 2, "complete": 3}


@dataclass(frozen=True, slots=True)
class Patient:
    """What of a profile is compared with each course."""

    age: float | None
    sex: str
    diagnoses: frozenset[str]
    possible: frozenset[str]
    tried: frozenset[str] | None
    taking: frozenset[str] | None
    failed: frozenset[str]
    """Drugs the rules concluded to have failed."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One course beside the patient; `key` sorts the nearest first among equal responses."""

    matched: tuple[str, ...]
    differs: tuple[str, ...]
    unknown: tuple[str, ...]
    key: tuple[float, ...]


def patient_of(profile: UnderstoodProfile, failed: Collection[str]) -> Patient:
    """The comparable part of a profile."""
    active = [each for each in profile.diagnoses if each.status == "active"]
    therapies = profile.therapies
    return Patient(
        age=profile.age,
        sex=profile.sex,
        diagnoses=frozenset(each.concept for each in active if each.concept),
        possible=frozenset(concept for each in active for concept in each.could_be),
        tried=None
        if therapies is None
        else frozenset(t.concept for t in therapies if t.status == "past" and t.concept),
        taking=None
        if therapies is None
        else frozenset(t.concept for t in therapies if t.status == "current" and t.concept),
        failed=frozenset(failed),
    )


def compare(
    patient: Patient, case: CourseCase, relation: Relation, lexicon: Lexicon, order: int
) -> Compared:
    """Hold one course against the patient."""
    note = _Notes([], [], [])
    _diagnosis(patient, case, relation, lexicon, note)
    after_failed = _sequence(patient, case, lexicon, note)
    shared = _previous(patient, case, lexicon, note)
    _concurrent(patient, case, lexicon, note)
    _sex(patient, case, note)
    distance = _age(patient, case, note)
    key = (
        float(RESPONSE_ORDER[case.response.level]),
        -float(after_failed),
        -float(shared),
        distance,
        float(order),
    )
    return Compared(tuple(note.matched), tuple(note.differs), tuple(note.unknown), key)


@dataclass(frozen=True, slots=True)
class _Notes:
    matched: list[str]
    differs: list[str]
    unknown: list[str]


def _diagnosis(
    patient: Patient, case: CourseCase, relation: Relation, lexicon: Lexicon, note: _Notes
) -> None:
    printed = case.diagnosis
    if relation == "direct":
        note.matched.append(f"diagnosis {printed.name}")
    elif relation == "ambiguous":
        meant = [c for c in (*printed.could_be, printed.concept) if c in patient.diagnoses]
        meant += [c for c in (printed.concept, *printed.could_be) if c in patient.possible]
        names = " or ".join(dict.fromkeys(lexicon.name(each) for each in meant if each))
        note.unknown.append(f"whether {printed.printed} as printed is the patient's {names}")
    else:
        also = [each for each in case.also if each in {lexicon.name(d) for d in patient.diagnoses}]
        if also:
            note.matched.append(f"had {', '.join(also)} too, by the text")
        note.differs.append(f"diagnosis {printed.name or printed.printed}")


def _sequence(patient: Patient, case: CourseCase, lexicon: Lexicon, note: _Notes) -> int:
    """How many of the patient's failed drugs stand before this course."""
    if case.previous is None:
        return 0
    before = {each.drug for each in case.previous}
    after = sorted(patient.failed & before)
    for drug in after:
        text = f"after {lexicon.name(drug)}"
        for link in case.linked:
            if link.drug == drug and link.certainty == "stated":
                level = {"none": "no", None: "a response not printed,"}.get(
                    link.response, f"a {link.response}"
                )
                text += f" ({level} response printed, {link.course.rpartition('/')[2]})"
        note.matched.append(text)
    for link in case.linked:
        if link.certainty == "probable" and link.drug in patient.failed - before:
            name = lexicon.name(link.drug)
            note.unknown.append(f"whether it followed {name} ({link.course.rpartition('/')[2]})")
    return len(after)


def _previous(patient: Patient, case: CourseCase, lexicon: Lexicon, note: _Notes) -> int:
    if case.previous is None:
        note.unknown.append("previous therapies, not printed")
        return 0
    if patient.tried is None:
        return 0
    before = {each.drug for each in case.previous}
    if not before and not patient.tried:
        note.matched.append("nothing tried before")
        return 0
    both = sorted(patient.tried & before, key=lexicon.name)
    if both:
        names = ", ".join(lexicon.name(each) for each in both)
        note.matched.append(f"{len(both)} of {len(before)} previous therapies: {names}")
    only_there = sorted(before - patient.tried, key=lexicon.name)
    only_here = sorted(patient.tried - before, key=lexicon.name)
    if only_there:
        names = ", ".join(lexicon.name(each) for each in only_there)
        note.differs.append(f"previous therapies this patient has not had: {names}")
    if only_here:
        names = ", ".join(lexicon.name(each) for each in only_here)
        note.differs.append(f"had not had: {names}")
    return len(both)


def _concurrent(patient: Patient, case: CourseCase, lexicon: Lexicon, note: _Notes) -> None:
    if case.concurrent is None:
        note.unknown.append("concurrent therapy, not printed")
        return
    if patient.taking is None:
        return
    given = {each.drug for each in case.concurrent}
    for each in sorted(patient.taking & given, key=lexicon.name):
        note.matched.append(f"together with {lexicon.name(each)}")
    if given - patient.taking:
        names = ", ".join(sorted(lexicon.name(each) for each in given - patient.taking))
        note.differs.append(f"given together with {names}")


def _sex(patient: Patient, case: CourseCase, note: _Notes) -> None:
    if case.sex is None or patient.sex == "unknown":
        return
    (note.matched if case.sex == patient.sex else note.differs).append(f"sex {case.sex}")


def _age(patient: Patient, case: CourseCase, note: _Notes) -> float:
    if case.age is None:
        note.unknown.append("age, not printed")
    if case.age is None or patient.age is None:
        return 0.0
    distance = abs(case.age - patient.age)
    if distance < 1:
        note.matched.append(f"age {case.age:g}")
    else:
        older = "older" if case.age > patient.age else "younger"
        note.differs.append(f"age {case.age:g}, {distance:.0f} years {older}")
    return distance
