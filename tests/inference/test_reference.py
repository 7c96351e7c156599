"""The three-valued evaluator: truth tables by hand, and undecided where a fact would decide."""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from random_profiles import Vocabulary, random_profile, source
from seriatim import Engine, ProfileError
from seriatim.inference import reference
from seriatim.inference.facts import Facts
from seriatim.inference.normalise import Normaliser
from seriatim.inference.program import AskEffect, GroundRule, Group, Literal_, Program, Threshold
from seriatim.inference.reference import (
    FALSE,
    TRUE,
    UNKNOWN,
    Reference,
    any_value,
    atoms_in,
    threshold_value,
)
from seriatim.pipeline import parse_profile

if TYPE_CHECKING:
    from collections.abc import Sequence

VALUES = (TRUE, FALSE, UNKNOWN)
RANK = {FALSE: 0, UNKNOWN: 1, TRUE: 2}


def known(values: Sequence[int]) -> tuple[int, int]:
    """Bit sets of atoms 0, 1, ... that have these values."""
    true = sum(1 << index for index, value in enumerate(values) if value == TRUE)
    false = sum(1 << index for index, value in enumerate(values) if value == FALSE)
    return true, false


def negated(value: int) -> int:
    return {TRUE: FALSE, FALSE: TRUE, UNKNOWN: UNKNOWN}[value]


def by_rank(value: int) -> int:
    return RANK[value]


NOTHING = Group(0, 0, (), ())


def group_of(signs: Sequence[bool], *thresholds: Threshold) -> Group:
    """Atoms 0, 1, ... each plain or negated, and thresholds."""
    literals = tuple(Literal_(index, not plain, "") for index, plain in enumerate(signs))
    return Group(
        true=sum(1 << each.atom for each in literals if not each.negated),
        false=sum(1 << each.atom for each in literals if each.negated),
        thresholds=thresholds,
        checks=(*literals, *thresholds),
    )


def evaluated(must: Group, choices: tuple[Group, ...], facts: Facts, rule: Any) -> int:
    """The value of one rule alone, by the evaluator."""
    ground = GroundRule(0, rule, (), (), "", 0, must, choices, AskEffect("", ""))
    program = Program(
        atoms={},
        atom_list=(("a",), ("b",), ("c",)),
        derived=0,
        numbers={"age": 0},
        rules=(ground,),
        strata=((ground,),),
        flat=((),),
        flat_owner=((),),
        concludes=(0,),
        concluders={},
    )
    found = Reference(program).evaluate(facts)
    return TRUE if found.holds else UNKNOWN if found.undecided else FALSE


@pytest.mark.parametrize(("one", "other"), list(itertools.product(VALUES, VALUES)))
def test_a_plain_atom_and_a_choice(engine: Engine, one: int, other: int) -> None:
    facts, rule = Facts(*known([one, other]), (None,)), engine.knowledge.rules[0]
    choice = Group(0b10, 0, (), (Literal_(1, negated=False, says=""),))
    found = evaluated(group_of([True]), (choice,), facts, rule)
    assert found == min(one, other, key=by_rank)


@pytest.mark.parametrize("values", list(itertools.product(VALUES, repeat=3)))
@pytest.mark.parametrize("signs", list(itertools.product((True, False), repeat=3)))
def test_all_and_any_of_three_atoms_of_either_sign(
    engine: Engine, values: tuple[int, ...], signs: tuple[bool, ...]
) -> None:
    true, false = known(values)
    facts, rule = Facts(true, false, (None,)), engine.knowledge.rules[0]
    group = group_of(signs)
    seen = [v if plain else negated(v) for v, plain in zip(values, signs, strict=True)]
    assert evaluated(group, (), facts, rule) == min(seen, key=by_rank)
    assert evaluated(NOTHING, (group,), facts, rule) == max(seen, key=by_rank)
    assert any_value(group, true, false, ()) == max(seen, key=by_rank)


@pytest.mark.parametrize("atom", VALUES)
@pytest.mark.parametrize("age", [None, 4, 5, 6])
def test_an_atom_and_a_number(engine: Engine, atom: int, age: float | None) -> None:
    true, false = known([atom])
    facts = Facts(true, false, (None if age is None else (age, age),))
    group = group_of([True], Threshold(0, "ge", 5, "at least 5"))
    of_number = UNKNOWN if age is None else TRUE if age >= 5 else FALSE
    rule = engine.knowledge.rules[0]
    assert evaluated(group, (), facts, rule) == min(atom, of_number, key=by_rank)
    assert evaluated(NOTHING, (group,), facts, rule) == max(atom, of_number, key=by_rank)


def rule_value(rule: GroundRule, facts: Facts) -> int:
    """One rule by its conditions one by one, in plain three-valued logic."""

    def value(check: Any) -> int:
        if isinstance(check, Threshold):
            return threshold_value(check, facts.numbers)
        true, false = facts.true >> check.atom & 1, facts.false >> check.atom & 1
        plain = TRUE if true else FALSE if false else UNKNOWN
        return negated(plain) if check.negated else plain

    found = [value(each) for each in rule.all.checks]
    found += [max((value(each) for each in group.checks), key=by_rank) for group in rule.any]
    return min(found, key=by_rank)


