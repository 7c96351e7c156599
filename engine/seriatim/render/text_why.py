"""Why: the rules that fired and what they concluded, and the nearest that did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.render.beside import near_miss
from seriatim.render.canvas import Span

if TYPE_CHECKING:
    from seriatim.model.evidence import Fired
    from seriatim.render.view import View


def write_why(view: View) -> None:
    """Rules, conclusions, near misses and what would decide."""
    _fired(view)
    _conclusions(view)
    _near_misses(view)
    _undecided(view)
    view.canvas.blank()
    view.canvas.write(
        Span(f"Report {view.report.report_id}, engine {view.report.engine}.", "dim"), hang=2
    )


def _fired(view: View) -> None:
    view.canvas.heading("Rules that fired")
    by_rule: dict[str, list[Fired]] = {}
    for each in view.report.fired:
        by_rule.setdefault(each.rule, []).append(each)
    for rule, found in by_rule.items():
        view.canvas.write(
            Span(rule, "bold"),
            f"  {found[0].title}  ",
            Span(found[0].source, "dim"),
            indent=2,
            hang=2,
        )
        for each in found:
            view.canvas.row([("-", 2)], ["; ".join(each.matched)], indent=4)


def _conclusions(view: View) -> None:
    if view.report.conclusions:
        view.canvas.heading("What they concluded")
    for each in view.report.conclusions:
        view.canvas.row(
            [("-", 2)],
            [f"{each.statement}, because {'; '.join(each.from_)} ", Span(each.rule, "dim")],
            indent=2,
        )


def _near_misses(view: View) -> None:
    if view.report.near_misses:
        view.canvas.heading("Nearest rules that did not fire")
    for each in view.report.near_misses:
        view.canvas.row([("-", 2)], [near_miss(each)], indent=2)


def _undecided(view: View) -> None:
    if view.report.missing:
        view.canvas.heading("What is not known would decide")
    for each in view.report.missing:
        view.canvas.row(
            [("-", 2)], [f"{each.fact}: ", Span(", ".join(each.would_decide), "dim")], indent=2
        )
