"""Terms beside their print: what contradicts it is said, what it leaves open may be settled."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from seriatim.knowledge.load import read_knowledge

ROOT = Path(__file__).resolve().parents[2]
SERIES = "cases/nyu-2022-il1.yaml"
CELL = 'diagnosis: {printed: "Discoid Lupus", concept: discoid-lupus-erythematosus}'
HEADING = '"1": Dose of Anakinra (Subcutaneous)'


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for folder in ("cases", "rules"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def values_not_printed(root: Path, old: str, new: str) -> list[str]:
    path = root / SERIES
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    return [each.message for each in read_knowledge(root)[1] if each.code == "S403"]


@pytest.mark.parametrize(
    "cell",
    [
        'printed: "SS", concept: systemic-sclerosis',
        'printed: "SS", could_be: [systemic-sclerosis, schnitzler-syndrome], why: no key',
        'printed: "CAPS", concept: cinca-nomid',
        'printed: "CAPS†*", concept: cryopyrin-associated-periodic-syndrome',
        'printed: "lupus of the skin, as drawn", concept: discoid-lupus-erythematosus',
        'printed: "AOSD", could_be: [adult-onset-still-disease, traps], why: a question mark',
    ],
)
def test_what_the_print_names_or_leaves_open(copied: Path, cell: str) -> None:
    assert values_not_printed(copied, CELL, f"diagnosis: {{{cell}}}") == []


@pytest.mark.parametrize(
    "cell",
    [
        'printed: "NOMID", concept: cryopyrin-associated-periodic-syndrome',
        'printed: "SS", concept: psoriasis',
        'printed: "AOSD†", could_be: [psoriasis, traps], why: a question mark',
    ],
)
def test_what_the_print_contradicts(copied: Path, cell: str) -> None:
    [message] = values_not_printed(copied, CELL, f"diagnosis: {{{cell}}}")
    assert "is printed" in message


@pytest.mark.parametrize(
    ("heading", "wrong"),
    [
        ("Dose of Anakinra (Kineret)", 0),
        ("Anakinra, then canakinumab", 0),
        ("Dose (Subcutaneous)", 0),
        ("Dose of Ilaris", 14),
    ],
)
def test_drugs_that_a_heading_names(copied: Path, heading: str, wrong: int) -> None:
    assert len(values_not_printed(copied, HEADING, f'"1": {heading}')) == wrong
