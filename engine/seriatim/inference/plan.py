"""What durable-rules will be given: rulesets, and which of them a patient's facts concern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.inference.envelope import FlatRule, Need, Ruleset, bits_of, partition

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Plan:
    """Flat rules split into rulesets, stratum by stratum; plain data.

    `asked[s]` gives, for the bit length of each anchor atom (0: none), the rulesets of stratum s
    with rules of that anchor and what these use; `anchors[s]` is the bit set of the anchors.
    `true` and `false` are the texts by which an atom is told, by its bit length.
    """

    rulesets: tuple[tuple[Ruleset, ...], ...]
    asked: tuple[dict[int, list[tuple[int, Need]]], ...]
    anchors: tuple[int, ...]
    true: dict[int, str]
    false: dict[int, str]


def plan_of(strata: Sequence[Sequence[FlatRule]]) -> Plan:
    """Split every stratum. Raises EnvelopeError for a rule that the envelope cannot hold."""
    rulesets = tuple(tuple(Ruleset(rules, each) for each in partition(rules)) for rules in strata)
    asked = tuple(_asked(row) for row in rulesets)
    rules = [rule for stratum in strata for rule in stratum]
    return Plan(
        rulesets=rulesets,
        asked=asked,
        anchors=tuple(bits_of(length - 1 for length in each if length) for each in asked),
        true={i + 1: f',"p{i}":1' for rule in rules for i in rule.true},
        false={i + 1: f',"n{i}":1' for rule in rules for i in rule.false},
    )


def _asked(rulesets: Sequence[Ruleset]) -> dict[int, list[tuple[int, Need]]]:
    asked: dict[int, list[tuple[int, Need]]] = {}
    for place, ruleset in enumerate(rulesets):
        for anchor, need in ruleset.needs.items():
            asked.setdefault(anchor + 1, []).append((place, need))
    return asked
