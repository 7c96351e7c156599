"""The figures of a report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from seriatim.figures import grid, months, shares, tables, wording
from seriatim.figures.model import Figure, Table
from seriatim.figures.people import sections
from seriatim.figures.tidy import tidied
from seriatim.figures.vega import draw
from seriatim.render.words import short_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seriatim.figures.people import Section
    from seriatim.figures.sheet import Sheet
    from seriatim.kept import Kept
    from seriatim.model.evidence import EvidenceReport

WIDE, NARROW = 720, 328
"""CSS pixels that a figure is drawn for: from a tablet up, and a phone."""
NOTHING = "No published course is cited, so there is nothing to draw."


class _Drawn(NamedTuple):
    """A figure before it is drawn."""

    name: str
    title: str
    draw: Callable[[Sequence[Section], dict[str, str], float], Sheet]
    table: Callable[[Sequence[Section], dict[str, str]], Table]


FIGURES = (
    _Drawn("patients", "What happened to each patient", grid.draw, tables.courses),
    _Drawn("months", "Months on treatment and what came of it", months.draw, tables.courses),
    _Drawn("responses", "Response by diagnosis", shares.draw, tables.shares),
)


def figures_of(
    report: EvidenceReport, *, link: Callable[[str], str], kept: Kept[str] | None = None
) -> tuple[Figure, ...]:
    """The patients, their months on treatment, and response by diagnosis.

    `link` gives the URL of a course's page. A drawing depends on the courses and their order, not
    otherwise on the patient: with `kept`, one that was drawn before is not drawn again. There is
    no figure if no course is cited (`NOTHING` says so).

    Raises NoVegaError if vl-convert is not installed.
    """
    if not report.cases:
        return ()
    found, ids = sections(report), short_ids(report.cases)
    said = wording.alternatives(report, found, ids)
    return tuple(_figure(each, found, ids, said[each.name], link, kept) for each in FIGURES)


def _figure(
    drawn: _Drawn,
    found: Sequence[Section],
    ids: dict[str, str],
    alt: str,
    link: Callable[[str], str],
    kept: Kept[str] | None,
) -> Figure:
    def svg(kind: str, across: float) -> str:
        sheet = drawn.draw(found, ids, across)
        return _svg(sheet, drawn, kind, alt, link, kept)

    return Figure(
        name=drawn.name,
        title=drawn.title,
        svg=svg("wide", WIDE),
        narrow=svg("narrow", NARROW),
        alt=alt,
        table=drawn.table(found, ids),
    )


def _svg(
    sheet: Sheet,
    drawn: _Drawn,
    kind: str,
    alt: str,
    link: Callable[[str], str],
    kept: Kept[str] | None,
) -> str:
    spec = sheet.spec()

    def make() -> str:
        says = (drawn.title, alt)
        return tidied(draw(spec), sheet, name=drawn.name, kind=kind, says=says, link=link)

    if kept is None:
        return make()
    targets = tuple((link(each.course), each.says) for each in sheet.targets)
    key = (drawn.name, kind, alt, targets, json.dumps(spec, ensure_ascii=False))
    return kept.get(key, make)
