"""docs/diagnostics.md says what the source says: every code once, with samples that are true."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from seriatim.knowledge.checks import CHECKS
from seriatim.knowledge.yamltext import read_yaml

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/diagnostics.md").read_text("utf-8")
CODE = re.compile(r'"([YMTSCLR]\d{3})"')
HEADING = re.compile(r"^### ([YMTSCLR]\d{3}): \S", re.MULTILINE)
SAMPLE = re.compile(
    r"^Bad \(`([^`]+)`\):\n\n```yaml\n(.*?)\n```\n\nGood:\n\n```yaml\n(.*?)\n```$",
    re.MULTILINE | re.DOTALL,
)
WITHOUT_A_FILE = {"R713": "a whole rule set that is too big"}


def codes_in_source() -> set[str]:
    folders = ("knowledge", "inference")
    files = [p for each in folders for p in (ROOT / "engine/seriatim" / each).rglob("*.py")]
    return {code for path in files for code in CODE.findall(path.read_text("utf-8"))}


def test_every_code_has_its_heading_once() -> None:
    headings = HEADING.findall(PAGE)
    assert len(headings) == len(set(headings))
    assert set(headings) == codes_in_source()


def test_every_code_has_a_file_that_provokes_it() -> None:
    provoked = {path.name[:4] for path in (ROOT / "tests/invalid").glob("*.yaml")}
    assert codes_in_source() - provoked == set(WITHOUT_A_FILE)


def test_every_check_raises_only_the_codes_it_names() -> None:
    named = {code for check in CHECKS for code in check.codes}
    folder = ROOT / "engine/seriatim/knowledge/checks"
    raised = {c for p in folder.glob("*.py") for c in CODE.findall(p.read_text("utf-8"))}
    assert named == raised


@pytest.mark.parametrize(("stem", "bad", "good"), SAMPLE.findall(PAGE))
def test_samples_are_those_of_the_corpus(stem: str, bad: str, good: str) -> None:
    want = read_yaml((ROOT / f"tests/invalid/{stem}.yaml").read_bytes(), stem).value
    pair = want["mend"] if "mend" in want else reversed(want["replace"])
    assert [bad, good] == [textwrap.dedent(each).strip("\n") for each in pair]
    section = PAGE[: PAGE.index(f"(`{stem}`)")]
    assert HEADING.findall(section)[-1] == want["code"]


def test_samples_are_found() -> None:
    assert len(SAMPLE.findall(PAGE)) == PAGE.count("\nBad (") > 40
