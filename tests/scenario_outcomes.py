"""What a rule did for the patient of a scenario, against what the scenario says it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario_files import short
from seriatim.evidence.trace import _holds
from seriatim.inference.reference import TRUE, any_value
from seriatim.pipeline import parse_profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seriatim import Engine
    from seriatim.inference.facts import Facts
    from seriatim.inference.program import Check, GroundRule
    from seriatim.inference.reference import Verdicts
    from seriatim.model.evidence import EvidenceReport, Fired


def disagreements(engine: Engine, rule: str, scenario: dict[str, Any]) -> list[str]:
    """Each thing that is not as the scenario says: what was expected, and what came instead."""
    report = engine.look_up(scenario["profile"])
    bindings = scenario.get("bindings", {})
    found = _fired(report, rule, bindings)
    if scenario["fires"] and not found:
        why = _lacking(engine, rule, bindings, scenario["profile"])
        return [f"expected that it fires{_for(bindings)}; it does not: {why}"]
    if not scenario["fires"]:
        return list(_not_fired(report, rule, bindings, found))
    return list(_followed(report, rule, scenario))


def _fired(report: EvidenceReport, rule: str, bindings: dict[str, str]) -> list[Fired]:
    return [
        each
        for each in report.fired
        if each.rule == rule and bindings.items() <= each.bindings.items()
    ]


def _not_fired(
    report: EvidenceReport, rule: str, bindings: dict[str, str], found: list[Fired]
) -> Iterator[str]:
    for each in found:
        held = "; ".join(each.matched)
        yield (
            f"expected that it does not fire{_for(bindings)}; it fires{_for(each.bindings)}, since "
            f"these hold: {held}"
        )
    if not bindings and not found:
        said = [each.text for each in report.cautions if each.rule == rule]
        said += [each.statement for each in report.conclusions if each.rule == rule]
        said += sorted(_cited(report, rule)[0])
        if said:
            yield f"expected that nothing comes of it; it has: {'; '.join(said)}"


def _followed(report: EvidenceReport, rule: str, scenario: dict[str, Any]) -> Iterator[str]:
    courses, probable, relations = _cited(report, rule)
    cautions = [each for each in report.cautions if each.rule == rule]
    named = {short(course) for each in cautions for course in each.courses}
    for key, came in (("cites", courses), ("probable", probable), ("names", named)):
        if key in scenario and came != set(scenario[key]):
            yield f"{key}: expected {_listed(scenario[key])}; came {_listed(came)}"
    if "relation" in scenario and relations != {scenario["relation"]}:
        yield f"relation: expected {scenario['relation']}; came {_listed(relations)}"
    concluded = {each.statement for each in report.conclusions if each.rule == rule}
    if not concluded >= set(scenario.get("concludes", ())):
        yield f"concludes: expected {_said(scenario['concludes'])}; came {_said(concluded)}"
    for key, came in (
        ("cautions", [each.text for each in cautions]),
        ("asks", [each.fact for each in report.missing]),
        ("labels", [each.statement for each in report.stronger_evidence]),
    ):
        wanted = scenario.get(key, ())
        for fragment in [wanted] if isinstance(wanted, str) else wanted:
            if not any(fragment in each for each in came):
                yield f"{key}: expected “{fragment}” within what is said; came {_said(came)}"


def _cited(report: EvidenceReport, rule: str) -> tuple[set[str], set[str], set[str]]:
    """Courses a rule cites, those that follow from probable links only, and their relations."""
    groups = [(f, g) for f in report.findings for g in f.subgroups if g.rule == rule]
    if groups:
        courses = {short(each) for _finding, group in groups for each in group.courses}
        probable = {short(each) for _finding, group in groups for each in group.probable_courses}
        return courses, probable, {finding.relation for finding, _group in groups}
    findings = [each for each in report.findings if rule in each.rules]
    courses = {short(each) for finding in findings for each in finding.courses}
    return courses, set(), {finding.relation for finding in findings}


def _lacking(engine: Engine, rule: str, bindings: dict[str, str], profile: dict[str, Any]) -> str:
    """The conditions that do not hold, of the combination of which the fewest do not."""
    ground = [
        each
        for each in engine.program.rules
        if each.rule.id == rule and bindings.items() <= dict(each.bindings).items()
    ]
    if not ground:
        return "the rule has no such combination that can ever fire"
    facts = engine._normaliser.understand(parse_profile(profile)).facts
    verdicts = engine._reference.evaluate(facts)
    nearest = min(ground, key=lambda each: len(_failing(engine, each, verdicts, facts)))
    lacking = "; ".join(_failing(engine, nearest, verdicts, facts))
    return f"nearest{_for(dict(nearest.bindings))}, where these do not hold: {lacking}"


def _failing(engine: Engine, rule: GroundRule, verdicts: Verdicts, facts: Facts) -> list[str]:
    have = engine._assembler.tracer._have

    def said(check: Check) -> str:
        return f"{check.says} ({have(check, verdicts, facts)})"

    failing = [said(each) for each in rule.all.checks if not _holds(each, verdicts.true, facts)]
    return failing + [
        f"one of: {', '.join(map(said, group.checks))}"
        for group in rule.any
        if any_value(group, verdicts.true, verdicts.false, facts.numbers) != TRUE
    ]


def _for(bindings: dict[str, str]) -> str:
    if not bindings:
        return ""
    return f" for {', '.join(f'{name} {value}' for name, value in bindings.items())}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _said(texts: Iterable[str]) -> str:
    return " and ".join(f"“{each}”" for each in sorted(texts)) or "nothing"
