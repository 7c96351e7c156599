"""A drawing in the making: what is to be drawn where, as parts of a Vega specification."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

KINDS = RECT, RULE, SYMBOL = "rect", "rule", "symbol"
"""The marks of Vega that are used."""
DOT = "M0,0"
CIRCLE = "circle"
CROSS = "M-.62,-1L0,-.38L.62,-1L1,-.62L.38,0L1,.62L.62,1L0,.38L-.62,1L-1,.62L-.38,0L-1,-.62Z"
HALF = "M0,-1A1,1,0,1,0,0,1A1,1,0,1,0,0,-1ZM0,-.76A.76,.76,0,0,1,0,.76Z"
DIAMOND = "M0,-1L1,0L0,1L-1,0Z"
WARNING = "M0,-1L1,.8L-1,.8Z"
SHAPES = {
    "mark r-complete": CIRCLE,
    "mark r-partial": HALF,
    "mark r-none": CROSS,
    "mark r-unprinted": CIRCLE,
    "linked": CIRCLE,
    "event": WARNING,
    "event-unprinted": WARNING,
    "dose-unprinted": DIAMOND,
}
"""The shape of each mark: the same signs as in the text of an answer."""


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


Text = tuple[str, str]
Row = dict[str, Any]


class Parts(NamedTuple):
    """What a sheet adds to a specification."""

    scales: list[Row]
    data: list[Row]
    marks: list[Row]


class Drawn(NamedTuple):
    """What an item is: its class, and the words and anchor of a text."""

    look: str
    text: Text | None


@dataclass(slots=True)
class Sheet:
    """Collects items by kind; `parts` gives them to Vega, `drawn` tells them apart afterwards."""

    width: float
    scale: Scale | None = None
    height: float = 0
    targets: list[Target] = field(default_factory=list)
    drawn: dict[str, list[Drawn]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    """What each item is, by kind, in the order in which Vega draws them."""
    _rows: dict[str, list[Row]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def symbol(self, look: str, x: Place, y: float, radius: float = 8) -> None:
        """A mark of its shape, centred."""
        size, shape = 4 * radius * radius, SHAPES[look]
        self._add(SYMBOL, look, {**_x(x), "y": y, "size": size, "shape": shape})

    def text(self, look: str, x: Place, y: float, text: str, anchor: str = "start") -> None:
        """A line of text; `y` is its base line, `anchor` start, middle or end.

        Vega only places it: measuring a text takes it longer than all else, and depends on the
        fonts of the machine.
        """
        self._add(SYMBOL, look, {**_x(x), "y": y, "size": 4, "shape": DOT}, (text, anchor))

    def line(self, look: str, start: tuple[Place, float], end: tuple[Place, float]) -> None:
        """A straight line."""
        self._add(RULE, look, {**_x(start[0]), "y": start[1], **_x(end[0], "2"), "y2": end[1]})

    def box(self, look: str, x: tuple[Place, Place], y: float, height: float, corner: int) -> None:
        """A rectangle with round corners."""
        across = {**_x(x[0]), **_x(x[1], "2")}
        self._add(RECT, look, {**across, "y": y, "y2": y + height, "corner": corner})

    def target(self, course: str, says: str, x: tuple[Place, Place], y: float, h: float) -> None:
        """Makes part of the sheet a link to the page of a course."""
        self.box("hit", x, y, h, 5)
        self.targets.append(Target(course, says))

    def _add(self, kind: str, look: str, row: Row, text: Text | None = None) -> None:
        self._rows[kind].append(row)
        self.drawn[kind].append(Drawn(look, text))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of marks that there are, in the order in which Vega draws them."""
        return tuple(kind for kind in KINDS if self._rows[kind])

    def parts(self, name: str) -> Parts:
        """Scale, data and marks for Vega, under names that begin with `name`."""
        return Parts(
            scales=_scales(name, self.scale),
            data=[{"name": f"{name}-{kind}", "values": self._rows[kind]} for kind in self.kinds],
            marks=[_mark(name, kind, self.scale) for kind in self.kinds],
        )


def _x(place: Place, end: str = "") -> Row:
    if isinstance(place, At):
        return {f"a{end}": place.value, f"x{end}": place.dx}
    return {f"a{end}": None, f"x{end}": place}


def _scales(name: str, scale: Scale | None) -> list[Row]:
    if scale is None:
        return []
    domain, over = [scale.low, scale.high], [scale.left, scale.right]
    return [{"name": name, "type": "linear", "domain": domain, "range": over, "zero": False}]


def _on_scale(name: str, scale: Scale | None, end: str = "") -> Row:
    """Pixels, or a place on the scale and pixels from there."""
    if scale is None:
        return {"field": f"x{end}"}
    return {"signal": f"datum.x{end} + (datum.a{end} == null ? 0 : scale('{name}', datum.a{end}))"}


def _mark(name: str, kind: str, scale: Scale | None) -> Row:
    encode: Row = {"x": _on_scale(name, scale), "y": {"field": "y"}}
    if kind == SYMBOL:
        encode |= {"size": {"field": "size"}, "shape": {"field": "shape"}}
    else:
        encode |= {"x2": _on_scale(name, scale, "2"), "y2": {"field": "y2"}}
    if kind == RECT:
        encode["cornerRadius"] = {"field": "corner"}
    data = {"data": f"{name}-{kind}"}
    return {"type": kind, "from": data, "aria": False, "encode": {"enter": encode}}
