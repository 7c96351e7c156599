"""What is said of the groups within a finding: each label once, failures first, diagnoses named."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from seriatim.render.groups import Line, as_here, label_of, lines
from seriatim.render.words import short_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seriatim import Engine, EvidenceReport

    ReportOf = Callable[[str], EvidenceReport]

BEHCET, MANY = "behcet-after-anakinra", "every-caution"


def lines_of(report: EvidenceReport, engine: Engine, drug: str, relation: str) -> Sequence[Line]:
    finding = next(e for e in report.findings if (e.drug, e.relation) == (drug, relation))
    return lines(finding, short_ids(report.cases), engine.cases)


@pytest.mark.parametrize("name", [BEHCET, MANY])
def test_no_label_stands_twice_in_a_finding(name: str, report_of: ReportOf, engine: Engine) -> None:
    report = report_of(name)
    for finding in report.findings:
        found = Counter(
            each.label for each in lines(finding, short_ids(report.cases), engine.cases)
        )
        assert set(found.values()) <= {1}


def test_a_failure_in_one_diagnosis_comes_before_a_success_in_another(
    engine: Engine,
) -> None:
    report = engine.look_up(
        {
            "diagnoses": ["AOSD", "Behçet's disease"],
            "therapies": [{"drug": "anakinra", "response": "partial"}],
            "considering": ["canakinumab"],
        }
    )
    line = as_here(lines_of(report, engine, "canakinumab", "direct"))
    assert line is not None
    assert line.label == "after anakinra, as here"
    first, second = line.said.split("; adult-onset")
    assert first.startswith("Behçet's disease: no response 1 of 1 (95% CI 2.5–100%; T2R4")
    assert "complete 1 of 1" in second


def test_how_a_drug_failed_is_said_of_this_patient(report_of: ReportOf, engine: Engine) -> None:
    report = report_of(BEHCET)
    line = lines_of(report, engine, "canakinumab", "indirect")[0]
    assert label_of(report, line) == (
        "after anakinra, in another diagnosis "
        "(this patient: partial response only, counted as failed)"
    )


def test_a_probable_course_is_in_no_count_and_has_its_diagnosis_named(
    report_of: ReportOf, engine: Engine
) -> None:
    line = lines_of(report_of(BEHCET), engine, "canakinumab", "indirect")[0]
    assert line.said == (
        "T2R6 complete, T2R1 complete; not counted in this line: T2R10 complete "
        "(TNF receptor-associated periodic syndrome; "
        "perhaps the same patient as one given anakinra)"
    )
