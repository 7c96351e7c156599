"""rules/README.md: what it shows is shipped, its scenarios hold, and no word is missing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from scenario_files import read_text, unknown_names
from scenario_outcomes import disagreements
from seriatim import Engine
from seriatim.inference.conditions import BUILT_IN, OPERATORS
from seriatim.inference.grounding import SPECIFICATIONS, VARIABLES
from seriatim.model.rule import (
    Ask,
    Caution,
    Cite,
    ConclusionKind,
    DrawnFrom,
    InRecords,
    Observation,
    Rule,
    Then,
    Vocabulary,
)
from seriatim.model.scenario import Scenario
from seriatim.model.selector import Linked, Selector

RULES = Path(__file__).parents[1] / "rules"
README = (RULES / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
WORDS = {
    *(*BUILT_IN, *OPERATORS, *VARIABLES, *SPECIFICATIONS),
    *(*Caution.model_fields, *Cite.model_fields, *Ask.model_fields, *Then.model_fields),
    *(*DrawnFrom.model_fields, *Selector.model_fields, *Linked.model_fields),
    *(each.rstrip("_") for each in Rule.model_fields),
    *(*Scenario.model_fields, *ConclusionKind.model_fields, *Vocabulary.model_fields),
    *(*Observation.model_fields, *InRecords.model_fields),
    *get_args(Caution.model_fields["concerns"].annotation),
    *get_args(get_args(Selector.model_fields["dosing"].annotation)[0]),
}


def test_the_rule_that_is_shown_is_the_shipped_one() -> None:
    shown = RULES / "anakinra-failure" / "after-failure-same-diagnosis.yaml"
    assert BLOCKS[0] == shown.read_text("utf-8")
    assert f"`{shown.relative_to(RULES)}`" in README


@pytest.mark.parametrize("then", [each for each in BLOCKS if each.startswith("then:")])
def test_what_follows_is_that_of_a_shipped_rule(then: str) -> None:
    assert any(path.read_text("utf-8").endswith(f"\n{then}") for path in RULES.glob("*/*.yaml"))


def test_the_scenarios_that_are_shown_hold() -> None:
    engine = Engine.default()
    [text] = [each for each in BLOCKS if each.startswith("rule:")]
    file = read_text(text, "tests/scenarios/anakinra-failure/after-failure-same-diagnosis.yaml")
    file.insist()
    assert list(unknown_names(file, engine)) == []
    rule = file.document.value["rule"]
    assert [disagreements(engine, rule, each) for each in file.scenarios] == [[], []]


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_word_of_the_language_is_explained(word: str) -> None:
    assert re.search(rf"(?<![\w-]){word}(?![\w-])", README)


def test_what_is_said_of_defaults_is_so() -> None:
    assert Caution.model_fields["concerns"].default == "safety"
    assert "`safety` (the default" in README
