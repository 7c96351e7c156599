"""The sheet and the letter say what the report says: no number more, no failure or harm less."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from paper import NUMBER, left_out, more_than
from papers import BEHCET, SEEDS, decided, hold, reports

from seriatim.evidence.statements import k_of_n
from seriatim.service.web.letter_draft import Letter
from seriatim.service.web.letter_refusal import Refused
from seriatim.service.web.table import regimen

if TYPE_CHECKING:
    from papers import Papers

    from seriatim.model.evidence import Finding
    from seriatim.pipeline import Engine


def test_no_number_more_and_no_failure_or_harm_less_than_in_the_report(
    papers: Papers, engine: Engine
) -> None:
    kinds = [
        type(hold(papers, each))
        for report in reports(engine, range(SEEDS))
        for each in decided(engine, report)
    ]
    assert kinds.count(Letter) > 10
    assert kinds.count(Refused) > 10


@pytest.mark.campaign
def test_the_same_of_thousands_of_profiles(papers: Papers, engine: Engine) -> None:
    for report in reports(engine, range(SEEDS, 3000)):
        for each in decided(engine, report):
            hold(papers, each)


def test_a_number_or_a_failure_that_is_changed_is_seen(papers: Papers, engine: Engine) -> None:
    """The checks above can fail."""
    report = engine.look_up(BEHCET)
    text = papers.sheet(report)
    assert more_than(text.replace("2 of 4", "3 of 4"), report)
    assert more_than(text.replace("20 months", "31 months"), report)
    assert left_out(text.replace("No response: T2R4", ""), report.cases) == [("T2R4", "none")]
    assert left_out(text.replace("ransaminitis", ""), report.cases) == [("T2R3", "transaminitis")]


def test_a_statement_has_the_same_numbers_with_failures_first(engine: Engine) -> None:
    for each in reports(engine, range(SEEDS)):
        for finding in each.findings:
            text = finding.statement
            assert sorted(NUMBER.findall(text)) == sorted(NUMBER.findall(finding.statement))
            assert text.count("no response") == len(finding.by_diagnosis)
            assert not re.search(r"complete[^;]*partial \d", text)


def test_every_limit_and_every_answer_is_on_the_sheet(papers: Papers, engine: Engine) -> None:
    for each in reports(engine, range(0, SEEDS, 3)):
        text = papers.sheet(each)
        for limit in each.limits:
            assert " ".join(limit.text.split()) in text
        for finding in each.findings:
            assert_counted(text, finding)
        for case in each.cases:
            said = "; ".join(map(regimen, case.dose.regimens))
            assert (said or case.dose.printed or "dose not printed") in text


def assert_counted(text: str, finding: Finding) -> None:
    """One diagnosis in a sentence; of several each in its row, failures first, with intervals."""
    if len(finding.by_diagnosis) == 1:
        assert " ".join(finding.statement.split()) in text
        return
    for group in finding.by_diagnosis:
        of = group.outcomes
        counts = " ".join(map(k_of_n, (of.none, of.partial, of.complete)))
        name = group.name[:1].upper() + group.name[1:]
        assert f"{name} {counts}" in text or not of.complete.n


def test_no_outcome_stands_without_its_interval(papers: Papers, engine: Engine) -> None:
    """Of failures as of successes, in the counts and in every group within them."""
    bare = re.compile(r"(?i)(?:no response|partial|complete) \d+ of \d+(?! \(95% CI)")
    for report in reports(engine, range(SEEDS)):
        for each in decided(engine, report):
            made = papers.letter_of(each)
            texts = [papers.sheet(each)]
            texts += [papers.letter(made)] if isinstance(made, Letter) else [" ".join(made.says)]
            for text in texts:
                assert not bare.search(text), bare.search(text)
