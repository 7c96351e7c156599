"""Colours measured: WCAG contrast on every paper, and responses apart however colours are seen.

Colour vision is simulated with the matrices of Machado, Oliveira and Fernandes (2009), severity 1.
"""

from __future__ import annotations

import itertools
import re

import pytest

from seriatim.figures import stylesheet
from seriatim.figures.palette import LOOKS, MUTED, PAPERS, RESPONSE
from seriatim.figures.sheet import SHAPES

Colour = tuple[float, float, float]

SEEN: dict[str, tuple[Colour, Colour, Colour]] = {
    "as it is": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
GRAPHICS, TEXT = 3.0, 4.5
"""WCAG 2.2: contrast of what carries meaning (1.4.11) and of text (1.4.3)."""
APART = 20.0
"""Least distance in CIE L*a*b*: ten times what is just seen side by side."""
GREY = 1.35
"""Least contrast between two responses without any colour: they differ in shape as well."""
INKS = {"light": "#182126", "dark": "#e4eaed"}
"""The ink of the pages."""


def linear(colour: str) -> Colour:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return r, g, b


def luminance(colour: Colour) -> float:
    r, g, b = colour
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: Colour, other: Colour) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def seen(colour: Colour, how: str) -> Colour:
    r, g, b = (
        min(1.0, max(0.0, sum(weight * part for weight, part in zip(row, colour, strict=True))))
        for row in SEEN[how]
    )
    return r, g, b


def lab(colour: Colour) -> Colour:
    r, g, b = colour
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047
    y = luminance(colour)
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: Colour, other: Colour) -> float:
    return sum((a - b) ** 2 for a, b in zip(lab(one), lab(other), strict=True)) ** 0.5


def test_what_is_measured_with_is_right() -> None:
    black, white = linear("#000000"), linear("#ffffff")
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(linear("#767676"), white) == pytest.approx(4.54, abs=0.01)
    assert distance(black, white) == pytest.approx(100, abs=0.1)
    # red and green of like lightness, which those without one kind of cone cannot tell apart
    red, green = linear("#c0392b"), linear("#5d7a1f")
    assert distance(red, green) > 60
    assert distance(seen(red, "deuteranopia"), seen(green, "deuteranopia")) < 30


PAIRS = [
    (ground, one, other)
    for ground in RESPONSE
    for one, other in itertools.combinations(RESPONSE[ground], 2)
]


@pytest.mark.parametrize("ground", RESPONSE)
def test_every_response_stands_out_on_every_paper(ground: str) -> None:
    for (name, colour), paper in itertools.product(RESPONSE[ground].items(), PAPERS[ground]):
        for how in SEEN:
            apart = contrast(seen(linear(colour), how), seen(linear(paper), how))
            assert apart >= GRAPHICS, (name, paper, how, apart)


@pytest.mark.parametrize(("ground", "one", "other"), PAIRS)
@pytest.mark.parametrize("how", SEEN)
def test_responses_are_told_apart_by_every_kind_of_colour_vision(
    ground: str, one: str, other: str, how: str
) -> None:
    first, second = (seen(linear(RESPONSE[ground][each]), how) for each in (one, other))
    assert distance(first, second) >= APART


@pytest.mark.parametrize(("ground", "one", "other"), PAIRS)
def test_responses_are_told_apart_in_grey(ground: str, one: str, other: str) -> None:
    first, second = (linear(RESPONSE[ground][each]) for each in (one, other))
    assert contrast(first, second) >= GREY


def test_each_response_has_a_shape_of_its_own() -> None:
    shapes = {look: SHAPES[look] for look in SHAPES if look.startswith("mark r-")}
    filled = {look: shape for look, shape in shapes.items() if LOOKS[look]["fill"] != "none"}
    assert len(set(filled.values())) == len(filled) == 3
    hollow = LOOKS["mark r-unprinted"]
    assert hollow["fill"] == "none"
    assert "stroke-dasharray" in hollow


@pytest.mark.parametrize("ground", INKS)
def test_lesser_text_and_faint_lines_that_mean_something_can_be_read(ground: str) -> None:
    ink = linear(INKS[ground])
    for paper in PAPERS[ground]:
        assert mixed_contrast(INKS[ground], paper, float(MUTED)) >= TEXT
        assert mixed_contrast(INKS[ground], paper, float(LOOKS["axis"]["stroke-opacity"])) >= 3
        assert contrast(ink, linear(paper)) >= TEXT


def mixed_contrast(ink: str, paper: str, opacity: float) -> float:
    channels = (
        round(int(ink[at : at + 2], 16) * opacity + int(paper[at : at + 2], 16) * (1 - opacity))
        for at in (1, 3, 5)
    )
    return contrast(linear("#" + "".join(f"{each:02x}" for each in channels)), linear(paper))


def test_the_stylesheet_sets_every_colour_for_both_papers_and_asks_for_nothing_outside() -> None:
    css = stylesheet()
    dark = css.partition("prefers-color-scheme:dark")[2]
    for name in RESPONSE["light"]:
        assert f".{name}{{fill:{RESPONSE['light'][name]}}}" in css
        assert f".{name}{{fill:{RESPONSE['dark'][name]}}}" in dark
    assert css.count("{") == css.count("}")
    assert not re.search(r"url\(|@import|@font-face|https?:", css)


def test_focus_and_pointer_are_shown_by_more_than_colour() -> None:
    assert re.search(
        r"a:focus-visible \.fig-hit\{stroke:currentColor;stroke-width:3\}", stylesheet()
    )
