"""Every rule, once where it fires and once where it does not: `tests/scenarios/<family>/<id>.yaml`.

How a scenario is written stands in rules/README.md.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from scenario_files import read_file, rule_files, unknown_names
from scenario_outcomes import disagreements
from seriatim import Engine, ProfileError

if TYPE_CHECKING:
    from scenario_files import ScenarioFile

FILES = [read_file(path) for path in rule_files()]
SCENARIOS = [
    pytest.param(file, number, id=f"{file.document.value['rule']}: {scenario['name']}")
    for file in FILES
    for number, scenario in enumerate(file.scenarios)
]
PART = re.compile(r"\w+")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.default()


def fail(problems: list[str]) -> None:
    """Say all that is wrong, without where Python stood when it was found."""
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


def not_understood(file: ScenarioFile, number: int, error: ProfileError) -> list[str]:
    """What is wrong with the profile of a scenario, each at its place."""
    found = []
    for each in error.problems:
        parts = [int(part) if part.isdigit() else part for part in PART.findall(each.field)]
        where = ("scenarios", number, "profile", *parts)
        found.append(file.problem(where, each.message, each.nearest))
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.document.path)
def test_a_file_of_scenarios_says_what_it_may(engine: Engine, file: ScenarioFile) -> None:
    file.insist()
    fail(list(unknown_names(file, engine)))


@pytest.mark.parametrize(("file", "number"), SCENARIOS)
def test_scenario(engine: Engine, file: ScenarioFile, number: int) -> None:
    rule, scenario = file.document.value["rule"], file.scenarios[number]
    try:
        found = disagreements(engine, rule, scenario)
    except ProfileError as error:
        fail(not_understood(file, number, error))
        return
    named = f"rule {rule}, scenario “{scenario['name']}”"
    fail([file.problem(("scenarios", number), f"{named}: {each}") for each in found])


def test_every_active_rule_fires_somewhere_and_somewhere_does_not(engine: Engine) -> None:
    unread = [file.document.path for file in FILES if file.problems]
    seen: dict[str, set[Any]] = {
        file.document.path: {each["fires"] for each in file.scenarios} for file in FILES
    }
    wanted = {
        f"tests/scenarios/{each.family}/{each.id}.yaml"
        for each in engine.knowledge.rules
        if each.status == "active"
    }
    problems = [f"{path}: there is no active rule of this name" for path in seen.keys() - wanted]
    for path in sorted(wanted.difference(unread)):
        for fires, words in ((True, "fires"), (False, "does not fire")):
            if fires not in seen.get(path, ()):
                problems.append(
                    f"{path}: expected a scenario in which the rule {words}; none is there"
                )
    fail(problems)
