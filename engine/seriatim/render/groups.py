"""The groups within a finding in words: each label once, with every diagnosis it is counted in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.evidence.statements import interval
from seriatim.render.counting import months
from seriatim.render.words import listed, response, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from seriatim.model.base import Response
    from seriatim.model.evidence import (
        CitedLink,
        CourseCase,
        EvidenceReport,
        Finding,
        Share,
        Subgroup,
    )

    Cases = Mapping[str, CourseCase]

MOST_LINES = 6
WORST_FIRST = ("none", "partial", "complete")


@dataclass(frozen=True, slots=True)
class Line:
    """A label with all that is counted under it, failures first."""

    label: str
    said: str
    groups: tuple[Subgroup, ...]

    @property
    def is_as_here(self) -> bool:
        """Whether it is like the patient here, so that it belongs into the answer itself."""
        return "here" in self.label.split()


def lines(
    finding: Finding, ids: dict[str, str], cases: Cases, most: int = MOST_LINES
) -> list[Line]:
    """The labels that say something of their own, those with failures first.

    A label that stands for several diagnoses is one line that names them, so that no two lines
    of one label say different things. `cases` has at least the cited courses.
    """
    found = [_line(groups, finding, ids, cases) for groups in _worth_seeing(finding)]
    own = [each for each in found if each.is_as_here][:1]
    rest = [each for each in found if each not in own]
    return [*own, *sorted(rest, key=lambda each: min(map(_rank, each.groups)))][:most]


def as_here(said: Sequence[Line]) -> Line | None:
    """The line that is like the patient here, with every diagnosis of its label."""
    return next((each for each in said if each.is_as_here), None)


def label_of(report: EvidenceReport, line: Line) -> str:
    """The label, and how the drug that it names has failed in this patient, not in those cited."""
    how = _how(report, line)
    return f"{line.label} (this patient: {how}, counted as failed)" if how else line.label


def _how(report: EvidenceReport, line: Line) -> str:
    """How a drug that a label names has failed in this patient, if its rule builds on that.

    `partial response only`, `no response`: a failure is never only counted.
    """
    names = {each.concept: each.name or each.given for each in report.profile.therapies or ()}
    rules = {each.rule for each in line.groups}
    built_on = {said for each in report.fired if each.rule in rules for said in each.matched}
    how = (
        _without(reason, names.get(each.of[0], each.of[0]))
        for each in report.conclusions
        if each.conclusion == "failure" and each.statement in built_on
        if names.get(each.of[0], each.of[0]) in line.label
        for reason in each.from_
    )
    return " and ".join(dict.fromkeys(how))


def _without(reason: str, drug: str) -> str:
    """`no response` of `anakinra brought no response`: the label has named the drug."""
    for lead in (f"{drug} ", "brought ", "was ", "a "):
        reason = reason.removeprefix(lead)
    return reason


# --- which, and in which order --------------------------------------------------------------------


def _worth_seeing(finding: Finding) -> list[list[Subgroup]]:
    """The groups of each label; those of the same courses once, not the whole finding again."""
    by_label: dict[str, list[Subgroup]] = {}
    for each in finding.subgroups:
        own = by_label.setdefault(each.label, [])
        if all(_members(each) != _members(other) for other in own):
            own.append(each)
    whole = frozenset([(frozenset(finding.courses), frozenset[str]())])
    found: dict[frozenset[tuple[frozenset[str], frozenset[str]]], list[Subgroup]] = {}
    for groups in by_label.values():
        key = frozenset(map(_members, groups))
        if key != whole or len(finding.courses) == 1:
            found.setdefault(key, groups)
    return list(found.values())


def _members(group: Subgroup) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(group.courses), frozenset(group.probable_courses)


def _rank(group: Subgroup) -> int:
    for rank, level in enumerate(WORST_FIRST):
        if getattr(group.outcomes, level).k:
            return rank
    return len(WORST_FIRST)


# --- words ----------------------------------------------------------------------------------------


def _line(groups: list[Subgroup], finding: Finding, ids: dict[str, str], cases: Cases) -> Line:
    several = len(finding.by_diagnosis) > 1
    said = []
    for each in sorted(groups, key=_rank):
        names = _diagnoses(each, cases)
        text = _group(each, ids, cases)
        said.append(f"{names[0]}: {text}" if several and len(names) == 1 else text)
    return Line(groups[0].label, "; ".join(said), tuple(groups))


def _diagnoses(group: Subgroup, cases: Cases) -> list[str]:
    known = (cases[each] for each in group.courses or group.probable_courses if each in cases)
    return list(dict.fromkeys(map(_diagnosis, known)))


def _diagnosis(case: CourseCase) -> str:
    return case.diagnosis.name or f"{case.diagnosis.printed} as printed"


def _group(group: Subgroup, ids: dict[str, str], cases: Cases) -> str:
    """`no response 1 of 1 (95% CI …; T2R4, 20 months)`, and who belongs only perhaps."""
    unlike = len(_diagnoses(group, cases)) > 1
    if unlike and group.courses:
        text = ", ".join(_course(each, ids, cases) for each in group.courses)
    else:
        text = _counted(group, ids, cases)
    if not group.probable_courses:
        return text
    levels = dict(zip(group.probable_courses, group.probable_responses, strict=False))
    perhaps = (
        _perhaps(each, ids, cases, levels.get(each), named=unlike)
        for each in group.probable_courses
    )
    return f"{text}; not counted in this line: {listed(perhaps)}"


def _counted(group: Subgroup, ids: dict[str, str], cases: Cases) -> str:
    """Every level that occurs, failures first, each with its interval and its courses."""
    found = [(name, level, share) for name, level, share in _levels(group) if share.k]
    if not found:
        where = _named(group.courses, ids)
        return f"response not printed ({where})" if where else "no course for certain"
    lasted = f", {months(group.months)}" if len(found) == 1 else ""
    return ", ".join(
        f"{name} {share.k} of {share.n} ({interval(share)}; "
        f"{_named(_with(level, group, cases), ids)}{lasted})"
        for name, level, share in found
    )


def _with(level: str, group: Subgroup, cases: Cases) -> list[str]:
    return [each for each in group.courses if cases[each].response.level == level]


def _named(courses: Iterable[str], ids: dict[str, str]) -> str:
    return ", ".join(short(each, ids) for each in courses)


def _levels(group: Subgroup) -> Sequence[tuple[str, str, Share]]:
    """Each level as it is said and as it is kept, with its share."""
    return [(response(level), level, getattr(group.outcomes, level)) for level in WORST_FIRST]


def _course(course: str, ids: dict[str, str], cases: Cases) -> str:
    """`T2R6 complete`; a cited course has its diagnosis in its row."""
    return f"{short(course, ids)} {response(cases[course].response.level)}"


def _perhaps(
    course: str, ids: dict[str, str], cases: Cases, level: Response | None, *, named: bool
) -> str:
    """`T2R5 partial (perhaps the same patient as T1R8, anakinra)`, which is why it is not counted.

    It may not be cited, and then its diagnosis stands nowhere else: `named` says it.
    """
    case = cases.get(course)
    if case is None:
        brought = f" {response(level)}" if level else ""
        return f"{short(course, ids)}{brought} (belongs here only if a probable link holds)"
    why = [_diagnosis(case)] if named else []
    why += [
        f"perhaps the same patient as {_other(each, ids) if course in ids else _unnamed(each)}"
        for each in case.linked
        if each.certainty == "probable"
    ]
    return f"{_course(course, ids, cases)} ({'; '.join(why)})"


def _other(link: CitedLink, ids: dict[str, str]) -> str:
    return f"{short(link.course, ids)}, {link.drug}"


def _unnamed(link: CitedLink) -> str:
    """Nothing of the report names the course to which an uncited one is linked."""
    return f"one given {link.drug}"
