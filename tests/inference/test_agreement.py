"""Random profiles: the engines agree, and the numbers of every report add up."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from random_profiles import Vocabulary, random_profile, source
from seriatim import DisagreementError, Engine, EvidenceReport, ProfileError
from seriatim.inference.conditions import DIAGNOSIS_GIVEN
from seriatim.inference.durable import DurableRules
from seriatim.inference.reference import Reference, Verdicts
from seriatim.pipeline import parse_profile

if TYPE_CHECKING:
    import random

    from seriatim.inference.facts import Facts
    from seriatim.model.evidence import Counts

MANY = int(os.environ.get("SERIATIM_PROFILES", "100000"))
ROOT = Path(__file__).resolve().parents[2]
ORDER = {"none": 0, "partial": 1, None: 2, "complete": 3}
RELATIONS = ("direct", "ambiguous", "indirect")


def answer(engine: Engine, profile: dict[str, Any]) -> EvidenceReport | None:
    """The report; None if the profile is refused. Anything else that is raised is a failure."""
    try:
        return engine.look_up(profile)
    except ProfileError as error:
        refused = error
    assert refused.problems
    return None


def hold_counts(counts: Counts) -> None:
    n = counts.n_courses
    assert n == len(counts.courses) == len(set(counts.courses))
    assert counts.n_patients_if_probable_links <= counts.n_patients <= n
    assert (counts.n_patients > 0) == (n > 0)
    outcomes = counts.outcomes
    shares = (outcomes.complete, outcomes.partial, outcomes.none)
    assert {each.n for each in (*shares, outcomes.any_response)} == {n - outcomes.not_printed}
    assert sum(each.k for each in shares) == n - outcomes.not_printed
    assert outcomes.any_response.k == outcomes.complete.k + outcomes.partial.k
    for share in (*shares, outcomes.any_response, counts.any_adverse_event):
        if share.n == 0:
            assert share.ci95 is None
            continue
        low, high = share.ci95
        assert 0 <= low <= share.k / share.n <= high <= 1
    assert sum(len(each.courses) for each in counts.doses) <= n
    assert all(each.k == len(each.courses) <= each.n <= n for each in counts.adverse_events)
    assert counts.months.n <= n


def hold_report(report: EvidenceReport) -> None:
    cases = {each.course: each for each in report.cases}
    cited = [course for finding in report.findings for course in finding.courses]
    assert cited == list(cases)
    assert len(cited) == len(set(cited))
    keys = [(each.relation, each.drug) for each in report.findings]
    assert len(keys) == len(set(keys))
    ranks = [RELATIONS.index(each.relation) for each in report.findings]
    assert ranks == sorted(ranks)
    for finding in report.findings:
        hold_counts(finding)
        levels = [ORDER[cases[course].response.level] for course in finding.courses]
        assert levels == sorted(levels)
        assert {cases[course].relation for course in finding.courses} == {finding.relation}
        assert {cases[course].drug for course in finding.courses} == {finding.drug}
        grouped = [course for group in finding.by_diagnosis for course in group.courses]
        assert sorted(grouped) == sorted(finding.courses)
        for group in (*finding.by_diagnosis, *finding.subgroups):
            hold_counts(group)
            assert set(group.courses) <= set(finding.courses)
        for group in finding.subgroups:
            assert set(group.courses).isdisjoint(group.probable_courses)
    fired = {each.rule for each in report.fired}
    assert {rule for each in report.findings for rule in each.rules} <= fired
    assert {each.rule for each in report.cautions} <= fired
    assert {each.rule for each in report.conclusions} <= fired
    assert fired.isdisjoint(each.rule for each in report.near_misses)
    for each in report.cases:
        if each.relation == "ambiguous":
            assert each.unknown_on
        if each.relation == "indirect":
            assert each.differs_on
    for each in report.discrepancies:
        assert set(each.courses) <= set(cited)


def core(report: EvidenceReport) -> Any:
    """What must not turn on the order of the lists of a profile."""
    return (
        [each.model_dump() for each in report.findings],
        [each.model_dump() for each in report.cases],
        sorted(json.dumps(each.model_dump(), sort_keys=True) for each in report.cautions),
        [each.model_dump() for each in report.stronger_evidence],
        sorted(each.fact for each in report.missing),
        {each.rule for each in report.near_misses},
    )


def shuffled(profile: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    changed = dict(profile)
    for key in ("diagnoses", "therapies", "adverse_events", "considering"):
        if key in changed:
            changed[key] = rng.sample(changed[key], len(changed[key]))
    items = list(changed.items())
    rng.shuffle(items)
    return dict(items)


def hold_everything(engine: Engine, profile: dict[str, Any], rng: random.Random) -> bool:
    report = answer(engine, profile)
    if report is None:
        return False
    hold_report(report)
    dumped = report.model_dump_json(by_alias=True)
    assert engine.look_up(profile).model_dump_json(by_alias=True) == dumped
    assert EvidenceReport.model_validate(json.loads(dumped)) == report
    other = answer(engine, shuffled(profile, rng))
    assert other is not None
    assert core(other) == core(report)
    return True


@settings(
    max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(data=st.data())
def test_any_profile_is_refused_or_answered_consistently(
    data: st.DataObject, engine: Engine, vocabulary: Vocabulary
) -> None:
    rng = data.draw(st.randoms(use_true_random=False))
    profile = random_profile(vocabulary, rng)
    hold_everything(engine, profile, source(1))


@settings(max_examples=75, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(min_value=0))
def test_something_unrelated_that_is_not_known_takes_no_course_away(
    seed: int, engine: Engine, vocabulary: Vocabulary
) -> None:
    rng = source(seed)
    profile = random_profile(vocabulary, rng)
    report = answer(engine, profile)
    if report is None:
        return
    more = dict(profile)
    more["observations"] = {**profile.get("observations", {})}
    for name in engine.knowledge.vocabulary.observations:
        more["observations"].setdefault(name, None)
    more.setdefault("pregnancy", "unknown")
    if profile.get("pregnancy") is None:
        more["observations"].pop("pregnancy", None)
    more["therapies_complete"] = False
    other = answer(engine, more)
    if other is not None:
        gone = {c.course for c in report.cases} - {c.course for c in other.cases}
        only_for_nothing = {
            course
            for finding in report.findings
            for group in finding.subgroups
            if group.rule == "nothing-tried"
            for course in group.courses
        }
        assert gone <= only_for_nothing


@pytest.mark.parametrize("spelled", [{"sex": "unknown"}, {"pregnancy": "unknown"}, {"age": None}])
def test_to_say_unknown_is_to_say_nothing(engine: Engine, spelled: dict[str, Any]) -> None:
    profile = {"diagnoses": ["TRAPS"], "therapies": ["etanercept"]}
    assert core(engine.look_up({**profile, **spelled})) == core(engine.look_up(profile))


@pytest.mark.campaign
def test_campaign_of_profiles(engine: Engine, vocabulary: Vocabulary) -> None:
    """`SERIATIM_PROFILES=100000 pytest -m campaign -k profiles -s`."""
    seed = int(os.environ.get("SERIATIM_SEED", "20261122"))
    rng = source(seed)
    answered = refused = 0
    rules: set[str] = set()
    for count in range(MANY):
        profile = random_profile(vocabulary, rng)
        report = answer(engine, profile)
        if report is None:
            refused += 1
            continue
        answered += 1
        rules.update(each.rule for each in report.fired)
        hold_report(report)
        if count % 20 == 0:
            hold_everything(engine, profile, rng)
    active = {each.id for each in engine.knowledge.rules if each.status == "active"}
    print(f"\n{MANY:,} profiles, seed {seed}: {answered:,} answered, {refused:,} refused;")  # noqa: T201
    print(f"{len(rules)} of {len(active)} rules fired, no disagreement")  # noqa: T201
    assert answered > MANY / 2
    assert rules == active


# --- mutations: an engine that is broken on purpose is found out ---------------------------------


def test_a_rule_that_durable_rules_forgets_is_named(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fire = DurableRules.fire
    lost = next(
        (stratum, place)
        for stratum, owners in enumerate(engine.program.flat_owner)
        for place, owner in enumerate(owners)
        if engine.program.rules[owner].label == "same-diagnosis(diagnosis=traps, drug=anakinra)"
    )

    def forgetful(self: DurableRules, stratum: int, *known: Any) -> frozenset[int]:
        found = fire(self, stratum, *known)
        return found - {lost[1]} if stratum == lost[0] else found

    monkeypatch.setattr(DurableRules, "fire", forgetful)
    with pytest.raises(DisagreementError) as caught:
        engine.look_up({"diagnoses": ["TRAPS"]})
    assert caught.value.only_reference == ("same-diagnosis(diagnosis=traps, drug=anakinra)",)
    assert caught.value.only_durable == ()
    assert "same-diagnosis(diagnosis=traps, drug=anakinra)" in str(caught.value)
    assert engine.look_up({"diagnoses": ["AOSD"]}).findings


def test_a_rule_that_the_reference_forgets_is_named(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluate = Reference.evaluate

    def forgetful(self: Reference, facts: Facts) -> Verdicts:
        found = evaluate(self, facts)
        rules = self.program.rules
        return replace(found, holds=tuple(i for i in found.holds if rules[i].rule.id != "child"))

    monkeypatch.setattr(Reference, "evaluate", forgetful)
    with pytest.raises(DisagreementError) as caught:
        engine.look_up({"age": 9})
    assert caught.value.only_durable == ("child()",)


@pytest.mark.parametrize("place", range(6))
def test_a_wrong_fact_on_one_side_is_found(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    """A bit that is lost, or a threshold that is off, on the way to one engine only."""
    evaluate = Reference.evaluate
    profile = {"age": 9, "diagnoses": ["TRAPS"], "considering": ["anakinra"], "therapies": []}
    facts = engine._normaliser.understand(parse_profile(profile)).facts
    given = engine.program.bits_of(DIAGNOSIS_GIVEN)  # no rule turns on it for this profile
    told = facts.true & ~given
    bits = [1 << i for i in range(told.bit_length()) if told >> i & 1]

    def deaf(self: Reference, known: Facts) -> Verdicts:
        if place < len(bits):
            return evaluate(self, replace(known, true=known.true & ~bits[place]))
        return evaluate(self, replace(known, numbers=(None,) * len(known.numbers)))

    monkeypatch.setattr(Reference, "evaluate", deaf)
    with pytest.raises(DisagreementError):
        engine.look_up(profile)
