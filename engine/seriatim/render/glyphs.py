"""Marks that carry meaning without colour, and what stands for them where they cannot be shown."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seriatim.model.base import Response
    from seriatim.render.canvas import Style

STYLES: dict[str, Style] = {"none": "red", "partial": "yellow", "complete": "green"}
_SPELLED = str.maketrans(
    {
        "\u2013": "-",
        "\u2014": "-",
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2026": "...",
        "\u00b7": "-",
        "\u2192": "->",
        "\u2020": "+",
        "\u2021": "++",
        "\u2264": "<=",
        "\u2265": ">=",
        "\u00d7": "x",
        **{ch: f"^{at}" for at, ch in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
        "\u00b5": "u",
        "\u03b1": "alpha",
        "\u03b2": "beta",
        "\u03b3": "gamma",
        "\u00df": "ss",
        "\u00f8": "o",
        "\u00e6": "ae",
    }
)


@dataclass(frozen=True, slots=True)
class Glyphs:
    """A mark for each response, for courses without one, and for what needs attention."""

    none: str = "✗"
    partial: str = "◐"
    complete: str = "●"
    not_printed: str = "?"
    warning: str = "!"
    dot: str = "·"
    ellipsis: str = "…"

    def of(self, level: Response | None) -> str:
        """The mark of a response."""
        marks = {"none": self.none, "partial": self.partial, "complete": self.complete}
        return marks[level] if level else self.not_printed


UNICODE = Glyphs()
ASCII = Glyphs(none="x", partial="~", complete="+", dot="-", ellipsis="...")


def glyphs_for(encoding: str | None) -> Glyphs:
    """The marks that an encoding can show."""
    return UNICODE if can_show("✗◐●", encoding) else ASCII


def can_show(text: str, encoding: str | None) -> bool:
    """Whether every character exists in the encoding."""
    try:
        text.encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def spelled(text: str, encoding: str | None) -> str:
    """The text in characters that the encoding has: `Behcet` where there is no ç."""
    if can_show(text, encoding):
        return text
    return "".join(_spell(ch, encoding) for ch in text)


def _spell(ch: str, encoding: str | None) -> str:
    if can_show(ch, encoding):
        return ch
    other = ch.translate(_SPELLED)
    if other == ch:
        plain = unicodedata.normalize("NFKD", ch)
        other = "".join(each for each in plain if not unicodedata.combining(each))
    return other if can_show(other, encoding) else "?"
