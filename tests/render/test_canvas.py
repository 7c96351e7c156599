"""Lines: never too long, never a word lost, and nothing that a terminal would obey."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from seriatim.render.canvas import Canvas, Span, cells, clean, glued
from seriatim.render.glyphs import ASCII, UNICODE, glyphs_for, spelled
from seriatim.render.markup import escape, table

WORDS = st.lists(st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=12))


@given(words=WORDS, width=st.integers(40, 120), indent=st.integers(0, 8))
def test_no_word_is_lost_and_no_line_too_long(words: list[str], width: int, indent: int) -> None:
    canvas = Canvas(width)
    canvas.write(" ".join(words), indent=indent, hang=2)
    assert canvas.text().split() == clean(" ".join(words)).split()
    assert all(cells(line) <= width for line in canvas.lines)


def test_a_word_longer_than_the_line_stands_whole() -> None:
    canvas = Canvas(20)
    canvas.write("see https://example.org/a/very/long/address for more", indent=2)
    assert "https://example.org/a/very/long/address" in canvas.lines[1]


def test_counts_and_intervals_are_never_parted() -> None:
    canvas = Canvas(30)
    canvas.write("of the courses complete 12 of 14 (95% CI 57.2–98.2%) in 20 months, p. 208")
    assert [line for line in canvas.lines if "12 of 14" in line]
    assert [line for line in canvas.lines if "95% CI 57.2–98.2%" in line]
    assert [line for line in canvas.lines if "p. 208" in line]


def test_columns_then_a_paragraph_under_its_first_word() -> None:
    canvas = Canvas(30)
    canvas.row([("T2R4", 6), ("none", 6)], ["one two three four five six seven"])
    assert canvas.lines == ["T2R4  none  one two three four", "            five six seven"]


def test_ends_share_a_line_if_they_fit() -> None:
    wide, narrow = Canvas(30), Canvas(12)
    for canvas in (wide, narrow):
        canvas.ends(["left part"], "right")
    assert wide.lines == ["left part                right"]
    assert narrow.lines == ["left part", "right"]


def test_colour_is_nothing_but_colour() -> None:
    plain, coloured = Canvas(40), Canvas(40, colour=True)
    for canvas in (plain, coloured):
        canvas.row([(Span("✗", "red"), 2)], [Span("none here", "bold"), ", partial there"])
    assert re.sub(r"\x1b\[\d*m", "", coloured.text()) == plain.text()
    assert coloured.text().count("\x1b[0m") == 3


def test_control_and_direction_characters_are_shown_not_obeyed() -> None:
    canvas = Canvas(60)
    canvas.write("a\x1b[31mred\x07 b\u202eevil\u200b \x9b2J")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u200b]", canvas.text())


def test_wide_and_combining_characters_take_their_columns() -> None:
    assert cells("ベーチェット病") == 14
    assert cells("c\u0327") == 1
    assert glued("2 of 4") == "2\u00a0of\u00a04"


def test_what_an_encoding_cannot_show_is_spelled() -> None:
    assert glyphs_for("utf-8") is UNICODE
    assert glyphs_for("ascii") is ASCII
    assert glyphs_for("latin-1") is ASCII
    assert spelled("Behçet’s: 7–93% … µ → ☃", "ascii") == "Behcet's: 7-93% ... u -> ?"
    assert spelled("Behçet 7–93%", "latin-1") == "Behçet 7-93%"
    assert spelled("anything ☃", None) == "anything ☃"


def test_markup_in_a_value_stays_text() -> None:
    assert escape("a|b") == r"a\|b"
    assert escape("<b>&`x`") == r"&lt;b&gt;&amp;\`x\`"
    assert escape("[a](http://b)") == r"\[a\](http<!-- -->://b)"
    assert escape("@someone") == "@<!-- -->someone"
    assert escape("- item") == r"\- item"
    assert escape("1. item") == r"1\. item"
    assert escape("line\nbreak") == "line break"
    assert table(["A"], [["x | y"]]) == ["| A |", "| --- |", r"| x \| y |"]
