"""Every rule, once where it fires and once where it does not: `tests/scenarios/<family>/<id>.yaml`.

`bindings` narrows the rule to those values. The rest is held only where the rule fires: `cites` and
`probable` are exactly the courses it cites, `names` those of its caution; `concludes` are among its
conclusions, `cautions`, `asks` and `labels` fragments of what is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scenario_files import HERE, read, rule_files, short
from seriatim import Engine

if TYPE_CHECKING:
    from seriatim.model.evidence import EvidenceReport, Fired

KEYS = {
    *("name", "profile", "fires", "bindings"),
    *("cites", "probable", "relation", "concludes", "cautions", "names", "asks", "labels"),
}
SCENARIOS = [
    pytest.param(rule, scenario, id=f"{rule}: {scenario['name']}")
    for path in rule_files()
    for content in [read(path)]
    for rule in [content["rule"]]
    for scenario in content["scenarios"]
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.default()


def fired(report: EvidenceReport, rule: str, bindings: dict[str, str]) -> list[Fired]:
    return [
        each
        for each in report.fired
        if each.rule == rule and bindings.items() <= each.bindings.items()
    ]


def cited(report: EvidenceReport, rule: str) -> tuple[set[str], set[str], set[str]]:
    """Courses a rule cites, those that follow from probable links only, and their relations."""
    groups = [(f, g) for f in report.findings for g in f.subgroups if g.rule == rule]
    if groups:
        courses = {short(each) for _finding, group in groups for each in group.courses}
        probable = {short(each) for _finding, group in groups for each in group.probable_courses}
        return courses, probable, {finding.relation for finding, _group in groups}
    findings = [each for each in report.findings if rule in each.rules]
    courses = {short(each) for finding in findings for each in finding.courses}
    return courses, set(), {finding.relation for finding in findings}


@pytest.mark.parametrize(("rule", "scenario"), SCENARIOS)
def test_scenario(engine: Engine, rule: str, scenario: dict[str, Any]) -> None:
    assert set(scenario) <= KEYS
    report = engine.look_up(scenario["profile"])
    found = fired(report, rule, scenario.get("bindings", {}))
    assert bool(found) is scenario["fires"], [each.bindings for each in found]
    said = [each for each in report.cautions if each.rule == rule]
    concluded = {each.statement for each in report.conclusions if each.rule == rule}
    if not scenario["fires"]:
        assert set(scenario) <= {"name", "profile", "fires", "bindings"}
        if "bindings" not in scenario:
            assert (said, concluded, cited(report, rule)[0]) == ([], set(), set())
        return
    courses, probable, relations = cited(report, rule)
    if "cites" in scenario:
        assert courses == set(scenario["cites"])
    if "probable" in scenario:
        assert probable == set(scenario["probable"])
    if "relation" in scenario:
        assert relations == {scenario["relation"]}
    if "concludes" in scenario:
        assert concluded >= set(scenario["concludes"])
    if "names" in scenario:
        assert {short(c) for each in said for c in each.courses} == set(scenario["names"])
    assert scenario.get("cautions", "") in " ".join(each.text for each in said)
    assert scenario.get("asks", "") in " ".join(each.fact for each in report.missing)
    labels = " ".join(each.statement for each in report.stronger_evidence)
    assert all(each in labels for each in scenario.get("labels", ()))


def test_every_active_rule_fires_somewhere_and_somewhere_does_not(engine: Engine) -> None:
    seen: dict[str, set[bool]] = {}
    for param in SCENARIOS:
        rule, scenario = param.values
        seen.setdefault(rule, set()).add(scenario["fires"])
    active = {each.id for each in engine.knowledge.rules if each.status == "active"}
    assert set(seen) == active
    assert {rule for rule, outcomes in seen.items() if outcomes != {True, False}} == set()


def test_a_file_of_scenarios_stands_where_its_rule_stands(engine: Engine) -> None:
    expected = {
        f"{each.family}/{each.id}.yaml"
        for each in engine.knowledge.rules
        if each.status == "active"
    }
    assert {path.relative_to(HERE).as_posix() for path in rule_files()} == expected
    for path in rule_files():
        assert read(path)["rule"] == path.stem


def test_names_of_scenarios_differ() -> None:
    names = [param.id for param in SCENARIOS]
    assert len(names) == len(set(names))
