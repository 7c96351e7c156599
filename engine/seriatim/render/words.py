"""What every rendering says in the same words: the patient and the profile as understood."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.model.evidence import (
        CourseCase,
        EvidenceReport,
        SeriesRef,
        UnderstoodDiagnosis,
        UnderstoodProfile,
        UnderstoodTherapy,
    )

GROWN_UP = 18
IN_MONTHS = 2
SHORT_HASH = 8
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_POWER = re.compile(r"\^(\d+)")
_TIMES = re.compile(r"(?<=\d) (?:x )?(?=10\^)")
_TITLED = re.compile(
    r"(?P<code>.+) \((?P<title>(?!no title\)).+)\) holds several diagnoses(?:: .+)?$"
)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def upper_first(text: str) -> str:
    """`Hyper-IgD syndrome`; the rest of a name stays as it is."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """`anakinra with low neutrophils`; a word of capitals stays as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def plural(n: int, one: str, many: str | None = None) -> str:
    """`1 course`, `2 courses`."""
    return f"{n} {one if n == 1 else many or f'{one}s'}"


def listed(names: Iterable[str], last: str = "and") -> str:
    """`a, b and c`, each once."""
    found = list(dict.fromkeys(names))
    if len(found) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(found)
    return f"{', '.join(found[:-1])} {last} {found[-1]}"


def short_ids(cases: Iterable[CourseCase]) -> dict[str, str]:
    """`T2R4` for each course, or the whole id where two series have the same."""
    found = {each.course: each.course.rpartition("/")[2] for each in cases}
    series = {each.partition("/")[0] for each in found}
    return found if len(series) < 2 else {each: each for each in found}  # noqa: PLR2004


def short(course: str, ids: dict[str, str]) -> str:
    """The id under which a course is shown; one that is not cited keeps its last part."""
    return ids.get(course, course.rpartition("/")[2])


def response(level: str | None) -> str:
    """`no response`, not `none`, which reads as nothing given."""
    return {"none": "no response", None: "not printed"}.get(level, level or "")


def unit(of: str) -> str:
    """`10⁹/L` of `10^9/L`, as people write it; records and files keep theirs."""
    return _POWER.sub(lambda found: found[1].translate(_RAISED), of)


def as_written(text: str) -> str:
    """`1.5 × 10⁹/L` of `1.5 x 10^9/L` and of `1.5 10^9/L`."""
    return unit(_TIMES.sub(" \u00d7 ", text))


# --- the patient ----------------------------------------------------------------------------------


def patient(profile: UnderstoodProfile) -> str:
    """`woman of 30`, `boy of 9`, `infant of 9 months`, `woman`, or nothing."""
    return person(profile.age, profile.sex)


def person(age: float | None, sex: str | None, joint: str = " of ") -> str:
    """Age and sex in two words."""
    if age is None:
        return {"female": "woman or girl", "male": "man or boy"}.get(sex or "", "")
    grown = age >= GROWN_UP
    who = {"female": "woman" if grown else "girl", "male": "man" if grown else "boy"}.get(
        sex or "", "adult" if grown else "child"
    )
    return f"{who}{joint}{years(age)}"


def years(age: float) -> str:
    """`30`, `33.3` of 400 months, or `9 months` below two years."""
    if age >= IN_MONTHS:
        return f"{age:.3g}"
    return plural(round(age * 12), "month")


def diagnosis_name(each: UnderstoodDiagnosis) -> str:
    """The name it was taken for; if that is open, the title of the code or the term as typed."""
    if each.name is not None:
        return each.name
    open_ = "several diagnoses possible" if len(each.could_be) > 1 else "not sure"
    if titled := _TITLED.match(each.why or ""):
        return f"{titled['title']} ({titled['code']}; {open_})"
    return f"{each.given} ({open_})"


