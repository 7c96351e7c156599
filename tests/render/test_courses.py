"""What is said of the prior therapies of a course beside those of the patient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seriatim.render.courses import shared

if TYPE_CHECKING:
    from seriatim import Engine

NOW = {"drug": "etanercept", "status": "current"}


@pytest.mark.parametrize(
    ("therapies", "said"),
    [
        ({"therapies": [NOW]}, "0 of 1 prior therapy shared, etanercept is given now"),
        ({"therapies": [{"drug": "etanercept"}]}, "1 of 1 prior therapy shared"),
        ({"therapies": [{"drug": "etanercept"}, NOW]}, "1 of 1 prior therapy shared"),
        ({"therapies": [], "therapies_complete": True}, "after 1 prior therapy"),
        ({}, "after etanercept"),
    ],
)
def test_what_is_given_now_is_not_counted_as_prior(
    therapies: dict[str, Any], said: str, engine: Engine
) -> None:
    """T1R14 prints etanercept alone; the count is that of what the patient has in common."""
    report = engine.look_up({"diagnoses": ["TRAPS"], **therapies})
    case = next(each for each in report.cases if each.course.endswith("/T1R14"))
    assert shared(case, report.profile) == said
    same = any("1 of 1 previous therapy: etanercept" in each for each in case.matched_on)
    assert same is said.startswith("1 of 1")
