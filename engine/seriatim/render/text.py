"""The report as text for a terminal: the ten-second answer first, then everything behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.render.canvas import Canvas, Span
from seriatim.render.glyphs import UNICODE, Glyphs
from seriatim.render.text_answer import write_answer
from seriatim.render.text_beside import (
    write_cautions,
    write_discrepancies,
    write_limits,
    write_missing,
    write_understood,
)
from seriatim.render.text_courses import write_courses
from seriatim.render.text_labels import write_labels
from seriatim.render.view import View
from seriatim.render.words import headline, provenance

if TYPE_CHECKING:
    from seriatim.model.evidence import EvidenceReport

DEFAULT_WIDTH = 100


def render_text(
    report: EvidenceReport,
    *,
    width: int = DEFAULT_WIDTH,
    colour: bool = False,
    glyphs: Glyphs = UNICODE,
    why: bool = False,
    everything: bool = False,
) -> str:
    """The whole report in lines of at most `width` columns; `everything` leaves nothing out."""
    view = View(report, Canvas(width, colour), glyphs, why, everything)
    view.canvas.ends([Span(headline(report), "bold")], Span(provenance(report), "dim"))
    view.canvas.blank()
    write_answer(view)
    write_courses(view)
    write_labels(view)
    write_cautions(view)
    write_discrepancies(view)
    write_missing(view)
    write_understood(view)
    write_limits(view)
    if why:
        from seriatim.render.text_why import write_why  # noqa: PLC0415 - only if asked for

        write_why(view)
    _foot(view)
    return view.canvas.text()


def _foot(view: View) -> None:
    canvas, report = view.canvas, view.report
    canvas.blank()
    cited = {each.at.series for each in report.cases}
    for each in report.knowledge.series:
        if each.id in cited:
            canvas.write(f"Source: {each.citation} (read: {each.read}).", hang=2)
    hints = [] if view.why else ["Why: seriatim lookup \u2026 --why"]
    hints += [] if view.everything else ["in full: --all"]
    hints += ["to keep and replay: --format json"]
    dot = f"  {view.glyphs.dot}  "
    canvas.write(Span(dot.join(hints).replace("\u2026", view.glyphs.ellipsis), "dim"))
