"""Reads a drawing back: what stands where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from seriatim.figures.lettering import width
from seriatim.figures.palette import size_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Box(NamedTuple):
    """Pixels from the left and the top."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, by: float = 1) -> bool:
        """Whether the two share more than a margin."""
        return (
            self.left + by < other.right
            and other.left + by < self.right
            and self.top + by < other.bottom
            and other.top + by < self.bottom
        )


class Words(NamedTuple):
    """A line of text and the room it takes."""

    look: str
    text: str
    box: Box


class Link(NamedTuple):
    """A link, what it says and the room it takes."""

    href: str
    says: str
    box: Box


@dataclass(frozen=True)
class Drawing:
    """An SVG that has been parsed."""

    svg: str

    @cached_property
    def root(self) -> ET.Element:
        return ET.fromstring(self.svg)  # noqa: S314 - our own

    @property
    def size(self) -> tuple[float, float]:
        return float(self.root.get("width", "")), float(self.root.get("height", ""))

    def layers(self) -> Iterator[tuple[str, ET.Element]]:
        for group in self.root.findall(f"{SVG}g"):
            yield group.get("class", "").removeprefix("fig-"), group

    def boxes(self, look: str) -> list[Box]:
        """Room of each mark, box or line of the classes that begin so."""
        return [
            _box(item)
            for name, group in self.layers()
            for item in group
            if name.startswith(look) and item.tag != f"{SVG}text"
        ]

    def words(self) -> list[Words]:
        return [
            Words(look, item.text or "", _words_box(look, item))
            for look, group in self.layers()
            for item in group
            if item.tag == f"{SVG}text"
        ]

    def links(self) -> list[Link]:
        return [
            Link(
                each.get("href", ""),
                each.findtext(f"{SVG}title", ""),
                _box(each.find(f"{SVG}path")),
            )
            for each in self.root.iter(f"{SVG}a")
        ]


def _moved(item: ET.Element) -> tuple[float, float]:
    x, y = NUMBER.findall(item.get("transform", "0,0"))
    return float(x), float(y)


def _box(item: ET.Element | None) -> Box:
    assert item is not None
    dx, dy = _moved(item)
    if item.tag == f"{SVG}line":
        ends = (float(item.get("x2", 0)), float(item.get("y2", 0)))
        xs, ys = [0.0, ends[0]], [0.0, ends[1]]
    else:
        d = item.get("d", "")
        assert re.fullmatch(r"[MLCAZ0-9.,-]*", d), "only absolute paths are read"
        found = [float(each) for each in NUMBER.findall(d)]
        xs, ys = found[::2], found[1::2]
        if "A" in d:  # a circle around its own place
            radius = abs(found[0])
            xs = ys = [-radius, radius]
    return Box(min(xs) + dx, min(ys) + dy, max(xs) + dx, max(ys) + dy)


def _words_box(look: str, item: ET.Element) -> Box:
    x, y = _moved(item)
    wide, high = width(item.text or "", look), size_of(look)
    left = {"middle": x - wide / 2, "end": x - wide}.get(item.get("text-anchor", ""), x)
    return Box(left, y - 0.75 * high, left + wide, y + 0.22 * high)
