"""What the figures show is what the report says, and all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from drawings import Drawing
from pictured import BOTH_DRUGS, EMPTY, LARGE, PROFILES, WORKED, link

from seriatim.figures import NOTHING, figures_of
from seriatim.figures.people import WORST_FIRST, sections
from seriatim.figures.shares import REACH
from seriatim.render.words import response

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.figures import Figure
    from seriatim.model.evidence import EvidenceReport

    Figures = Callable[[str], dict[str, Figure]]
    Reports = Callable[[str], EvidenceReport]

ANSWERS = [each for each in PROFILES if each != EMPTY]
WORKED_FIRST = ANSWERS[0]
STILL = next(each for each in ANSWERS if "nothing tried" in each)
OPEN_TERM = "Schnitzler syndrome"


def widths(figure: Figure) -> list[Drawing]:
    return [Drawing(figure.svg), Drawing(figure.narrow)]


def test_the_worked_answers_are_here_and_an_answer_without_courses_has_no_figure(
    report_of: Reports,
) -> None:
    assert len(WORKED) == 7
    assert figures_of(report_of(EMPTY), link=link) == ()
    assert NOTHING.startswith("No published course")


@pytest.mark.parametrize("name", ANSWERS)
def test_every_cited_course_has_one_mark_that_leads_to_its_row(
    name: str, figures: Figures, report_of: Reports
) -> None:
    cited = {link(each.course) for each in report_of(name).cases}
    for which in ("patients", "months"):
        for drawing in widths(figures(name)[which]):
            hrefs = [each.href for each in drawing.links()]
            assert cited <= set(hrefs)
            assert len(set(hrefs)) == len(hrefs)
    hrefs = [each.href for each in Drawing(figures(name)["months"].svg).links()]
    assert set(hrefs) == cited


@pytest.mark.parametrize("name", ANSWERS)
def test_every_course_has_the_mark_of_its_own_response(
    name: str, figures: Figures, report_of: Reports
) -> None:
    levels = {link(each.course): each.response.level for each in report_of(name).cases}
    for which in ("patients", "months"):
        for drawing in widths(figures(name)[which]):
            marks = {
                level: drawing.boxes(f"mark r-{level or 'unprinted'}") for level in WORST_FIRST
            }
            for each in drawing.links():
                inside = [
                    level
                    for level, boxes in marks.items()
                    if any(each.box.meets(box) and box.right - box.left > 14 for box in boxes)
                ]
                if each.href in levels:
                    assert inside == [levels[each.href]], each


@pytest.mark.parametrize("name", ANSWERS)
def test_failures_come_first_in_each_part_of_the_answer(name: str, report_of: Reports) -> None:
    for section in sections(report_of(name)):
        worst = [min(person.worst for person in kin) for kin in section.kin]
        assert worst == sorted(worst)


@pytest.mark.parametrize("name", ANSWERS)
def test_every_patient_stands_once_and_as_often_as_the_report_counts(
    name: str, report_of: Reports
) -> None:
    report = report_of(name)
    persons = [person for section in sections(report) for person in section.persons]
    individuals = [each.individual for each in persons]
    assert sorted(individuals) == sorted({each.individual for each in report.cases})
    for finding in report.findings:
        drug = [p for p in persons if {c.course for c in p.cited} & set(finding.courses)]
        assert len(drug) == finding.n_patients


@pytest.mark.parametrize("name", ANSWERS)
def test_the_words_say_every_sentence_that_counts_and_every_adverse_event(
    name: str, figures: Figures, report_of: Reports
) -> None:
    report, found = report_of(name), figures(name)
    for finding in report.findings:
        assert finding.statement in found["patients"].alt
        assert finding.statement in found["responses"].alt
    for figure in found.values():
        for event in (each for finding in report.findings for each in finding.adverse_events):
            assert event.name in figure.alt
        for drawing in widths(figure):
            assert figure.alt == drawing.root.findtext("{http://www.w3.org/2000/svg}desc")


@pytest.mark.parametrize("name", ANSWERS)
def test_every_mark_is_a_row_of_the_table(name: str, figures: Figures, report_of: Reports) -> None:
    cases = {each.course.rpartition("/")[2]: each for each in report_of(name).cases}
    for which in ("patients", "months"):
        figure = figures(name)[which]
        rows = [dict(zip(figure.table.head, row, strict=True)) for row in figure.table.rows]
        marks = Drawing(figures(name)["patients"].svg).links()
        assert len(rows) == len(marks)
        of_cases = {row["Course"].rpartition("/")[2]: row for row in rows}
        for id_, case in cases.items():
            row = of_cases[id_]
            assert row["Individual"] == case.individual.rpartition("/")[2]
            assert row["Diagnosis as printed"] == case.diagnosis.printed
            assert row["Drug"] == case.drug_name
            assert row["Response"] == response(case.response.level)
            assert row["Months"] == ("not printed" if case.months is None else f"{case.months:g}")
            assert (case.dose.printed or "dose not printed") in row[
                "Dose as printed, and with what"
            ]
            assert all(each in row["Matched on"] for each in case.matched_on)
            for event in case.adverse_events or ():
                assert event.name in row["Adverse events"]


@pytest.mark.parametrize("name", ANSWERS)
def test_bars_are_as_long_as_the_months_that_are_printed(
    name: str, figures: Figures, report_of: Reports
) -> None:
    printed = {link(each.course): each.months for each in report_of(name).cases}
    for drawing in widths(figures(name)["months"]):
        per_month = set()
        bars = drawing.boxes("bar")
        for each in drawing.links():
            months = printed[each.href]
            own = [box for box in bars if each.box.meets(box)]
            assert len(own) == (0 if months is None else 1)
            per_month |= {round((box.right - box.left) / (months or 1), 1) for box in own}
            unknown = [box for box in drawing.boxes("unknown") if each.box.meets(box)]
            assert len(unknown) == (months is None)
        assert max(per_month) - min(per_month) < 0.11


@pytest.mark.parametrize("name", ANSWERS)
def test_intervals_and_marks_stand_where_the_report_has_them(
    name: str, figures: Figures, report_of: Reports
) -> None:
    shares = [
        (level, getattr(group.outcomes, level))
        for section in sections(report_of(name))
        for _finding, group in section.groups
        for level in ("none", "partial", "complete")
    ]
    for drawing in widths(figures(name)["responses"]):
        ticks = sorted({box.left for box in drawing.boxes("grid")})
        left, right = ticks[0], ticks[-1]
        for level in ("none", "partial", "complete"):
            lines = [box for box in drawing.boxes(f"interval r-{level}") if box.top != box.bottom]
            caps = [(box.left - left) / (right - left) for box in lines]
            want = [
                end
                for name_, share in shares
                for end in share.ci95 or ()
                if name_ == level and abs(end - share.k / share.n) * (right - left) > REACH
            ]
            assert caps == pytest.approx(want, abs=0.011)


@pytest.mark.parametrize("name", ANSWERS)
def test_unlike_diagnoses_are_never_drawn_as_one(
    name: str, figures: Figures, report_of: Reports
) -> None:
    table = figures(name)["responses"].table
    diagnosis_of = {
        each.course.rpartition("/")[2]: each.diagnosis.name
        or f"{each.diagnosis.printed} as printed"
        for each in report_of(name).cases
    }
    for row in table.rows:
        cells = dict(zip(table.head, row, strict=True))
        courses = cells["Courses"].split(", ")
        assert {diagnosis_of[each.rpartition("/")[2]] for each in courses} == {cells["Diagnosis"]}


def test_an_open_term_is_shown_as_printed_with_a_broken_outline(figures: Figures) -> None:
    for drawing in widths(figures(OPEN_TERM)["patients"]):
        texts = [each.text for each in drawing.words()]
        assert "SS as printed" in texts
        assert "may or may not be this patient's diagnosis" in texts
        looks = dict(drawing.layers())
        assert "outline" not in looks
        assert looks["outline-open"].get("stroke-dasharray")


def test_the_same_diagnosis_is_outlined_and_another_is_not(figures: Figures) -> None:
    drawing = Drawing(figures(WORKED_FIRST)["patients"].svg)
    outlines = [box for box in drawing.boxes("outline") if box.right - box.left > 20]
    inside = {
        each.href.rpartition("/")[2]
        for each in drawing.links()
        if any(each.box.meets(box) for box in outlines)
    }
    assert inside == {"T2R4", "T2R5", "T2R2", "T2R3", "T1R9"}
    assert len(outlines) == 4


def test_stated_links_are_solid_and_probable_ones_broken(figures: Figures) -> None:
    for which in ("patients", "months"):
        looks = dict(Drawing(figures(WORKED_FIRST)[which].svg).layers())
        assert looks["link-stated"].get("stroke-dasharray") is None
        assert looks["link-probable"].get("stroke-dasharray")
    joined = Drawing(figures(WORKED_FIRST)["patients"].svg)
    lines = [box for box in joined.boxes("link-probable") if box.right - box.left > 20]
    [line] = lines
    ends = {
        each.href.rpartition("/")[2]
        for each in joined.links()
        if each.box.top < line.top < each.box.bottom
        and each.box.left < line.right
        and line.left < each.box.right
    }
    assert ends == {"T1R8", "T2R5"}


def test_a_patient_who_changed_drug_is_one_cell_and_each_course_has_its_own_start(
    figures: Figures,
) -> None:
    grid = Drawing(figures(STILL)["patients"].svg)
    cells = [box for box in grid.boxes("outline") if box.right - box.left > 20]
    assert len(cells) == 7
    at = {each.href.rpartition("/")[2]: each.box for each in grid.links()}
    [cell] = [box for box in cells if box.meets(at["T1R7"])]
    assert cell.meets(at["T2R1"])
    months = Drawing(figures(STILL)["months"].svg)
    lanes = {each.href.rpartition("/")[2]: each.box for each in months.links()}
    bars = {
        id_: box for id_, lane in lanes.items() for box in months.boxes("bar") if lane.meets(box)
    }
    assert bars["T2R1"].left == pytest.approx(bars["T1R7"].left, abs=0.02)


def test_those_who_are_perhaps_one_stand_together_as_two(figures: Figures) -> None:
    grid = Drawing(figures(BOTH_DRUGS)["patients"].svg)
    at = {each.href.rpartition("/")[2]: each.box for each in grid.links()}
    assert at["T1R8"].top == at["T2R5"].top
    assert at["T1R8"].right < at["T2R5"].left < at["T1R8"].right + 30
    cells = [box for box in grid.boxes("outline") if box.right - box.left > 20]
    assert not any(box.meets(at["T1R8"]) and box.meets(at["T2R5"]) for box in cells)
    assert "perhaps the same patient" in figures(BOTH_DRUGS)["patients"].alt


def test_what_is_not_printed_is_said_and_drawn_hollow_never_as_nothing(
    figures: Figures, report_of: Reports
) -> None:
    cases = report_of(LARGE).cases
    assert any(each.months is None for each in cases)
    for drawing in widths(figures(LARGE)["months"]):
        looks = dict(drawing.layers())
        assert looks["mark r-unprinted"].get("fill") == "none"
        assert looks["event-unprinted"].get("fill") == "none"
        assert looks["dose-unprinted"].get("fill") == "none"
        without = sum(each.dose.printed is None for each in cases)
        assert len(looks["dose-unprinted"]) == without + 1  # and the key
        texts = " ".join(each.text for each in drawing.words())
        for said in ("months not printed", "response not printed", "dose not printed"):
            assert said in texts
        assert "adverse events not printed" in texts
        assert all(box.right - box.left > 1 for box in drawing.boxes("bar"))
    for drawing in widths(figures(LARGE)["responses"]):
        assert any("response not printed in" in each.text for each in drawing.words())


def test_series_are_told_apart_where_several_are_cited(figures: Figures) -> None:
    for drawing in widths(figures(LARGE)["patients"]):
        assert {"nyu-2022-il1", "invented-2024"} <= {each.text for each in drawing.words()}
    ids = [row[0] for row in figures(LARGE)["patients"].table.rows]
    assert "nyu-2022-il1/T2R7" in ids


def test_months_are_written_again_where_the_last_ones_are_far_away(figures: Figures) -> None:
    for name, least in ((ANSWERS[0], 1), (LARGE, 5)):
        for drawing in widths(figures(name)["months"]):
            places = sorted(each.box.top for each in drawing.words() if each.text == "0")
            assert len(places) >= least
            lanes = [each.box.top for each in drawing.links()]
            assert all(any(0 < at - lane < 1000 for at in places) for lane in lanes)
