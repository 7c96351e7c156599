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
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

    from seriatim.figures.people import Section
    from seriatim.figures.sheet import Sheet
    from seriatim.model.evidence import EvidenceReport

    Link = Callable[[str], str]
    Which = tuple[str, str]
    """Name and width of a drawing."""

WIDE, NARROW = 720, 328
"""CSS pixels that a figure is drawn for: from a tablet up, and a phone."""
WIDTHS: dict[str, float] = {"wide": WIDE, "narrow": NARROW}
NOTHING = "No published course is cited, so there is nothing to draw."


class _Kind(NamedTuple):
    """A kind of figure: its title, and what makes its sheets and its table."""

    title: str
    draw: Callable[[Sequence[Section], dict[str, str], float], Sheet]
    table: Callable[[Sequence[Section], dict[str, str]], Table]


FIGURES = {
    "patients": _Kind("What happened to each patient", grid.draw, tables.courses),
    "months": _Kind("Months on treatment and what came of it", months.draw, tables.courses),
    "responses": _Kind("Response by diagnosis", shares.draw, tables.shares),
}


def figures_of(
    report: EvidenceReport, *, link: Link, kept: Kept[str] | None = None
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
    kept = kept if kept is not None else Kept()
    keys = _keys(report, said, link)
    svgs = {each: kept.known(key) for each, key in keys.items()}
    left = {each: _sheet(found, ids, *each) for each, svg in svgs.items() if svg is None}
    for each, svg in _drawn(left, said, link):
        svgs[each] = svg
        kept.keep(keys[each], svg)
    return tuple(
        Figure(
            name=name,
            title=of.title,
            svg=svgs[name, "wide"] or "",
            narrow=svgs[name, "narrow"] or "",
            alt=said[name],
            table=of.table(found, ids),
        )
        for name, of in FIGURES.items()
    )


def _keys(report: EvidenceReport, said: Mapping[str, str], link: Link) -> dict[Which, Hashable]:
    """All that each drawing depends on: what is known of a course is as the knowledge has it."""
    courses = dict.fromkeys(
        course
        for case in report.cases
        for course in (case.course, *(each.course for each in case.linked))
    )
    groups = tuple((each.drug, each.relation, each.courses) for each in report.findings)
    order = tuple(each.course for each in report.cases)
    addresses = tuple(map(link, courses))
    common = (report.knowledge.hash, groups, order, addresses)
    return {(name, kind): (common, said[name], name, kind) for name in FIGURES for kind in WIDTHS}


def _sheet(found: Sequence[Section], ids: dict[str, str], name: str, kind: str) -> Sheet:
    return FIGURES[name].draw(found, ids, WIDTHS[kind])


def _drawn(
    sheets: Mapping[Which, Sheet], said: Mapping[str, str], link: Link
) -> Iterator[tuple[Which, str]]:
    """The drawings of all sheets, made together."""
    if not sheets:
        return
    for (name, kind), marks in zip(sheets, drawn(list(sheets.values())), strict=True):
        says, sheet = (FIGURES[name].title, said[name]), sheets[name, kind]
        yield (name, kind), tidied(marks, sheet, name=name, kind=kind, says=says, link=link)
