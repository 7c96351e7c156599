"""Placeholders of texts: what is not one is said where it stands, and reaches no answer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from seriatim import KnowledgeError, load_knowledge
from seriatim.pipeline import check

ROOT = Path(__file__).resolve().parents[2]
WORDS = "rules/vocabulary.yaml"
RULE = "rules/prior-therapy/same-prior-therapy.yaml"
WRONG = ["{drugg}", "{drug", "drug}", "{}", "{ drug }", "{drug.__class__}", "{drug:>10}", "$drug"]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for folder in ("cases", "rules"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def line_of(path: Path, text: str) -> int:
    return path.read_text("utf-8").split(text)[0].count("\n") + 1


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("written", WRONG)
def test_of_what_a_conclusion_says(copied: Path, written: str) -> None:
    change(copied / WORDS, '"{drug} is in question"', f'"{written} is in question"')
    [found] = check(copied)
    assert (found.code, found.path) == ("R715", WORDS)
    assert found.line == line_of(copied / WORDS, "is in question")
    assert found.message == f"unknown placeholder {written}"
    with pytest.raises(KnowledgeError, match="R715"):
        load_knowledge(copied)


def test_of_a_conclusion_of_nothing(copied: Path) -> None:
    change(copied / WORDS, "says: every drug of", "says: every {drug} of")
    assert [each.code for each in check(copied)] == ["R715"]


@pytest.mark.parametrize("written", [each.replace("drug", "prior") for each in WRONG])
@pytest.mark.parametrize("key", ["subgroup", "because"])
def test_of_what_follows_from_a_rule(copied: Path, key: str, written: str) -> None:
    change(copied / RULE, f'{key}: "{{prior}} ', f'{key}: "{written} ')
    [found] = check(copied)
    assert (found.code, found.path) == ("R715", RULE)
    assert found.line == line_of(copied / RULE, f"{key}:")
    assert found.message == f"unknown placeholder {written}"
    assert found.nearest == (() if written == "{}" else ("prior",))


def test_of_a_title_nothing_is_replaced(copied: Path) -> None:
    change(copied / RULE, "title: Same", "title: Same {prior}, same")
    [found] = check(copied)
    assert (found.code, found.message) == ("R715", "unknown placeholder {prior}")
