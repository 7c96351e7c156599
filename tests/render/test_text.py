"""What every text answer must show, whatever it looks like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from seriatim.render.canvas import cells
from seriatim.render.json import render_json
from seriatim.render.markdown import render_markdown
from seriatim.render.text import render_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim import Engine, EvidenceReport

    ReportOf = Callable[[str], EvidenceReport]

BEHCET = "behcet-after-anakinra"
ANSWERS = (BEHCET, "still-nothing-tried", "schnitzler", "icd-m04-1", "psoriasis", "every-caution")


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_fits(name: str, width: int, report_of: ReportOf) -> None:
    assert all(
        cells(line) <= width for line in render_text(report_of(name), width=width).split("\n")
    )


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_course_and_every_adverse_event_is_shown(
    name: str, width: int, report_of: ReportOf
) -> None:
    report = report_of(name)
    text = " ".join(render_text(report, width=width).split())
    for case in report.cases:
        at = [
            found.start() for found in re.finditer(rf"\b{case.course.rpartition('/')[2]}\b", text)
        ]
        assert at
        for event in case.adverse_events or ():
            assert any(event.name in text[start : start + 400] for start in at)


def test_the_answer_stands_first(report_of: ReportOf) -> None:
    first = render_text(report_of(BEHCET)).split("\n")[:9]
    text = " ".join(" ".join(first).split())
    assert (
        "no response 1 of 4 (95% CI 0.6–80.6%) partial 1 of 4 (95% CI 0.6–80.6%) "
        "complete 2 of 4 (95% CI 6.8–93.2%)"
    ) in text
    assert "No label seen names Behçet's disease for canakinumab" in text
    assert "no response 1 of 1 (95% CI 2.5–100%; T2R4, 20 months)" in text
    assert "T2R5 partial (perhaps the same patient as T1R8, anakinra)" in text


def test_labels_come_before_counts(report_of: ReportOf) -> None:
    text = render_text(report_of("still-nothing-tried"))
    assert text.index("LABEL") < text.index("ANAKINRA") < text.index("T1R2")
    assert "EU and UK label of anakinra" in text


def test_failures_come_first(report_of: ReportOf) -> None:
    text = render_text(report_of("still-nothing-tried"))
    lines = [line for line in text.split("\n") if re.match(r"  [✗◐●?] T1", line)]
    assert [line.split()[0] for line in lines] == ["✗", "◐", "●", "●", "●", "●", "●"]


@pytest.mark.parametrize("name", ["schnitzler", "systemic-sclerosis"])
def test_an_open_diagnosis_is_said_loudly_and_why(name: str, report_of: ReportOf) -> None:
    for text in (render_text(report_of(name)), render_markdown(report_of(name))):
        said = " ".join(text.split())
        assert re.search("may not be this patient's diagnosis", said, re.IGNORECASE)
        assert "The tables print SS without a key" in said


def test_unlike_diagnoses_are_counted_one_by_one(report_of: ReportOf) -> None:
    text = " ".join(render_text(report_of("icd-m04-1")).split())
    assert "hyper-IgD syndrome: no response 0 of 1 (95% CI 0–97.5%) partial 0 of 1" in text
    assert "periodic syndrome: no response 0 of 2 (95% CI 0–84.2%)" in text
    assert "3 of 3" not in text
    assert "which diagnosis" in text


def test_no_course_is_said_plainly(report_of: ReportOf) -> None:
    text = render_text(report_of("psoriasis"))
    assert "No published course of this library matches psoriasis." in text
    assert "Nearest" in text
    assert not re.search(r"\d of \d", text)


def test_no_percentage_stands_alone_and_nothing_is_recommended(report_of: ReportOf) -> None:
    for name in ("still-nothing-tried", BEHCET, "schnitzler"):
        text = " ".join(render_text(report_of(name)).split())
        before_the_rest = text.partition("The publication and its own rows")[0]
        assert "%" not in re.sub(r"95% CI [\d.]+–[\d.]+%", "", before_the_rest)
        assert not re.search(r"recommend|should (be )?giv", text)


def test_all_shows_every_contradiction_and_limit(report_of: ReportOf) -> None:
    report = report_of(BEHCET)
    text = " ".join(render_text(report, everything=True).split())
    for each in report.discrepancies:
        assert " ".join(each.says.split()) in text
    for limit in report.limits:
        assert " ".join(limit.text.split()) in text
    assert "--all" not in text


def test_why_names_rules_with_their_lines_and_what_they_concluded(report_of: ReportOf) -> None:
    report = report_of(BEHCET)
    for text in (render_text(report, why=True), render_markdown(report, why=True)):
        said = " ".join(text.split())
        for fired in report.fired:
            assert fired.source in said
        assert "anakinra is counted as failed" in said
        for missed in report.near_misses:
            assert missed.title in said


def test_same_report_same_bytes(engine: Engine, report_of: ReportOf) -> None:
    report = report_of(BEHCET)
    again = engine.look_up(report.given)
    assert render_json(report) == render_json(again)
    assert render_json(report).endswith("}\n")
    assert '"from": [' in render_json(report)


def test_terms_cannot_carry_markup_or_escapes_into_the_output(engine: Engine) -> None:
    evil = "\x1b[31m<script>|`[x](http://y)"
    report = engine.look_up(
        {"diagnoses": ["AOSD"], "therapies": [{"drug": "colchicine", "dose": evil}]}
    )
    assert "\x1b" not in render_text(report)
    assert "<script>" not in render_markdown(report)


def test_a_stop_is_said_beside_the_response_that_came_before(engine: Engine) -> None:
    def said(**therapy: str) -> str:
        report = engine.look_up({"therapies": [{"drug": "anakinra", **therapy}]})
        return " ".join(render_text(report).split())

    lost = said(response="complete", stopped_because="no-response")
    assert "anakinra (complete response, stopped: no response)" in lost
    assert "anakinra (no response)" in said(response="none", stopped_because="no-response")


def test_what_an_open_word_may_mean_ends_in_one_full_stop(engine: Engine) -> None:
    said = render_text(engine.look_up({"diagnoses": ["scleroderma"]}), everything=True)
    assert "which is meant.." not in " ".join(said.split())
