"""Counts in the words of cards: failures first, k of n with the exact interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.evidence.statements import failures_first, k_of_n

if TYPE_CHECKING:
    from seriatim.model.evidence import Counts, Outcomes, Subgroup

FEW_EVENTS = 2


def after_failure(group: Subgroup) -> str:
    """`after anakinra: no response 1 of 1`; failures first."""
    label = group.label.partition(",")[0]
    share = group.outcomes.none
    if share.k:
        return f"{label}: no response {share.k} of {share.n}"
    share = group.outcomes.complete
    return f"{label}: complete {share.k} of {share.n}"


def events(of: Counts) -> str:
    """`transaminitis 1 of 4`; only how many had any if they are several."""
    if len(of.adverse_events) <= FEW_EVENTS:
        return ", ".join(f"{each.name} {each.k} of {each.n}" for each in of.adverse_events)
    return any_event(of)


def any_event(of: Counts) -> str:
    """`adverse events 1 of 4`: how many had any."""
    share = of.any_adverse_event
    return f"adverse events {share.k} of {share.n}"


def complete(outcomes: Outcomes) -> str:
    """`no response 0, complete 1 of 1 (95% CI …)`; a level that did not occur is left out."""
    if not outcomes.complete.n:
        return failures_first(outcomes)
    none = f"no response {outcomes.none.k}, " if outcomes.none.k else ""
    return f"{none}complete {k_of_n(outcomes.complete)}"


def bare_complete(outcomes: Outcomes) -> str:
    """`no response 0, complete 1 of 1`."""
    share = outcomes.complete
    if not share.n:
        return failures_first(outcomes)
    return f"no response {outcomes.none.k}, complete {share.k} of {share.n}"
