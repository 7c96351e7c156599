"""What answers look like, character by character."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seriatim.render.glyphs import ASCII, spelled
from seriatim.render.json import render_json
from seriatim.render.markdown import render_markdown
from seriatim.render.text import render_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim import EvidenceReport

    ReportOf = Callable[[str], EvidenceReport]
    Golden = Callable[[str, str], None]

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
NAMES = sorted(each.name.removesuffix(".profile.yaml") for each in GOLDEN.glob("*.profile.yaml"))
BEHCET = "behcet-after-anakinra"


@pytest.mark.parametrize("name", NAMES)
def test_text(name: str, report_of: ReportOf, golden: Golden) -> None:
    golden(f"{name}.txt", render_text(report_of(name)))


@pytest.mark.parametrize("name", NAMES)
def test_markdown(name: str, report_of: ReportOf, golden: Golden) -> None:
    golden(f"{name}.md", render_markdown(report_of(name)))


@pytest.mark.parametrize("name", [BEHCET, "psoriasis"])
def test_json(name: str, report_of: ReportOf, golden: Golden) -> None:
    golden(f"{name}.json", render_json(report_of(name)))


@pytest.mark.parametrize("width", [80, 120])
def test_width(width: int, report_of: ReportOf, golden: Golden) -> None:
    golden(f"{BEHCET}.{width}.txt", render_text(report_of(BEHCET), width=width))


def test_with_reasons_and_everything(report_of: ReportOf, golden: Golden) -> None:
    text = render_text(report_of(BEHCET), why=True, everything=True)
    golden(f"{BEHCET}.why.txt", text)


def test_in_colour(report_of: ReportOf, golden: Golden) -> None:
    golden(f"{BEHCET}.colour.txt", render_text(report_of(BEHCET), colour=True))


def test_in_ascii(report_of: ReportOf, golden: Golden) -> None:
    text = spelled(render_text(report_of(BEHCET), glyphs=ASCII), "ascii")
    assert text.isascii()
    golden(f"{BEHCET}.ascii.txt", text)
