"""A drawing in the making: what is to be drawn where, as a Vega specification."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from seriatim.figures.palette import LOOKS

CIRCLE = "circle"
CROSS = "M-.62,-1L0,-.38L.62,-1L1,-.62L.38,0L1,.62L.62,1L0,.38L-.62,1L-1,.62L-.38,0L-1,-.62Z"
HALF = "M0,-1A1,1,0,1,0,0,1A1,1,0,1,0,0,-1ZM0,-.76A.76,.76,0,0,1,0,.76Z"
WARNING = "M0,-1L1,.8L-1,.8Z"
SHAPES = {
    "mark r-complete": CIRCLE,
    "mark r-partial": HALF,
    "mark r-none": CROSS,
    "mark r-unprinted": CIRCLE,
    "event": WARNING,
    "event-unprinted": WARNING,
}
"""The shape of each mark: the same signs as in the text of an answer."""
ORDER = {look: number for number, look in enumerate(LOOKS)}


class At(NamedTuple):
    """A place on the scale of the sheet, and CSS pixels to the right of it."""

    value: float
    dx: float = 0


Place = float | At
"""Pixels from the left, or a place on the scale."""


class Scale(NamedTuple):
    """The scale along the width: from `low` to `high` between two places in pixels."""

    low: float
    high: float
    left: float
    right: float

    def pixels(self, value: float) -> float:
        """Where a value will stand."""
        share = (value - self.low) / (self.high - self.low)
        return self.left + share * (self.right - self.left)


class Target(NamedTuple):
    """A link to a course over part of the sheet, and what is said of it."""

    course: str
    says: str


Row = dict[str, Any]


@dataclass(slots=True)
class Sheet:
    """Collects marks by class; `spec` gives them to Vega in the order of `LOOKS`."""

    width: float
    scale: Scale | None = None
    height: float = 0
    targets: list[Target] = field(default_factory=list)
    _marks: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

    def symbol(self, look: str, x: Place, y: float, radius: float = 8) -> None:
        """A mark of its shape, centred."""
        self._add("symbol", look, {**_x(x), "y": y, "size": 4 * radius * radius})

    def text(self, look: str, x: Place, y: float, text: str, anchor: str = "left") -> None:
        """A line of text; `y` is its base line, `anchor` left, center or right."""
        self._add("text", look, {**_x(x), "y": y, "align": anchor, "text": text})

    def line(self, look: str, start: tuple[Place, float], end: tuple[Place, float]) -> None:
        """A straight line."""
        self._add("rule", look, {**_x(start[0]), "y": start[1], **_x(end[0], "2"), "y2": end[1]})

    def box(self, look: str, x: tuple[Place, Place], y: float, height: float, corner: int) -> None:
        """A rectangle with round corners."""
        across = {**_x(x[0]), **_x(x[1], "2")}
        self._add("rect", look, {**across, "y": y, "y2": y + height, "corner": corner})

    def target(self, course: str, says: str, x: tuple[Place, Place], y: float, h: float) -> None:
        """Makes part of the sheet a link to the page of a course."""
        self.box("hit", x, y, h, 5)
        self.targets.append(Target(course, says))

    def _add(self, kind: str, look: str, row: Row) -> None:
        self._marks.setdefault((look, kind), []).append(row)

    @property
    def layers(self) -> list[tuple[str, str]]:
        """Class and kind of each group of marks, the lowest first."""
        return sorted(self._marks, key=lambda key: (ORDER[key[0]], key[1]))

    def spec(self) -> dict[str, Any]:
        """The specification: data in line, one Vega mark for each layer."""
        layers = self.layers
        return {
            "$schema": "https://vega.github.io/schema/vega/v5.json",
            "width": self.width,
            "height": self.height,
            "autosize": "none",
            "padding": 0,
            "scales": _scales(self.scale),
            "data": [{"name": f"d{n}", "values": self._marks[key]} for n, key in enumerate(layers)],
            "marks": [_mark(n, look, kind) for n, (look, kind) in enumerate(layers)],
        }


def _x(place: Place, end: str = "") -> Row:
    if isinstance(place, At):
        return {f"a{end}": place.value, f"x{end}": place.dx}
    return {f"a{end}": None, f"x{end}": place}


def _scales(scale: Scale | None) -> list[Row]:
    if scale is None:
        return []
    domain, over = [scale.low, scale.high], [scale.left, scale.right]
    return [{"name": "x", "type": "linear", "domain": domain, "range": over, "zero": False}]


def _on_scale(end: str = "") -> Row:
    return {
        "signal": f"datum.a{end} == null ? datum.x{end} : scale('x', datum.a{end}) + datum.x{end}"
    }


def _mark(number: int, look: str, kind: str) -> Row:
    encode: Row = {"x": _on_scale(), "y": {"field": "y"}}
    if kind in {"rule", "rect"}:
        encode |= {"x2": _on_scale("2"), "y2": {"field": "y2"}}
    if kind == "rect":
        encode["cornerRadius"] = {"field": "corner"}
    if kind == "symbol":
        encode |= {"size": {"field": "size"}, "shape": {"value": SHAPES[look]}}
    if kind == "text":
        # measuring a text takes Vega longer than all else and depends on the fonts of the machine:
        # it places an empty one, and the words are put in when the drawing is tidied
        encode |= {"text": {"value": ""}, "align": {"field": "align"}}
        encode["description"] = {"field": "text"}
    return {
        "type": kind,
        "from": {"data": f"d{number}"},
        "aria": kind == "text",
        "encode": {"enter": encode},
    }
