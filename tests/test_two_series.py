"""Two series in one library: each is counted, and what one says of itself stays its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from random_profiles import Vocabulary, random_profile, source
from second_series import FIRST, SECOND, alone, both
from seriatim import Engine, load_knowledge
from seriatim.model.evidence import EvidenceReport
from seriatim.pipeline import check
from seriatim.render.markdown import render_markdown
from seriatim.render.text import render_text
from seriatim.service.hooks.detail import _finding
from seriatim.service.web.findings import Findings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHNITZLER = {"diagnoses": ["Schnitzler syndrome"], "considering": ["rilonacept"]}
STILL = {"diagnoses": ["AOSD"], "considering": ["anakinra"]}
TRAPS = {"diagnoses": ["TRAPS"]}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    root = both(tmp_path_factory.mktemp("both"))
    assert [str(each) for each in check(root) if each.severity == "error"] == []
    return Engine(load_knowledge(root))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    root = alone(tmp_path_factory.mktemp("alone"))
    assert [str(each) for each in check(root) if each.severity == "error"] == []
    return Engine(load_knowledge(root))


def by_key(report: EvidenceReport) -> dict[tuple[str, str], list[str]]:
    return {(each.drug, each.relation): list(each.courses) for each in report.findings}


def test_a_second_series_adds_its_courses_and_its_drug(two: Engine) -> None:
    found = by_key(two.look_up({"diagnoses": ["Schnitzler syndrome"], "considering": ["Arcalyst"]}))
    assert found == {("rilonacept", "direct"): [f"{SECOND}/T1R1", f"{SECOND}/T1R2"]}
    both_relations = by_key(two.look_up({"diagnoses": ["Schnitzler syndrome"]}))
    assert both_relations[("canakinumab", "ambiguous")] == [
        f"{FIRST}/{each}" for each in ("T2R7", "T2R8", "T2R9")
    ]


def test_a_second_series_is_counted_and_said_to_be_of_two_centres(two: Engine) -> None:
    report = two.look_up({"diagnoses": ["Schnitzler syndrome"], "considering": ["rilonacept"]})
    [finding] = report.findings
    assert (finding.outcomes.complete.k, finding.outcomes.none.k, finding.n_courses) == (1, 1, 2)
    assert "2 centres, no control group" in finding.statement
    assert [each.at.read for each in report.cases] == ["abstract"] * 2
    assert [each.series for each in report.limits if each.series] == [SECOND]
    assert report.discrepancies == ()
    assert [each.id for each in report.knowledge.series] == [SECOND, FIRST]
    assert [each.rule for each in report.cautions] == ["label-not-read"]


@pytest.mark.parametrize(
    ("centres", "control", "profile", "origin"),
    [
        (40, "true", SCHNITZLER, "40 centres, with a control group"),
        (1, "true", SCHNITZLER, "one centre, with a control group"),
        (1, "false", SCHNITZLER, "one centre, no control group"),
        (40, "true", STILL, "2 series, not all with a control group"),
        (40, "false", STILL, "2 series, no control group"),
        (40, "true", TRAPS, "one centre, no control group"),
    ],
)
def test_every_form_says_of_the_cited_series_how_many_centres_and_whether_with_a_control_group(
    tmp_path: Path, centres: int, control: str, profile: dict[str, Any], origin: str
) -> None:
    series = both(tmp_path) / "cases" / f"{SECOND}.yaml"
    text = series.read_text("utf-8").replace("centres: 2", f"centres: {centres}")
    text = text.replace("control_group: false", f"control_group: {control}")
    text = text.replace("concept: still-disease}", "concept: adult-onset-still-disease}")
    series.write_text(text, "utf-8")
    engine = Engine(load_knowledge(tmp_path))
    report = engine.look_up(profile)
    finding = report.findings[0]
    assert finding.origin == origin
    assert finding.statement.endswith(f"; {origin}.")
    for said in every_form(report, engine):
        assert origin in " ".join(said.split())
        assert "or few" not in said
    [few] = [each.text for each in report.limits if each.id == "few-courses"]
    assert few.endswith("the lack of a control group.") is not origin.endswith(
        ", with a control group"
    )


def test_a_report_of_old_has_its_origin_from_its_statement(two: Engine) -> None:
    report = two.look_up(SCHNITZLER)
    old = report.model_dump(mode="json", by_alias=True)
    for each in old["findings"]:
        del each["origin"]
    again = EvidenceReport.model_validate(old)
    assert again.findings[0].origin == ""
    assert list(every_form(again, two)) == list(every_form(report, two))


def every_form(report: EvidenceReport, engine: Engine) -> Iterator[str]:
    """The first finding as text, in Markdown, on a card and on a page."""
    yield render_text(report)
    yield render_markdown(report)
    finding, cases = report.findings[0], {each.course: each for each in report.cases}
    yield str(_finding(report, finding, {}, rows=False))
    yield Findings(report, cases, {}, engine.cases).shown(finding, 1, "order").about


def test_courses_of_two_series_stand_in_one_finding(two: Engine) -> None:
    report = two.look_up({"diagnoses": ["TRAPS"]})
    assert by_key(report) == {
        ("anakinra", "direct"): [f"{FIRST}/T1R13", f"{FIRST}/T1R14"],
        ("canakinumab", "direct"): [f"{FIRST}/T2R10"],
        ("rilonacept", "direct"): [f"{SECOND}/T1R3"],
    }
    assert {each.series for each in report.limits if each.series} == {FIRST, SECOND}


def test_a_printed_term_that_is_broader_is_ambiguous(two: Engine) -> None:
    report = two.look_up({"diagnoses": ["AOSD"], "considering": ["anakinra"]})
    found = by_key(report)
    assert found[("anakinra", "ambiguous")] == [f"{SECOND}/C1"]
    assert len(found[("anakinra", "direct")]) == 7
    [case] = [each for each in report.cases if each.course == f"{SECOND}/C1"]
    assert "whether Still disease as printed means adult-onset Still's disease" in case.unknown_on
    again = by_key(two.look_up({"diagnoses": ["Still's disease"], "considering": ["anakinra"]}))
    assert again[("anakinra", "direct")] == [f"{SECOND}/C1"]
    assert len(again[("anakinra", "ambiguous")]) == 7


def test_cells_that_are_not_printed_are_unknown_and_never_counted(two: Engine) -> None:
    profile = {"age": 40, "sex": "male", "diagnoses": ["Still's disease"], "therapies": []}
    report = two.look_up({**profile, "considering": ["anakinra"]})
    finding = next(each for each in report.findings if each.relation == "direct")
    assert (finding.n_courses, finding.outcomes.not_printed) == (1, 1)
    assert (finding.outcomes.complete.n, finding.outcomes.complete.ci95) == (0, None)
    assert (finding.months.n, finding.months.median, finding.doses) == (0, None, ())
    assert (finding.any_adverse_event.n, finding.adverse_events) == (0, ())
    [case] = [each for each in report.cases if each.course == f"{SECOND}/C1"]
    assert (case.age, case.sex, case.months, case.previous) == (None, None, None, None)
    assert (case.response.level, case.adverse_events, case.dose.printed) == (None, None, None)
    assert set(case.unknown_on) == {
        "previous therapies, not printed",
        "concurrent therapy, not printed",
        "age, not printed",
    }
    assert case.at.section == "results"
    assert case.at.quote
    assert "response not printed in 1 course" in finding.statement


def test_limits_of_age_follow_the_library(two: Engine) -> None:
    engine = Engine.default()

    def cautions(asked: Engine, age: int) -> set[str]:
        return {each.rule for each in asked.look_up({"age": age}).cautions}

    assert cautions(engine, 9) == {"child", "younger-than-any-course"}
    assert cautions(two, 9) == {"child"}
    assert cautions(two, 7) == {"child", "younger-than-any-course"}
    texts = [each.text for each in two.look_up({"age": 7}).cautions]
    assert "No course in this library is of anyone under 8 years." in texts


def test_what_one_series_says_of_itself_is_not_said_of_the_other(two: Engine) -> None:
    report = two.look_up(
        {"diagnoses": ["Schnitzler syndrome"], "pregnancy": True, "considering": ["rilonacept"]}
    )
    [caution] = [each for each in report.cautions if each.rule == "pregnancy"]
    assert "Gutierrez et al. 2022" in caution.text


def test_the_engine_alone_with_the_second_knows_nothing_of_the_first(other: Engine) -> None:
    assert {each.at.series for each in other.cases.values()} == {SECOND}
    assert by_key(other.look_up({"diagnoses": ["TRAPS"]})) == {
        ("rilonacept", "direct"): [f"{SECOND}/T1R3"]
    }
    nothing = other.look_up({"diagnoses": ["Behçet's disease"], "considering": ["canakinumab"]})
    assert nothing.findings == ()
    assert {each.rule for each in nothing.cautions} == {
        "no-course-of-diagnosis",
        "no-course-of-drug",
    }
    assert FIRST not in nothing.model_dump_json()
    report = other.look_up({"diagnoses": ["SS"], "therapies": ["adalimumab"]})
    assert by_key(report) == {("rilonacept", "ambiguous"): [f"{SECOND}/T1R1", f"{SECOND}/T1R2"]}


def test_random_profiles_over_two_series(two: Engine, other: Engine) -> None:
    from inference.test_agreement import hold_everything  # noqa: PLC0415 - its checks of a report

    for asked in (two, other):
        rng, vocabulary = source(12), Vocabulary(asked.knowledge)
        answered = sum(
            hold_everything(asked, random_profile(vocabulary, rng), rng) for _ in range(250)
        )
        assert answered > 100
