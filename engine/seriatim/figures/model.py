"""A figure, the words that say what it shows, and the table of its marks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """The marks of a figure as rows; every row has as many cells as the head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of an answer.

    `svg` and `narrow` are the same figure drawn for a width of `WIDE` and of `NARROW` CSS pixels:
    one `<svg>` element each, to stand in a page as it is. They carry no style, script, image or
    outside reference; their look is in `stylesheet()` with the light colours as attributes. A page
    shows one of the two (the stylesheet hides the other), so that text keeps its size.
    """

    name: str
    title: str
    svg: str
    narrow: str
    alt: str
    """What is seen, with the counts of the report, for whoever cannot see it."""
    table: Table
