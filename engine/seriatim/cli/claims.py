"""`seriatim claims`: what a publication says, held against its own rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.cli.output import say, say_json, terminal
from seriatim.cli.problems import CannotRunError, among
from seriatim.evidence.discrepancies import recomputed_claims
from seriatim.knowledge.load import load_knowledge

if TYPE_CHECKING:
    from collections.abc import Collection


def list_claims(
    series: str | None,
    *,
    contradicted: bool,
    knowledge: str | None,
    form: str,
    width: int | None,
) -> None:
    """The claims of one series or of all, or only those that the rows contradict."""
    known = load_knowledge(knowledge)
    if series is not None:
        series_of(series, known.series)
    found = [
        each
        for name, claims in recomputed_claims(known).items()
        for each in claims
        if series in {None, name} and (not contradicted or each.verdict == "contradicted")
    ]
    if form == "json":
        from seriatim.render.plain import plain_claim  # noqa: PLC0415 - one form is used

        say_json([plain_claim(each) for each in found])
        return
    from seriatim.render.ledger import write_claims  # noqa: PLC0415 - one form is used

    to = terminal(width)
    canvas = to.canvas()
    write_claims(canvas, found, to.glyphs)
    say(canvas.text())


def series_of(wanted: str, known: Collection[str]) -> str:
    """A series of the library.

    Raises CannotRunError with the nearest and all of them.
    """
    if wanted in known:
        return wanted
    raise CannotRunError(f"{wanted!r} is not a series of this library{among(wanted, known)}")
