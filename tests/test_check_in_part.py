"""Whatever is wrong in one file, all that can be known of the others is said in the same run."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from seriatim.knowledge.locate import knowledge_root
from seriatim.pipeline import check

if TYPE_CHECKING:
    from pathlib import Path

SERIES = "cases/nyu-2022-il1.yaml"
DRUGS = "cases/terms/drugs.yaml"
LABEL = "cases/labels/kineret-us.yaml"
WORDS = "rules/vocabulary.yaml"
FLARES, CHILD = "rules/dose/flare-doses.yaml", "rules/limits/child.yaml"
FAILURE = "rules/prior-therapy/failure-by-no-response.yaml"

AGE = (SERIES, "years: 48}", "years: 340}", "M206")
DOSE = (SERIES, "low: 200", "low: 201", "S403 S411")
CONDITION = (FLARES, "in_question: $drug", "in_qestion: $drug", "R702")
VARIABLE = (FLARES, "- diagnosis: $diagnosis", "- diagnosis: $diagnoses", "R703")
TITLE = (CHILD, "title:", "titel:", "M201 M202")
TERM = (SERIES, "concept: behcet-disease", "concept: behcet-diseas", "T301")

TOGETHER = {
    "a value of the series, conditions of rules": [AGE, CONDITION, VARIABLE],
    "a key of one rule, a condition of another": [TITLE, CONDITION],
    "a key and a condition of one rule": [TITLE, (CHILD, "- age:", "- agee:", "R702")],
    "a rule that is no YAML": [(CHILD, "title:", "title", "Y104"), CONDITION],
    "a rule without its conclusion": [(FAILURE, "then:", "than:", "M201 M202"), CONDITION],
    "a rule whose variables cannot be read": [(FLARES, "for:", "fro:", "M201")],
    "a value and a dose of the series": [AGE, DOSE],
    "the citation and a dose": [(SERIES, "year: 2022", "year: 20222", "M206"), DOSE],
    "a course without id": [(SERIES, "- id: T1R6\n", "- idd: T1R6\n", "M201 M202"), DOSE, TERM],
    "an individual that cannot be read": [(SERIES, "- id: p05", "- id: P 05", "M205"), DOSE],
    "no courses": [(SERIES, "\ncourses:", "\ncoursess:", "M201 M202"), CONDITION],
    "no individuals": [(SERIES, "\nindividuals:", "\nindividual:", "M201 M202"), DOSE],
    "no levels": [(SERIES, "\noutcome:", "\noutcom:", "M201 M202"), DOSE],
    "a level": [(SERIES, "{level: partial", "{level: partail", "M203"), DOSE],
    "a claim": [(SERIES, "recompute:", "recompte:", "M201"), DOSE],
    "a series that is no YAML": [(SERIES, "\nstatus:", "\nstatus", "Y104"), CONDITION],
    "a drug without its name": [
        (DRUGS, 'name: "anakinra"', 'nme: "anakinra"', "M201 M202"), CONDITION, AGE,
    ],
    "drugs that are no YAML": [(DRUGS, "kind: drug", "kind drug", "Y104"), CONDITION, AGE],
    "a source of names": [(DRUGS, "sources:", "source:", "M201 M202"), CONDITION],
    "a label without its drug": [(LABEL, "\ndrug:", "\ndrgu:", "M201 M202"), CONDITION, AGE],
    "a word of the vocabulary": [(WORDS, "type: yes-no", "type: yesno", "M203"), CONDITION],
    "no words": [(WORDS, "conclusions:", "conclusion:", "M201 M202"), AGE],
    "two files of one kind": [
        (LABEL, "\ndrug:", "\ndrgu:", "M201 M202"),
        ("cases/labels/ilaris-us.yaml", "\njurisdiction:", "\njurisdicton:", "M201 M202"),
        CONDITION,
    ],
}  # fmt: skip


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for folder in ("cases", "rules"):
        shutil.copytree(knowledge_root() / folder, tmp_path / folder)
    return tmp_path


@pytest.mark.parametrize("name", TOGETHER)
def test_one_run_says_it_all_and_nothing_that_is_not_so(name: str, copied: Path) -> None:
    for path, good, bad, _codes in TOGETHER[name]:
        text = (copied / path).read_text("utf-8")
        assert good in text, good
        (copied / path).write_text(text.replace(good, bad, 1), "utf-8", newline="")
    wanted = [(path, each) for path, _good, _bad, codes in TOGETHER[name] for each in codes.split()]
    found = check(copied)
    assert sorted((each.path, each.code) for each in found) == sorted(wanted), "\n".join(
        map(str, found)
    )


def test_what_stands_after_an_entry_that_was_left_out_has_its_own_place(copied: Path) -> None:
    text = (copied / SERIES).read_text("utf-8")
    text = text.replace("- id: T1R1\n", "- idd: T1R1\n").replace("low: 200", "low: 201")
    (copied / SERIES).write_text(text, "utf-8", newline="")
    wrong = next(each for each in check(copied) if each.code == "S411")
    line = text.split("\n")[wrong.line - 1]
    assert line[wrong.column - 1 :].startswith("201")
