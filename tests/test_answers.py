"""Whole answers: the worked ones, many more, and every published course as its own patient.

`findings` are all findings in order with all their courses in order; `labels`, `cautions` and the
rest hold a fragment each; an empty list says that there is none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from scenario_files import answer_files, read, short
from seriatim import Engine, ProfileError

if TYPE_CHECKING:
    from seriatim.model.evidence import Case, EvidenceReport, Finding, Share

ANSWERS = [answer for path in answer_files() for answer in read(path)["answers"]]
LEVELS = {"complete": "complete", "partial": "partial", "none": "none", "any": "any_response"}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.default()


def shown(share: Share) -> str:
    """`2 of 4 (6.8-93.2)`, one decimal."""
    assert share.ci95 is not None
    low, high = share.ci95
    return f"{share.k} of {share.n} ({100 * low:.1f}-{100 * high:.1f})"


def ids(courses: Any) -> list[str]:
    return [short(each) for each in courses]


def hold_finding(finding: Finding, want: dict[str, Any]) -> None:
    assert ids(finding.courses) == want["courses"]
    assert finding.n_courses == len(want["courses"])
    for key, level in LEVELS.items():
        if key in want:
            assert shown(getattr(finding.outcomes, level)) == want[key]
    if "patients" in want:
        assert finding.n_patients == want["patients"]
    if "patients_if_probable_links" in want:
        assert finding.n_patients_if_probable_links == want["patients_if_probable_links"]
    if "months" in want:
        assert finding.months.model_dump() == want["months"]
    hold_all(want.get("because"), list(finding.because))
    for name, expected in want.get("by_diagnosis", {}).items():
        [group] = [each for each in finding.by_diagnosis if name_of(each.diagnosis, name)]
        assert shown(group.outcomes.complete) == expected
    for rule, group in want.get("groups", {}).items():
        hold_group(finding, rule, group)


def name_of(concept: str, name: str) -> bool:
    known = {"HIDS": "hyper-igd-syndrome", "TRAPS": "traps", "AOSD": "adult-onset-still-disease"}
    return concept == known.get(name, "behcet-disease")


def hold_group(finding: Finding, rule: str, want: dict[str, Any]) -> None:
    groups = [each for each in finding.subgroups if each.rule == rule]
    assert groups, rule
    courses = {short(course) for each in groups for course in each.courses}
    probable = {short(course) for each in groups for course in each.probable_courses}
    assert courses == set(want["courses"])
    assert probable == set(want["probable"])
    if "none" in want:
        assert shown(groups[0].outcomes.none) == want["none"]


def hold_case(case: Case, want: dict[str, Any]) -> None:
    for key, said in (
        ("matched", case.matched_on),
        ("differs", case.differs_on),
        ("unknown", case.unknown_on),
        ("linked", [f"{short(each.course)} {each.certainty}" for each in case.linked]),
    ):
        for fragment in want.get(key, ()):
            assert any(fragment in each for each in said), (key, fragment, said)
    for fragment in want.get("never", ()):
        assert not any(fragment in each for each in (*case.matched_on, *case.differs_on))
    if "at" in want:
        at = case.at.model_dump()
        assert {key: at[key] for key in want["at"]} == want["at"]
    assert want.get("response", case.response.printed) == case.response.printed
    assert want.get("months", case.months) == case.months
    assert want.get("dose", case.dose.printed) == case.dose.printed
    assert want.get("why", "") in (case.diagnosis.why or "")


def hold_all(fragments: list[str] | None, said: list[str]) -> None:
    """Each fragment is said; an empty list says that nothing is."""
    if fragments is None:
        return
    if not fragments:
        assert said == []
    for fragment in fragments:
        assert any(fragment in each for each in said), (fragment, said)


def hold(report: EvidenceReport, want: dict[str, Any]) -> None:
    pairs = [(each.drug, each.relation) for each in report.findings]
    assert pairs == [(each["drug"], each["relation"]) for each in want["findings"]]
    for finding, expected in zip(report.findings, want["findings"], strict=True):
        hold_finding(finding, expected)
    cases = {short(each.course): each for each in report.cases}
    for course, expected in want.get("cases", {}).items():
        hold_case(cases[course], expected)
    for course, events in want.get("events", {}).items():
        assert sorted(each.event for each in cases[course].adverse_events or ()) == events
    missing = [each.fact for each in report.missing]
    concluded = [each.statement for each in report.conclusions]
    hold_all(want.get("labels"), [each.statement for each in report.stronger_evidence])
    if "labels" in want:
        assert len(report.stronger_evidence) == len(want["labels"])
    hold_all(want.get("cautions"), [each.text for each in report.cautions])
    hold_all(want.get("missing"), missing)
    hold_all(want.get("near_misses"), [each.rule for each in report.near_misses])
    hold_all(want.get("limits"), [each.text for each in report.limits])
    hold_all(want.get("discrepancies"), [each.claim for each in report.discrepancies])
    hold_all(want.get("concludes"), concluded)
    hold_all(want.get("says"), list(report.summary))
    hold_all(want.get("notes"), list(report.profile.notes))
    assert set(concluded).isdisjoint(want.get("not_concluded", ()))
    assert set(missing).isdisjoint(want.get("not_missing", ()))
    assert want.get("first_says", "") in report.summary[0]
    assert want.get("first_missing", "") in (missing or [""])[0]
    named = {short(course) for each in report.cautions for course in each.courses}
    assert named >= set(want.get("caution_courses", ()))
    if "understood" in want:
        [diagnosis] = report.profile.diagnoses
        assert set(diagnosis.could_be) >= set(want["understood"]["could_be"])
        assert want["understood"]["why"] in (diagnosis.why or "")
    text = json.dumps(report.model_dump(mode="json"), ensure_ascii=False)
    for fragment in want.get("never", ()):
        assert fragment not in text


@pytest.mark.parametrize("answer", [pytest.param(each, id=each["name"]) for each in ANSWERS])
def test_answer(engine: Engine, answer: dict[str, Any]) -> None:
    if "error" in answer:
        with pytest.raises(ProfileError) as caught:
            engine.look_up(answer["profile"])
        assert answer["error"] in str(caught.value)
        return
    hold(engine.look_up(answer["profile"]), answer)


def test_a_case_of_the_first_answer_has_its_own_earlier_course(engine: Engine) -> None:
    first = next(each for each in ANSWERS if each["name"].startswith("Behçet's disease after too"))
    report = engine.look_up(first["profile"])
    case = next(each for each in report.cases if short(each.course) == "T2R6")
    [link] = case.linked
    assert (short(link.course), link.drug, link.response) == ("T1R11", "anakinra", "complete")
    assert (link.certainty, case.response.level) == ("stated", "complete")


COURSES = sorted(Engine.default().cases)


@pytest.mark.parametrize("course", COURSES, ids=short)
def test_every_published_patient_finds_the_own_course(engine: Engine, course: str) -> None:
    case = engine.cases[course]
    meanings = [case.diagnosis.concept] if case.diagnosis.concept else case.diagnosis.could_be
    for meaning in meanings:
        profile = {
            "age": case.age,
            "sex": case.sex,
            "diagnoses": [meaning],
            "therapies": [
                *({"drug": each.drug} for each in case.previous or ()),
                *({"drug": each.drug, "status": "current"} for each in case.concurrent or ()),
            ],
            "considering": [case.drug],
        }
        report = engine.look_up(profile)
        [finding] = [each for each in report.findings if course in each.courses]
        assert finding.drug == case.drug
        assert finding.relation == ("direct" if case.diagnosis.concept else "ambiguous")
        same = [
            each
            for each, other in engine.cases.items()
            if other.drug == case.drug
            and other.diagnosis.printed.strip("†") in (case.diagnosis.printed.strip("†"))
        ]
        assert sorted(finding.courses) == sorted(same)
        found = next(each for each in report.cases if each.course == course)
        differs = [each for each in found.differs_on if not each.startswith("had before what")]
        assert differs == []


SPELLINGS = [
    *("M35.2", "ICD-10-CM:M35.2", "icd-10-cm:m35.2", "Behcets disease", "BEHÇET'S DISEASE"),
    *("Behçet’s disease", "behcet disease", "Behcet's Syndrome", "behcet-disease"),
    *("MONDO:0007191", "ORPHA:117", "SNOMED CT:310701003", "Behc\u0327et's disease"),
]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_spelling_of_a_diagnosis_gives_the_same_courses(engine: Engine, typed: str) -> None:
    report = engine.look_up({"diagnoses": [typed], "considering": ["canakinumab"]})
    assert [ids(each.courses) for each in report.findings] == [["T2R4", "T2R5", "T2R2", "T2R3"]]


def test_leaving_nothing_out_every_course_is_cited_by_some_look_up(engine: Engine) -> None:
    cited: set[str] = set()
    for term in ("AOSD", "M35.2", "DLE", "HIDS", "Schnitzler syndrome", "TRAPS"):
        for drug in ("anakinra", "canakinumab"):
            report = engine.look_up({"diagnoses": [term], "considering": [drug]})
            cited |= {course for finding in report.findings for course in finding.courses}
    assert cited == set(engine.cases)
    assert len(cited) == 24


def test_failures_and_adverse_events_are_in_the_sums_of_all_findings(engine: Engine) -> None:
    levels: dict[str, int] = {"complete": 0, "partial": 0, "none": 0}
    events = 0
    for term in ("AOSD", "M35.2", "DLE", "HIDS", "Schnitzler syndrome", "TRAPS"):
        for finding in engine.look_up({"diagnoses": [term]}).findings:
            for level in levels:
                levels[level] += getattr(finding.outcomes, level).k
            events += finding.any_adverse_event.k
    assert levels == {"complete": 9 + 7, "partial": 4 + 2, "none": 1 + 1}
    assert events == 5 + 4
