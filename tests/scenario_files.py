"""Reads the scenarios: plain YAML that a clinician can write, one file for each rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seriatim.knowledge.yamltext import read_yaml

HERE = Path(__file__).parent / "scenarios"
ROOT = HERE.parents[1]
ANSWERS = "answers"


def read(path: Path) -> Any:
    """The values of one file, which must have no problem."""
    document = read_yaml(path.read_bytes(), str(path.relative_to(HERE)))
    assert document.diagnostics == [], [str(each) for each in document.diagnostics]
    return document.value


def rule_files() -> list[Path]:
    """The files that belong to rules, one each."""
    return [path for path in sorted(HERE.glob("*/*.yaml")) if path.parent.name != ANSWERS]


def answer_files() -> list[Path]:
    """The files of whole answers."""
    return sorted((HERE / ANSWERS).glob("*.yaml"))


def short(course: str) -> str:
    """`T2R4` of `nyu-2022-il1/T2R4`."""
    return course.rpartition("/")[2]
