"""The claims of a publication as a ledger: what is printed, where, and what its rows give."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from seriatim.render.canvas import Span
from seriatim.render.words import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.knowledge.claims import Recomputed, Verdict
    from seriatim.render.canvas import Canvas, Style
    from seriatim.render.glyphs import Glyphs

STYLES: dict[Verdict, Style] = {
    "contradicted": "red",
    "cannot be checked": "yellow",
    "reproduced": "green",
}


def write_claims(canvas: Canvas, claims: Sequence[Recomputed], glyphs: Glyphs) -> None:
    """Topic by topic in the order of the file, then the sums."""
    marks: dict[Verdict, str] = {
        "contradicted": glyphs.none,
        "cannot be checked": glyphs.not_printed,
        "reproduced": glyphs.complete,
    }
    heading = None
    for each in claims:
        if (each.series, each.claim.topic) != heading:
            heading = (each.series, each.claim.topic)
            canvas.heading(f"{each.series}: {each.claim.topic.replace('-', ' ')}")
        _claim(canvas, each, marks)
    counted = Counter(each.verdict for each in claims)
    sums = ", ".join(f"{counted[verdict]} {verdict}" for verdict in STYLES if counted[verdict])
    canvas.blank()
    canvas.write(f"{plural(len(claims), 'claim')}{f': {sums}' if sums else ''}.")


def _claim(canvas: Canvas, each: Recomputed, marks: dict[Verdict, str]) -> None:
    claim, style = each.claim, STYLES[each.verdict]
    verdict = Span(each.verdict, style)
    columns = [(Span(marks[each.verdict], style), 2)]
    canvas.row(columns, [Span(claim.id, "bold"), ": ", verdict, f". {claim.says}"], indent=2)
    canvas.write(f"Printed: \u201c{claim.printed}\u201d ({claim.at}).", indent=4, hang=2)
    if claim.cannot_check is None:
        against = ", ".join(course.rpartition("/")[2] for course in each.counterexamples)
        canvas.write(
            f"Rows: {each.shown}{f' (against it: {against})' if against else ''}.",
            indent=4,
            hang=2,
        )
    else:
        canvas.write(claim.cannot_check, indent=4, hang=2)
    for reading, shown, holds in each.alternatives:
        fits = " (as printed)" if holds else ""
        canvas.write(f"Read as {reading}: {shown}{fits}.", indent=4, hang=2)
    if claim.note:
        canvas.write(claim.note, indent=4, hang=2)