@given(
    operator=st.sampled_from(["ge", "gt", "le", "lt"]),
    bound=st.integers(-3, 3),
    low=st.integers(-5, 5),
    width=st.integers(0, 4),
)
def test_an_interval_against_a_bound(operator: Any, bound: int, low: int, width: int) -> None:
    holds = {
        "ge": lambda number: number >= bound,
        "gt": lambda number: number > bound,
        "le": lambda number: number <= bound,
        "lt": lambda number: number < bound,
    }[operator]
    each = {holds(low + step) for step in range(width + 1)}
    expected = UNKNOWN if len(each) == 2 else TRUE if each == {True} else FALSE
    threshold = Threshold(0, operator, bound, "")
    assert threshold_value(threshold, ((low, low + width),)) == expected
    assert threshold_value(threshold, (None,)) == UNKNOWN


@given(st.sets(st.integers(0, 300)))
def test_bits_and_their_positions(positions: set[int]) -> None:
    assert atoms_in(sum(1 << each for each in positions)) == sorted(positions)


def verdicts(engine: Engine, **profile: Any) -> dict[str, int]:
    """The value of every ground rule."""
    facts = engine._normaliser.understand(parse_profile(profile)).facts
    found = engine._reference.evaluate(facts)
    values = {rule.label: FALSE for rule in engine.program.rules}
    for index in found.undecided:
        values[engine.program.rules[index].label] = UNKNOWN
    for index in found.holds:
        values[engine.program.rules[index].label] = TRUE
    return values


FAILURE = "failure-by-no-response(therapy=anakinra)"
AFTER = "after-failure-same-diagnosis(diagnosis=behcet-disease, drug=canakinumab, prior=anakinra)"


@pytest.mark.parametrize(
    ("therapies", "failure", "after"),
    [
        (None, UNKNOWN, UNKNOWN),
        ([], FALSE, FALSE),
        (["anakinra"], UNKNOWN, UNKNOWN),
        ([{"drug": "anakinra", "response": "none"}], TRUE, TRUE),
        ([{"drug": "anakinra", "response": "partial"}], FALSE, TRUE),
        ([{"drug": "anakinra", "response": "complete"}], FALSE, FALSE),
    ],
)
def test_what_is_not_known_stays_so_through_the_chain(
    engine: Engine, therapies: Any, failure: int, after: int
) -> None:
    found = verdicts(engine, diagnoses=["M35.2"], therapies=therapies, considering=["canakinumab"])
    assert (found[FAILURE], found[AFTER]) == (failure, after)


def test_a_conclusion_is_false_only_when_no_rule_can_draw_it(engine: Engine) -> None:
    index = engine.program.atoms[("failure", "anakinra")]

    def value(therapies: Any) -> str:
        profile = parse_profile({"therapies": therapies})
        facts = engine._normaliser.understand(profile).facts
        found = engine._reference.evaluate(facts)
        assert found.true & found.false == 0
        return (
            "true" if found.true >> index & 1 else ("false" if found.false >> index & 1 else "open")
        )

    assert value([]) == "false"
    assert value(["anakinra"]) == "open"
    assert value(None) == "open"
    assert value([{"drug": "anakinra", "response": "complete"}]) == "false"
    assert value([{"drug": "anakinra", "response": "partial"}]) == "true"


@pytest.mark.parametrize("seed", range(3))
def test_a_decided_rule_never_changes_when_more_becomes_known(engine: Engine, seed: int) -> None:
    """Three-valued truth is monotone: an unknown atom that is settled overturns nothing."""

    rng, vocabulary = source(seed), Vocabulary(engine.knowledge)
    program, reference = engine.program, engine._reference
    settled = [i for i in range(len(program.atom_list)) if not program.derived >> i & 1]
    for _ in range(40):
        try:
            profile = parse_profile(random_profile(vocabulary, rng))
            facts = engine._normaliser.understand(profile).facts
        except ProfileError:
            continue
        before = reference.evaluate(facts)
        true, false = facts.true, facts.false
        for index in rng.sample(settled, 60):
            if not (true | false) >> index & 1:
                if rng.random() < 0.5:
                    true |= 1 << index
                else:
                    false |= 1 << index
        after = reference.evaluate(Facts(true, false, facts.numbers))
        assert set(before.holds) <= set(after.holds)
        open_before = set(before.holds) | set(before.undecided)
        assert set(after.holds) | set(after.undecided) <= open_before


@pytest.mark.parametrize("seed", range(3))
def test_the_index_by_anchors_leaves_no_rule_out(engine: Engine, seed: int) -> None:
    """Every rule evaluated by itself over the final facts, without the index."""

    rng, vocabulary = source(100 + seed), Vocabulary(engine.knowledge)
    for _ in range(40):
        try:
            profile = parse_profile(random_profile(vocabulary, rng))
            facts = engine._normaliser.understand(profile).facts
        except ProfileError:
            continue
        found = engine._reference.evaluate(facts)
        values = {
            rule.index: rule_value(rule, Facts(found.true, found.false, facts.numbers))
            for rule in engine.program.rules
        }
        assert {index for index, value in values.items() if value == TRUE} == set(found.holds)
        open_ones = {index for index, value in values.items() if value == UNKNOWN}
        assert open_ones == set(found.undecided)


def test_rules_in_blocks_are_decided_as_one_by_one(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluator, rng, vocabulary = Reference(engine.program), source(31), Vocabulary(engine.knowledge)
    read = Normaliser(engine.knowledge, engine.program).understand
    several = []
    while len(several) < 150:
        with contextlib.suppress(ProfileError):
            profile = random_profile(vocabulary, rng) | {"therapies_complete": False}
            several.append(read(parse_profile(profile)).facts)
    for few in (0, 10_000):
        monkeypatch.setattr(reference, "FEW_UNKNOWN", few)
        found = [evaluator.evaluate(each) for each in several]
        if few == 0:
            in_blocks = found
    assert in_blocks == found
    assert sum(len(each.undecided) for each in found) > 150 * 100