def left_open(each: UnderstoodDiagnosis) -> str:
    """That a term leaves the diagnosis open, and why."""
    open_ = "could be several diagnoses" if len(each.could_be) > 1 else "is not sure"
    why = f": {each.why.rstrip('.')}" if each.why else ""
    return f"{each.given} {open_}{why}."


def headline(report: EvidenceReport) -> str:
    """`Behçet's disease, woman of 30, considering canakinumab`."""
    profile = report.profile
    active = [diagnosis_name(d) for d in profile.diagnoses if d.status == "active"]
    before = [diagnosis_name(d) for d in profile.diagnoses if d.status == "history"]
    parts = [listed(active) or "No diagnosis given"]
    if before:
        parts.append(f"history of {listed(before)}")
    if who := patient(profile):
        parts.append(who)
    if profile.therapies == () and profile.therapies_complete:
        parts.append("nothing tried")
    if profile.considering:
        drugs = [each.name or each.given for each in profile.considering]
        parts.append(f"considering {listed(drugs, 'or')}")
    return upper_first(", ".join(parts))


def provenance(report: EvidenceReport) -> str:
    """`Gutierrez et al. 2022; knowledge 2026.11.0 (3f9c1a2b)`."""
    known = report.knowledge
    series = "; ".join(map(series_name, known.series))
    return f"{series}; knowledge {known.version} ({known.hash[:SHORT_HASH]})"


def series_name(each: SeriesRef) -> str:
    """`Gutierrez et al. 2022` of `Gutierrez et al., J Drugs Dermatol 2022;21(2):206`."""
    who, _comma, rest = each.citation.partition(", ")
    year = _YEAR.search(rest)
    return f"{who} {year[0]}" if year else who


def therapy(each: UnderstoodTherapy) -> str:
    """`anakinra (partial response, stopped for intolerance)`."""
    said = []
    if each.response != "unknown":
        said.append(f"{'no' if each.response == 'none' else each.response} response")
    if each.stopped_because != "unknown" and not _said_twice(each):
        said.append(f"stopped: {each.stopped_because.replace('-', ' ')}")
    if each.months is not None:
        said.append(f"{each.months:g} months")
    if each.dose:
        said.append(each.dose)
    name = each.name or each.given
    return f"{name} ({', '.join(said)})" if said else name


def _said_twice(each: UnderstoodTherapy) -> bool:
    return each.stopped_because == "no-response" and each.response == "none"


def therapies(profile: UnderstoodProfile, status: str) -> list[str]:
    """The therapies of one status, each once."""
    return list(dict.fromkeys(therapy(t) for t in profile.therapies or () if t.status == status))


def understood(profile: UnderstoodProfile) -> list[str]:
    """What the profile was taken to say, so that a misreading is seen."""
    found = [f"{word} {', '.join(names)}." for word, names in _therapy_lists(profile) if names]
    events = [
        f"{each.name}{f' with {each.with_drug}' if each.with_drug else ''}"
        for each in profile.adverse_events or ()
    ]
    if events:
        found.append(f"Has had {', '.join(events)}.")
    if profile.observed:
        found.append(f"{upper_first(as_written(', '.join(profile.observed)))}.")
    found += [f"{upper_first(each)}." for each in _renamed(profile)]
    return [*found, *profile.notes]


def _therapy_lists(profile: UnderstoodProfile) -> list[tuple[str, list[str]]]:
    return [
        ("Before:", therapies(profile, "past")),
        ("Now:", therapies(profile, "current")),
        ("Never:", therapies(profile, "never")),
    ]


def _renamed(profile: UnderstoodProfile) -> list[str]:
    """Terms whose name is not what was typed."""
    terms = [*profile.diagnoses, *(profile.therapies or ()), *profile.considering]
    found = {
        each.given: f"{each.given} is read as {each.name} ({each.recognised_by})"
        for each in terms
        if each.name is not None and each.name.casefold() != each.given.casefold()
    }
    return list(found.values())
