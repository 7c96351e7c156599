"""What a published course has in common with the patient, what differs, and what is not known.

Closeness is an order over stated facts, never a score: failures first, then courses that follow the
same failed drug, then those that share more prior therapies, then those nearest in age.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from seriatim.knowledge.lexicon import Lexicon
    from seriatim.model.base import Relation
    from seriatim.model.evidence import CitedLink, CourseCase, UnderstoodProfile

Drugs = Mapping[str, str]
"""Drugs with their names, in the order of these."""
RESPONSE_ORDER = {"none": 0, "partial": 1, None: 2, "complete": 3}


@dataclass(slots=True)  # one for each look-up: frozen ones take three times as long
class Patient:
    """What of a profile is compared with each course."""

    age: float | None
    sex: str
    diagnoses: frozenset[str]
    possible: frozenset[str]
    tried: Drugs | None
    taking: Drugs | None
    members: dict[str, frozenset[str]]
    """Of each class that was given, the drugs it may have been."""
    complete: bool
    """Whether what is not listed among the therapies was never given."""
    failed: frozenset[str]
    """Drugs the rules concluded to have failed."""


@dataclass(frozen=True, slots=True)
class Published:
    """What of a course is compared, worked out once; None where print is silent."""

    case: CourseCase
    before: Drugs | None
    given: Drugs | None
    meanings: frozenset[str]
    after: Mapping[str, str]
    """Of each drug before it what to say if that drug has failed here too."""
    perhaps_after: tuple[tuple[str, str], ...]
    """Drugs that it only probably followed, each with what is not known."""
    not_absent: frozenset[str]
    """Drugs that are not printed before it, but of which that says nothing."""
    rank: float
    age: float | None
    sex: str | None
    order: float


@dataclass(slots=True)  # some for each look-up
class Compared:
    """One course beside the patient; `key` sorts the nearest first among equal responses."""

    matched: tuple[str, ...]
    differs: tuple[str, ...]
    unknown: tuple[str, ...]
    key: tuple[float, ...]


def patient_of(profile: UnderstoodProfile, failed: Collection[str], lexicon: Lexicon) -> Patient:
    """The comparable part of a profile."""
    active = [each for each in profile.diagnoses if each.status == "active"]
    by_status: dict[str, list[str]] = {"past": [], "current": [], "never": []}
    for each in profile.therapies or ():
        if each.concept:
            by_status[each.status].append(each.concept)
    past, current = by_status["past"], by_status["current"]
    unknown = profile.therapies is None
    classes = lexicon.classes
    return Patient(
        age=profile.age,
        sex=profile.sex,
        diagnoses=frozenset([each.concept for each in active if each.concept]),
        possible=frozenset([concept for each in active for concept in each.could_be]),
        tried=None if unknown else _by_name(past, lexicon),
        taking=None if unknown else _by_name(current, lexicon),
        members={
            drug: frozenset(lexicon.members(drug))
            for drug in sorted(classes.intersection((*past, *current)))
        },
        complete=profile.therapies_complete,
        failed=frozenset(failed),
    )


def _by_name(drugs: Iterable[str], lexicon: Lexicon) -> Drugs:
    named = sorted([(lexicon.name(drug), drug) for drug in drugs])
    return {drug: name for name, drug in named}


def published(case: CourseCase, lexicon: Lexicon, order: int) -> Published:
    """A course made ready to be compared; `order` is its place in the library."""
    concept = case.diagnosis.concept
    narrower = lexicon.descendants[concept] if concept else ()
    before = None if case.previous is None else _by_name([t.drug for t in case.previous], lexicon)
    given = None if case.concurrent is None else [t.drug for t in case.concurrent]
    perhaps = [
        link
        for link in case.linked
        if link.certainty == "probable" and link.follows and link.drug not in (before or ())
    ]
    return Published(
        case=case,
        before=before,
        given=None if given is None else _by_name(given, lexicon),
        meanings=frozenset((*case.diagnosis.could_be, *narrower)),
        after={drug: _after(case, drug, lexicon) for drug in sorted(before or ())},
        perhaps_after=tuple(
            (each.drug, f"whether it followed {lexicon.name(each.drug)} ({_row(each)})")
            for each in perhaps
        ),
        not_absent=frozenset((case.drug, *[each.drug for each in perhaps])),
        rank=float(RESPONSE_ORDER[case.response.level]),
        age=case.age,
        sex=case.sex,
        order=float(order),
    )


def _after(case: CourseCase, drug: str, lexicon: Lexicon) -> str:
    text = f"after {lexicon.name(drug)}"
    for link in case.linked:
        if link.drug == drug and link.certainty == "stated":
            level = {"none": "no", None: "a response not printed,"}.get(
                link.response, f"a {link.response}"
            )
            text += f" ({level} response printed, {_row(link)})"
    return text


def _row(link: CitedLink) -> str:
    return link.course.rpartition("/")[2]


def compare(
    patient: Patient, course: Published, relation: Relation, names: Mapping[str, str]
) -> Compared:
    """Hold one course against the patient; `names` has the name of every concept."""
    note = _Notes([], [], [])
    _diagnosis(patient, course, relation, names, note)
    after_failed = _sequence(patient, course, note)
    shared = _previous(patient, course, note)
    _concurrent(patient, course, note)
    _sex(patient, course.sex, note)
    distance = _age(patient, course.age, note)
    key = (course.rank, float(-after_failed), float(-shared), distance, course.order)
    return Compared(tuple(note.matched), tuple(note.differs), tuple(note.unknown), key)


@dataclass(slots=True)
class _Notes:
    matched: list[str]
    differs: list[str]
    unknown: list[str]


def _diagnosis(
    patient: Patient,
    course: Published,
    relation: Relation,
    names: Mapping[str, str],
    note: _Notes,
) -> None:
    case, printed = course.case, course.case.diagnosis
    if relation == "direct":
        note.matched.append(f"diagnosis {printed.name}")
    elif relation == "ambiguous":
        if not patient.diagnoses and not patient.possible:
            note.unknown.append(f"the patient's diagnosis; {printed.printed} is printed")
            return
        if printed.concept in patient.possible:
            note.unknown.append(f"whether the patient's diagnosis is {printed.name}")
            return
        own = sorted((patient.diagnoses | patient.possible) & course.meanings)
        meant = " or ".join(names[each] for each in own)
        note.unknown.append(f"whether {printed.printed} as printed means {meant}")
    else:
        also = [each for each in case.also if each in {names[d] for d in patient.diagnoses}]
        if also:
            note.matched.append(f"had {', '.join(also)} too, if the text means this row")
        note.differs.append(f"diagnosis {printed.name or printed.printed}")


def _sequence(patient: Patient, course: Published, note: _Notes) -> int:
    """How many of the patient's failed drugs stand before this course."""
    if course.before is None:
        return 0
    after = [text for drug, text in course.after.items() if drug in patient.failed]
    note.matched += after
    for drug, unknown in course.perhaps_after:
        if drug in patient.failed or (patient.tried and drug in patient.tried):
            note.unknown.append(unknown)
    return len(after)


