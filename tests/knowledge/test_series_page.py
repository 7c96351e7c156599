"""The case in docs/series.md is good knowledge, and prose may say things in its own units."""

from __future__ import annotations

import re
import shutil
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seriatim.knowledge.load import read_knowledge
from seriatim.knowledge.verify import verify

if TYPE_CHECKING:
    from seriatim.errors import Diagnostic
    from seriatim.knowledge.library import KnowledgeBase

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/series.md").read_text("utf-8")
TEXT = (
    "A 62-year-old\nwoman with Schnitzler syn-\ndrome had anakinra 100 mg every other day for "
    "2 years. All resolved; earlier drugs did not improve it."
)


def sample(status: str = "active") -> str:
    (found,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert found.count("status: draft") == 1
    text = str(found).replace("status: draft", f"status: {status}")
    return text.replace("0" * 64, sha256(TEXT.encode()).hexdigest())


def read(folder: Path, text: str) -> tuple[KnowledgeBase | None, tuple[Diagnostic, ...]]:
    for each in ("cases", "rules"):
        shutil.copytree(ROOT / each, folder / each)
    (folder / "cases/invented-2020.yaml").write_text(text, "utf-8")
    return read_knowledge(folder)


def test_the_sample_is_good_knowledge(tmp_path: Path) -> None:
    knowledge, diagnostics = read(tmp_path, sample())
    assert diagnostics == ()
    assert knowledge is not None
    assert knowledge.courses["invented-2020/C1"].diagnosis == "schnitzler-syndrome"
    assert verify(knowledge.series["invented-2020"], TEXT.encode()).problems == ()
    assert verify(knowledge.series["invented-2020"], b"Another text").problems


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_what_is_not_active_is_checked_and_never_cited(tmp_path: Path, status: str) -> None:
    knowledge, diagnostics = read(tmp_path, sample(status))
    assert diagnostics == ()
    assert knowledge is not None
    assert set(knowledge.series) == {"nyu-2022-il1"}
    assert not [each for each in knowledge.courses if each.startswith("invented-2020")]
    assert verify(knowledge.not_cited["invented-2020"], TEXT.encode()).problems == ()


def test_a_rule_may_be_drawn_from_a_draft(tmp_path: Path) -> None:
    read(tmp_path, sample("draft"))
    rule = tmp_path / "rules/diagnosis/same-diagnosis.yaml"
    text = rule.read_text("utf-8")
    rule.write_text(text.replace("series: nyu-2022-il1", "series: invented-2020"), "utf-8")
    assert rule.read_text("utf-8") != text
    assert read_knowledge(tmp_path)[1] == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('printed: "62-year-old", years: 62', 'printed: "8-month-old", years: 0.67'),
        ('printed: "2 years", months: 24', 'printed: "6 weeks", months: 1.4'),
        ('printed: "2 years", months: 24', 'printed: "24", months: 24'),
        ("every other day", "every second day"),
        ("count: 2, unit: day", "count: 1, unit: day"),
        ('sex: {printed: "woman", sex: female}', 'sex: {printed: "F", sex: female}'),
        ('sex: {printed: "woman", sex: female}', 'sex: {printed: "patient", sex: unknown}'),
    ],
)
def test_units_and_words_of_prose(tmp_path: Path, old: str, new: str) -> None:
    assert old in sample()
    assert read(tmp_path, sample().replace(old, new))[1] == ()


@pytest.mark.parametrize(
    ("printed", "every", "good"),
    [
        ("100 mg twice daily", "{count: 12, unit: hour}", True),
        ("100 mg t.i.d.", "{count: 8, unit: hour}", True),
        ("100 mg q8h", "{count: 8, unit: hour}", True),
        ("100 mg weekly", "{count: 1, unit: week}", True),
        ("100 mg every three months", "{count: 3, unit: month}", True),
        ("100 mg daily", "{count: 12, unit: hour}", False),
        ("100 mg weekly", "{count: 1, unit: day}", False),
        ("100 mg q8h", "{count: 6, unit: hour}", False),
    ],
)
def test_intervals_of_prose(tmp_path: Path, printed: str, every: str, *, good: bool) -> None:
    text = sample().replace('printed: "100 mg every other day"', f'printed: "{printed}"')
    text = text.replace("{count: 2, unit: day}", every)
    codes = [each.code for each in read(tmp_path, text)[1]]
    assert (codes == []) is good
    assert set(codes) <= {"S403"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('printed: "62-year-old", years: 62', 'printed: "62-year-old", years: 26'),
        ('printed: "2 years", months: 24', 'printed: "2 years", months: 2'),
        ('printed: "woman", sex: female', 'printed: "woman", sex: male'),
        ('printed: "woman", sex: female', 'printed: "patient", sex: female'),
        ("unit: mg}", "unit: g}"),
        ('"resolved", level: complete}\nclaims', '"resolved", level: none}\nclaims'),
        ('"resolved", level: complete}\nclaims', '"Did not  improve", level: complete}\nclaims'),
        ('"resolved", level: complete}\nclaims', '"PARTIAL", level: complete}\nclaims'),
    ],
)
def test_what_is_not_in_the_prose_is_reported(tmp_path: Path, old: str, new: str) -> None:
    assert old in sample()
    assert [each.code for each in read(tmp_path, sample().replace(old, new))[1]] == ["S403"]
