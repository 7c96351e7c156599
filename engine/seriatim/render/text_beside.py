"""What stands beside the answer: cautions, contradictions, what is not known, limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.render.beside import (
    caution,
    cautions,
    copies_read,
    discrepancies,
    discrepancy,
    limits,
    nearest,
)
from seriatim.render.canvas import Span
from seriatim.render.words import understood

if TYPE_CHECKING:
    from seriatim.render.canvas import Text
    from seriatim.render.view import View


def write_cautions(view: View) -> None:
    """Safety first, as the report orders them."""
    found = cautions(view.report)
    if found:
        view.canvas.heading("Cautions")
    for each in found:
        mark = Span(view.glyphs.warning, "red" if each.concerns == "safety" else None)
        _item(view, caution(each, view.ids), mark)
    if said := copies_read(view.report):
        view.canvas.write(said, indent=2)


def write_discrepancies(view: View) -> None:
    """The most specific in full, the rest counted."""
    shown, more = discrepancies(view.report, everything=view.everything)
    if shown:
        view.canvas.heading(
            "The publication and its own rows disagree, or cannot be held against each other"
        )
    for each in shown:
        _item(view, discrepancy(each, view.ids))
    if more:
        series = " ".join(dict.fromkeys(each.series for each in view.report.discrepancies))
        _more(view, f"{more} more: --all, or seriatim claims {series}")


def write_missing(view: View) -> None:
    """What would change the answer if it were known; with no answer, the nearest rules."""
    if view.report.missing:
        view.canvas.heading("Not known, and would change this")
        facts = "; ".join(each.fact for each in view.report.missing)
        view.canvas.write(f"{facts}.", indent=2)
    found = nearest(view.report)
    if found and not view.why:
        view.canvas.heading("Nearest")
        for each in found:
            _item(view, each)


def write_understood(view: View) -> None:
    """The profile as it was taken, so that a misreading is seen."""
    said = understood(view.report.profile)
    if said:
        view.canvas.heading("Understood as")
        view.canvas.write(" ".join(said), indent=2)


def write_limits(view: View) -> None:
    """What no interval mends."""
    shown, more = limits(view.report, everything=view.everything)
    if shown:
        view.canvas.heading("Limits")
    for each in shown:
        _item(view, each.text)
    if more:
        _more(view, f"{more} more: --all")


def _item(view: View, text: str, mark: Text = "-") -> None:
    view.canvas.row([(mark, 2)], [text], indent=2)


def _more(view: View, text: str) -> None:
    view.canvas.write(Span(text, "dim"), indent=4)