def _previous(patient: Patient, course: Published, note: _Notes) -> int:
    before, tried = course.before, patient.tried
    if before is None:
        note.unknown.append("previous therapies, not printed")
        return 0
    if tried is None:
        return 0
    both = [name for drug, name in before.items() if drug in tried]
    if both:
        of = f"{len(before)} previous {'therapy' if len(before) == 1 else 'therapies'}"
        note.matched.append(f"{len(both)} of {of}: {', '.join(both)}")
    elif not (before or tried or patient.taking) and patient.complete:
        note.matched.append("no previous therapy printed, and none here")
    if len(both) < len(before):
        _only_there(patient, before, tried, note)
    if len(both) < len(tried):
        _only_here(patient, course, before, tried, note)
    return len(both)


def _only_there(patient: Patient, before: Drugs, tried: Drugs, note: _Notes) -> None:
    """Drugs that stand before the course but not among what the patient has tried."""
    now: list[str] = []
    never: list[str] = []
    perhaps: list[str] = []
    for drug, name in before.items():
        if drug in tried:
            continue
        if patient.taking and drug in patient.taking:
            now.append(name)
        elif patient.complete and not any(drug in each for each in patient.members.values()):
            never.append(name)
        else:
            perhaps.append(name)
    if now:
        note.differs.append(f"had before what this patient is given now: {', '.join(now)}")
    if never:
        note.differs.append(f"previous therapies this patient has not had: {', '.join(never)}")
    if perhaps:
        note.unknown.append(f"whether this patient has had {', '.join(perhaps)}")


def _only_here(
    patient: Patient, course: Published, before: Drugs, tried: Drugs, note: _Notes
) -> None:
    """What the patient has tried and the course does not print as such.

    A drug of a probable link is not printed as previous, but may have been given.
    """
    alike = set()
    for each, members in patient.members.items():
        shared = [name for drug, name in before.items() if drug in members]
        if shared and each in tried and each not in before:
            alike.add(each)
            note.matched.append(f"a drug of the class {tried[each]} before: {', '.join(shared)}")
    absent = [
        name
        for drug, name in tried.items()
        if drug not in before and drug not in course.not_absent and drug not in alike
    ]
    if absent:
        note.differs.append(f"not printed for the published patient: {', '.join(absent)}")


def _concurrent(patient: Patient, course: Published, note: _Notes) -> None:
    given, taking = course.given, patient.taking
    if given is None:
        note.unknown.append("concurrent therapy, not printed")
        return
    if taking is None:
        return
    both = [name for drug, name in given.items() if drug in taking]
    if both:
        note.matched.append(f"together with {', '.join(both)}")
    if len(both) < len(given):
        others = ", ".join([name for drug, name in given.items() if drug not in taking])
        if patient.complete:
            note.differs.append(f"given together with {others}")
        else:
            note.unknown.append(f"whether this patient is given {others} too")


def _sex(patient: Patient, sex: str | None, note: _Notes) -> None:
    if sex is not None and patient.sex != "unknown":
        (note.matched if sex == patient.sex else note.differs).append(f"sex {sex}")


def _age(patient: Patient, age: float | None, note: _Notes) -> float:
    if age is None:
        note.unknown.append("age, not printed")
    if age is None or patient.age is None:
        return 0.0
    distance = abs(age - patient.age)
    if distance < 1:
        note.matched.append(f"age {age:g}")
    else:
        older = "older" if age > patient.age else "younger"
        note.differs.append(f"age {age:g}, {distance:.0f} years {older}")
    return distance
