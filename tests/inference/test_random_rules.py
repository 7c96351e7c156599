"""Random rules: three evaluations of one program are alike."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flat_programs import compares

from random_profiles import Vocabulary, random_profile, source
from seriatim import Engine, ProfileError
from seriatim.inference.compiler import compile_rules
from seriatim.inference.durable import DurableRules
from seriatim.inference.normalise import Normaliser
from seriatim.inference.program import ConcludeEffect, Literal_, Threshold
from seriatim.inference.reference import Reference
from seriatim.knowledge.load import load_knowledge
from seriatim.pipeline import parse_profile

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from seriatim.inference.facts import Facts
    from seriatim.inference.program import Check, GroundRule, Program

ROOT = Path(__file__).resolve().parents[2]


HEAD = """\
id: {id}
title: Random
family: limits
status: active
rationale: To be run.
drawn_from: [{{note: random}}]
author: The Seriatim authors
created: "2026-11-22"
revised: "2026-11-22"
"""


def random_rules(rng: random.Random, drugs: Sequence[str], diagnoses: Sequence[str]) -> list[str]:
    """Rules in layers: later conclusions build on earlier ones, some over a range."""
    texts = []
    layers: list[tuple[str, ...]] = []
    for number in range(rng.randint(3, 14)):
        variable = rng.random() < 0.4
        drug = "$drug" if variable else rng.choice(drugs)
        text = HEAD.format(id=f"random-{number}")
        if variable:
            text += "for: {drug: any}\n"
        text += "when:\n"
        tests = [random_test(rng, drug, diagnoses, layers) for _ in range(rng.randint(1, 4))]
        text += "".join(f"  - {each}\n" for each in tests)
        if rng.random() < 0.5:
            alternatives = [
                random_test(rng, drug, diagnoses, layers) for _ in range(rng.randint(1, 3))
            ]
            text += "  - any:\n" + "".join(f"      - {each}\n" for each in alternatives)
        kinds = ("no_response", "failure", "intolerance", "insufficient_response", "in_question")
        level = min(len(kinds) - 1, number // 3)
        text += f"then:\n  conclude: {{{kinds[level]}: {drug}}}\n"
        if number % 3 == 2:
            layers.append((kinds[level],))
        texts.append(text)
    return texts


def random_test(
    rng: random.Random, drug: str, diagnoses: Sequence[str], layers: Sequence[tuple[str, ...]]
) -> str:
    comparison = rng.choice(("at_least", "above", "at_most", "below"))
    plain = [
        f"diagnosis: {rng.choice(diagnoses)}",
        f"could_be: {rng.choice(diagnoses)}",
        f"tried: {drug}",
        f"taking: {drug}",
        f"considering: {drug}",
        f"response: {{to: {drug}, is: {rng.choice(('none', 'partial', 'complete'))}}}",
        f"stopped: {{drug: {drug}, because: {rng.choice(('no-response', 'intolerance'))}}}",
        f"sex: {rng.choice(('female', 'male'))}",
        "observation: {pregnancy: true}",
    ]
    shape = rng.random()
    if shape < 0.15:
        return f"age: {{{comparison}: {rng.choice((9, 18, 19, 30, 'youngest', 'oldest'))}}}"
    if shape < 0.25:
        return f"tried_count: {{{comparison}: {rng.randint(0, 4)}}}"
    if shape < 0.35:
        return f"observation: {{neutrophils: {{{comparison}: {rng.choice((1, 1.5, 2))}}}}}"
    if layers and shape < 0.6:
        return f"{rng.choice(rng.choice(layers))}: {drug}"
    chosen = rng.choice(plain)
    return f"not: {{{chosen}}}" if rng.random() < 0.3 else chosen


def naive(program: Program, facts: Facts) -> set[int]:
    """Conditions one by one, round after round, until nothing more follows; no bits, no anchors."""
    true = {index for index in range(len(program.atom_list)) if facts.true >> index & 1}
    false = {index for index in range(len(program.atom_list)) if facts.false >> index & 1}
    derived = {index for index in range(len(program.atom_list)) if program.derived >> index & 1}
    held: set[int] = set()

    def check(each: Check) -> bool:
        if isinstance(each, Literal_):
            return each.atom in (false - derived if each.negated else true)
        assert isinstance(each, Threshold)
        return compares(each.operator, each.value, facts.numbers[each.number])

    def holds(rule: GroundRule) -> bool:
        return all(check(each) for each in rule.all.checks) and all(
            any(check(each) for each in group.checks) for group in rule.any
        )

    while True:
        new = {rule.index for rule in program.rules if rule.index not in held and holds(rule)}
        if not new:
            return held
        held |= new
        for index in new:
            effect = program.rules[index].effect
            if isinstance(effect, ConcludeEffect):
                true.add(effect.atom)


def test_random_rules_are_evaluated_alike_three_times(
    tmp_path: Path, engine: Engine, vocabulary: Vocabulary
) -> None:
    fired = [
        run_random_rules(seed, tmp_path / str(seed), engine, vocabulary, profiles=40)
        for seed in range(20)
    ]
    assert sum(fired) > 150


@pytest.mark.campaign
def test_campaign_of_random_rules(tmp_path: Path, engine: Engine, vocabulary: Vocabulary) -> None:
    fired = [
        run_random_rules(seed, tmp_path / str(seed), engine, vocabulary, profiles=200)
        for seed in range(1000, 1300)
    ]
    print(f"\n300 random rule sets, 200 profiles each: {sum(fired):,} rules fired alike")  # noqa: T201


def run_random_rules(
    seed: int, tmp_path: Path, engine: Engine, vocabulary: Vocabulary, profiles: int
) -> int:
    rng = source(seed)
    texts = random_rules(rng, ("anakinra", "canakinumab"), ("traps", "behcet-disease"))
    knowledge = with_rules(engine, tmp_path, texts)
    program, diagnostics = compile_rules(knowledge)
    assert {each.code for each in diagnostics} <= {"R706"}
    alone = Engine.__new__(Engine)
    alone.program = program
    durable, reference = DurableRules(program.flat), Reference(program)
    alone._durable = durable
    normaliser = Normaliser(knowledge, program)
    fired = 0
    for _ in range(profiles):
        given = random_profile(vocabulary, rng)
        try:
            facts = normaliser.understand(parse_profile(given)).facts
        except ProfileError:
            continue
        by_durable = alone._infer(facts)
        verdicts = reference.evaluate(facts)
        assert by_durable == set(verdicts.holds) == naive(program, facts)
        assert set(verdicts.holds).isdisjoint(verdicts.undecided)
        fired += len(by_durable)
    return fired


def with_rules(engine: Engine, tmp_path: Path, texts: Sequence[str]) -> Any:
    """The shipped cases with these rules only, from files."""
    shutil.copytree(ROOT / "cases", tmp_path / "cases")
    (tmp_path / "rules" / "limits").mkdir(parents=True)
    shutil.copy(ROOT / "rules" / "vocabulary.yaml", tmp_path / "rules" / "vocabulary.yaml")
    for number, text in enumerate(texts):
        (tmp_path / "rules" / "limits" / f"random-{number}.yaml").write_text(text, "utf-8")
    assert engine.knowledge
    return load_knowledge(tmp_path)
