"""`seriatim cases`: the published courses as they are printed, whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.cli.output import say, say_bytes, say_json, terminal
from seriatim.cli.select_cases import Filters, select
from seriatim.evidence.cases import course_cases
from seriatim.knowledge.load import load_knowledge

if TYPE_CHECKING:
    from seriatim.model.evidence import CourseCase


def list_cases(filters: Filters, *, knowledge: str | None, form: str, width: int | None) -> None:
    """Every course that the filters leave."""
    known = load_knowledge(knowledge)
    all_cases = course_cases(known)
    found = [all_cases[view.id] for view in select(known, filters)]
    if form == "json":
        from seriatim.render.plain import plain  # noqa: PLC0415 - one form is used

        say_json([plain(each) for each in found])
    elif form == "csv":
        from seriatim.render.table import cases_csv  # noqa: PLC0415 - one form is used

        say_bytes(cases_csv(found))
    elif form == "markdown":
        from seriatim.render.table import cases_markdown  # noqa: PLC0415

        say_bytes(cases_markdown(found))
    else:
        _text(found, width)


def _text(found: list[CourseCase], width: int | None) -> None:
    from seriatim.render.table import write_cases  # noqa: PLC0415

    to = terminal(width)
    canvas = to.canvas()
    write_cases(canvas, found, to.glyphs)
    say(canvas.text())
