"""The figures of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from seriatim.figures import grid, months, shares, tables
from seriatim.figures.alternatives import alternatives
from seriatim.figures.model import Figure, Table
from seriatim.figures.people import sections
from seriatim.figures.tidy import tidied
from seriatim.figures.vega import drawn
from seriatim.kept import Kept
from seriatim.render.words import short_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from xml.etree import ElementTree as ET

    from seriatim.figures.people import Section
    from seriatim.figures.sheet import Sheet
    from seriatim.model.evidence import EvidenceReport

WIDE, NARROW = 720, 328
"""CSS pixels that a figure is drawn for: from a tablet up, and a phone."""
WIDTHS = (("wide", WIDE), ("narrow", NARROW))
NOTHING = "No published course is cited, so there is nothing to draw."


class _Drawing(NamedTuple):
    """A figure before it is drawn."""

    name: str
    title: str
    draw: Callable[[Sequence[Section], dict[str, str], float], Sheet]
    table: Callable[[Sequence[Section], dict[str, str]], Table]


class _Plan(NamedTuple):
    """One figure for one width."""

    of: _Drawing
    kind: str
    alt: str
    sheet: Sheet

    def key(self, link: Callable[[str], str]) -> Hashable:
        """All that the SVG depends on."""
        targets = tuple((link(each.course), each.says) for each in self.sheet.targets)
        sheet = repr((self.sheet.parts(""), self.sheet.drawn))
        return (self.of.name, self.kind, self.alt, targets, sheet)

    def tidied(self, marks: Sequence[ET.Element], link: Callable[[str], str]) -> str:
        """The SVG of what Vega drew."""
        says = (self.of.title, self.alt)
        return tidied(marks, self.sheet, name=self.of.name, kind=self.kind, says=says, link=link)


FIGURES = (
    _Drawing("patients", "What happened to each patient", grid.draw, tables.courses),
    _Drawing("months", "Months on treatment and what came of it", months.draw, tables.courses),
    _Drawing("responses", "Response by diagnosis", shares.draw, tables.shares),
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
    said = alternatives(report, found, ids)
    plans = [
        _Plan(each, kind, said[each.name], each.draw(found, ids, across))
        for each in FIGURES
        for kind, across in WIDTHS
    ]
    wide_and_narrow = iter(_svgs(plans, link, kept if kept is not None else Kept()))
    return tuple(
        Figure(
            name=each.name,
            title=each.title,
            svg=next(wide_and_narrow),
            narrow=next(wide_and_narrow),
            alt=said[each.name],
            table=each.table(found, ids),
        )
        for each in FIGURES
    )


def _svgs(plans: Sequence[_Plan], link: Callable[[str], str], kept: Kept[str]) -> list[str]:
    """The drawings; those that are not kept are drawn together."""
    keys = [each.key(link) for each in plans]
    known = {key: kept.known(key) for key in keys}
    new = [(key, plan) for key, plan in zip(keys, plans, strict=True) if known[key] is None]
    marks = drawn([plan.sheet for _key, plan in new]) if new else []
    for (key, plan), its_marks in zip(new, marks, strict=True):
        known[key] = plan.tidied(its_marks, link)
        kept.keep(key, known[key] or "")
    return [known[key] or "" for key in keys]
