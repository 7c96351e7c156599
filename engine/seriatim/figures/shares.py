"""Response by diagnosis: each share with its exact interval, unlike diseases never pooled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.evidence.statements import interval
from seriatim.figures.headings import heading, lines
from seriatim.figures.legend import mark_of
from seriatim.figures.lettering import width
from seriatim.figures.sheet import At, Scale, Sheet
from seriatim.figures.tables import LEVELS
from seriatim.figures.wording import NOT_PRINTED, k_of_n
from seriatim.render.counting import events
from seriatim.render.words import plural, upper_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seriatim.figures.people import Section
    from seriatim.model.evidence import DiagnosisGroup, Finding, Share

ROW, TEXT = 20.0, 17.0
NAMES = {"none": "no response", "partial": "partial", "complete": "complete"}
SHOWN = 26.0
REACH = 7.0
LEAST = 160.0
"""Pixels: a scale from 0 to 100% that is shorter cannot be read."""


@dataclass(slots=True)
class _Plot:
    """The sheet, and how far down it is written."""

    sheet: Sheet
    scale: Scale
    ids: dict[str, str]
    stacked: bool
    """Words above the line of an interval, where there is no room beside it."""
    y: float = 1


def draw(sections: Sequence[Section], ids: dict[str, str], across: float) -> Sheet:
    """The sheet for a width in CSS pixels."""
    left = SHOWN + max(width(each, "label") for each in NAMES.values()) + 20
    said = max(width(each, "label") for each in _said(sections))
    beside = Scale(0, 1, left, across - said - 22)
    stacked = beside.right - beside.left < LEAST
    scale = Scale(0, 1, SHOWN, across - 18) if stacked else beside
    sheet = Sheet(across, scale)
    plot = _Plot(sheet, scale, ids, stacked=stacked)
    for each in sections:
        _section(plot, each)
    _foot(plot)
    sheet.height = round(plot.y)
    return sheet


def _said(sections: Sequence[Section]) -> Iterator[str]:
    for section in sections:
        for _finding, group in section.groups:
            yield from (_in_words(getattr(group.outcomes, level)) for level in LEVELS)


def _in_words(share: Share) -> str:
    """`2 of 4 (6.8–93.2%)`: that these are 95% intervals stands below the figure."""
    return f"{k_of_n(share)} ({interval(share).removeprefix('95% CI ')})"


def _section(plot: _Plot, section: Section) -> None:
    sheet = plot.sheet
    plot.y = heading(sheet, section, plot.y)
    for finding, group in section.groups:
        _group(plot, finding, group)
    plot.y += 8


def _group(plot: _Plot, finding: Finding, group: DiagnosisGroup) -> None:
    plot.y += 3
    printed = group.outcomes.complete.n
    title = f"{upper_first(finding.name)}, {plural(group.n_courses, 'course')}"
    plot.y = lines(plot.sheet, "strong", title, (0, plot.y, TEXT))
    top = plot.y + 6
    for level in LEVELS if printed else ():
        _share(plot, level, getattr(group.outcomes, level))
    if printed:
        _scale(plot, top)
    if group.outcomes.not_printed:
        plot.y += ROW
        plot.sheet.symbol(mark_of(None), 8, plot.y - 4, 6.5)
        missing = plural(group.outcomes.not_printed, "course")
        plot.sheet.text("label", SHOWN, plot.y, f"response {NOT_PRINTED} in {missing}")
    _events(plot, group)


def _share(plot: _Plot, level: str, share: Share) -> None:
    sheet = plot.sheet
    plot.y += ROW
    sheet.symbol(mark_of(level), 8, plot.y - 4, 6.5)
    sheet.text("label", SHOWN, plot.y, NAMES[level])
    sheet.text("label", sheet.width, plot.y, _in_words(share), "end")
    if plot.stacked:
        plot.y += 16
        _ticks(plot, plot.y - 10, plot.y + 2)
    y = plot.y - 4
    if share.ci95 is not None:
        low, high = share.ci95
        look = f"interval r-{level}"
        _interval(plot, look, share, y)
        for end in (low, high):
            if abs(plot.scale.pixels(end) - plot.scale.pixels(share.k / share.n)) > REACH:
                sheet.line(look, (At(end), y - 4), (At(end), y + 4))
        sheet.symbol(mark_of(level), At(share.k / share.n), y, 6)


def _interval(plot: _Plot, look: str, share: Share, y: float) -> None:
    """The line of an interval, open where the mark stands."""
    if share.ci95 is None:
        return
    sheet, scale = plot.sheet, plot.scale
    low, high = share.ci95
    middle = share.k / share.n
    if scale.pixels(middle) - scale.pixels(low) > REACH:
        sheet.line(look, (At(low), y), (At(middle, -REACH), y))
    if scale.pixels(high) - scale.pixels(middle) > REACH:
        sheet.line(look, (At(middle, REACH), y), (At(high), y))


def _ticks(plot: _Plot, top: float, bottom: float) -> None:
    for tick in (0, 0.25, 0.5, 0.75, 1):
        plot.sheet.line("grid", (At(tick), top), (At(tick), bottom))


def _scale(plot: _Plot, top: float) -> None:
    if not plot.stacked:
        _ticks(plot, top, plot.y + 4)
    plot.y += 16
    for tick in (0, 0.5, 1):
        plot.sheet.text("small", At(tick), plot.y, f"{100 * tick:g}%", "middle")


def _events(plot: _Plot, group: DiagnosisGroup) -> None:
    among = group.any_adverse_event
    said = upper_first(events(group, plot.ids))
    if among.k or not among.n:
        look = "event" if among.k else "event-unprinted"
        plot.sheet.symbol(look, 8, plot.y + TEXT + 1, 5)
    plot.y += 5
    plot.y = lines(plot.sheet, "label", said, (SHOWN, plot.y, TEXT))
    plot.y += 3


def _foot(plot: _Plot) -> None:
    said = (
        "k of n courses with the exact 95% confidence interval (Clopper-Pearson). "
        "Unlike diagnoses are counted one by one, never pooled."
    )
    plot.sheet.line("section", (0, plot.y), (plot.sheet.width, plot.y))
    plot.y += 4
    plot.y = lines(plot.sheet, "small", said, (0, plot.y, 15))
    plot.y += 6
