"""Cases, claims and rules as plain data: what every JSON of them is made of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from seriatim.render.json import render_json
from seriatim.render.rulebook import conditions

if TYPE_CHECKING:
    from seriatim.knowledge.claims import Recomputed
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.evidence import CourseCase, EvidenceReport
    from seriatim.model.rule import Rule, Vocabulary


def plain(report: EvidenceReport | CourseCase) -> dict[str, Any]:
    """A report or a case with its JSON names."""
    return dict(json.loads(render_json(report)))


def plain_claim(each: Recomputed) -> dict[str, Any]:
    """A claim, what is printed, and what the rows give."""
    claim = each.claim
    return {
        "series": each.series,
        "claim": claim.id,
        "topic": claim.topic,
        "verdict": each.verdict,
        "says": claim.says,
        "printed": claim.printed,
        "at": claim.at.model_dump(mode="json"),
        "value": claim.value,
        "rows_give": each.shown,
        "recomputed": list(each.value) if isinstance(each.value, tuple) else each.value,
        "alternatives": [
            {"reading": reading, "rows_give": shown, "holds": holds}
            for reading, shown, holds in each.alternatives
        ],
        "courses": list(each.courses),
        "counterexamples": list(each.counterexamples),
        "why": claim.cannot_check,
        "note": claim.note,
    }


def plain_rule(each: Rule, known: KnowledgeBase, grounded: int) -> dict[str, Any]:
    """A rule, the file it stands in, and its conditions in words.

    `grounded` is the number of its combinations in the library.
    """
    return {
        **each.model_dump(mode="json", by_alias=True, exclude_none=True),
        "source": f"rules/{each.family}/{each.id}.yaml",
        "conditions": conditions(each, known),
        "groundings": grounded,
    }


def plain_observations(vocabulary: Vocabulary) -> dict[str, Any]:
    """What rules ask for beyond the fixed fields of a profile, by name."""
    return {name: each.model_dump(mode="json") for name, each in vocabulary.observations.items()}
