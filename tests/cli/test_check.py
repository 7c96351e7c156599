"""`seriatim check` of one file or folder: what it could not check fully, it does not call fine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Result

    Cli = Callable[..., Result]

SERIES, DRUGS = "cases/nyu-2022-il1.yaml", "cases/terms/drugs.yaml"
AGE = (SERIES, "years: 48}", "years: 340}")
KIND = (DRUGS, "kind: drug", "kind drug")
TITLE = ("rules/limits/child.yaml", "title:", "titel:")


def spoil(knowledge: Path, path: str, good: str, bad: str) -> None:
    text = (knowledge / path).read_text("utf-8")
    assert good in text
    (knowledge / path).write_text(text.replace(good, bad, 1), "utf-8", newline="")


@pytest.mark.parametrize(
    ("mistake", "asked"),
    [
        (AGE, "rules"),
        (AGE, "rules/dose/flare-doses.yaml"),
        (KIND, "rules/dose"),
        (KIND, SERIES),
        (KIND, "cases/labels"),
        (TITLE, "rules/dose/flare-doses.yaml"),
    ],
)
def test_a_mistake_elsewhere_is_named(
    mistake: tuple[str, str, str], asked: str, cli: Cli, knowledge: Path
) -> None:
    spoil(knowledge, *mistake)
    result = cli("check", str(knowledge / asked))
    assert result.code == 1
    line, sums = result.out.rstrip("\n").split("\n")
    assert f"{asked} cannot be checked fully: " in line
    assert f"{mistake[0]}:" in line
    assert sums == "no problems in what could be checked"


@pytest.mark.parametrize(
    ("mistake", "asked"),
    [(AGE, "cases/terms"), (AGE, "cases/labels/kineret-us.yaml"), (TITLE, "cases")],
)
def test_what_does_not_hang_on_the_mistake_is_fine(
    mistake: tuple[str, str, str], asked: str, cli: Cli, knowledge: Path
) -> None:
    spoil(knowledge, *mistake)
    result = cli("check", str(knowledge / asked))
    assert (result.code, result.out) == (0, "no problems\n")


@pytest.mark.parametrize("form", ["json", "github"])
def test_for_a_program_it_is_said_beside(form: str, cli: Cli, knowledge: Path) -> None:
    spoil(knowledge, *AGE)
    result = cli("check", str(knowledge / "rules"), "--format", form)
    assert result.code == 1
    assert f"{SERIES}:" in result.err
    assert (json.loads(result.out) == []) if form == "json" else (result.out == "")
