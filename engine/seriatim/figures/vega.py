"""Vega, by vl-convert: sheets in, marks out. No file, no network, no browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from seriatim.errors import SeriatimError
from seriatim.figures.sheet import Scale, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

HINT = "Figures need Vega. Install it with: pip install 'seriatim[service]'"
NAMESPACE = "http://www.w3.org/2000/svg"


class NoVegaError(SeriatimError):
    """vl-convert is not installed."""


class UnexpectedSvgError(RuntimeError):
    """Vega drew something else than what was asked for."""


def drawn(sheets: Sequence[Sheet]) -> list[list[ET.Element]]:
    """For each sheet a `<g>` for each of its kinds of marks, one element an item.

    All sheets go in one specification: a call costs as much as a sheet. The same bytes on every
    machine, for no text is measured. The first call of a process starts Vega and takes about a
    second (`warm_up`). Raises NoVegaError with the way to install it.
    """
    root = ET.fromstring(_svg(_spec(sheets)))  # noqa: S314 - our own drawing
    groups = iter([each for each in root.iter(f"{{{NAMESPACE}}}g") if _is_mark(each)])
    try:
        found = [[next(groups) for _kind in each.kinds] for each in sheets]
    except StopIteration:
        raise UnexpectedSvgError("a kind of mark is missing") from None
    if next(groups, None) is not None:
        raise UnexpectedSvgError("there are more marks than were asked for")
    return found


def warm_up() -> None:
    """Starts Vega, so that the first figure is not late. Call it after a process forks."""
    sheet = Sheet(1, Scale(0, 1, 0, 1), 1)
    sheet.line("grid", (0, 0), (1, 1))
    drawn([sheet])


def _spec(sheets: Sequence[Sheet]) -> dict[str, Any]:
    parts = [each.parts(f"s{number}") for number, each in enumerate(sheets)]
    return {
        "$schema": "https://vega.github.io/schema/vega/v5.json",
        "width": max(each.width for each in sheets),
        "height": max(each.height for each in sheets),
        "autosize": "none",
        "padding": 0,
        "scales": [scale for each in parts for scale in each.scales],
        "data": [data for each in parts for data in each.data],
        "marks": [mark for each in parts for mark in each.marks],
    }


def _svg(spec: dict[str, Any]) -> str:
    try:
        import vl_convert  # noqa: PLC0415 - only figures need it
    except ImportError:
        raise NoVegaError(HINT) from None
    return str(vl_convert.vega_to_svg(spec, allowed_base_urls=[]))


def _is_mark(group: ET.Element) -> bool:
    return "role-mark" in group.get("class", "").split()
