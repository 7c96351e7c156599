"""The envelope around durable-rules: what plain Python finds true, and in threads too."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest
from flat_programs import State, expected, flat_rules, rule, states, workload
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.inference import durable, envelope
from seriatim.inference.durable import Bound, DurableRules, EnvelopeError, FlatRule


@settings(max_examples=100, deadline=None)
@given(
    st.lists(flat_rules(), min_size=1, max_size=14),
    st.lists(states(), min_size=1, max_size=6),
    st.sampled_from((2, 5, 60)),
    st.sampled_from((20, 200)),
)
def test_fires_what_plain_python_finds_true(
    rules: list[FlatRule], asked: list[State], most_rules: int, most_keys: int
) -> None:
    with (
        patch.object(envelope, "MAXIMUM_RULES", most_rules),
        patch.object(envelope, "MAXIMUM_KEYS", most_keys),
    ):
        engine = DurableRules([rules])
    for state in asked:
        assert engine.fire(0, *state) == expected(rules, *state)


@settings(max_examples=60, deadline=None)
@given(st.lists(flat_rules(), min_size=2, max_size=10), states(), st.randoms())
def test_the_order_of_the_rules_does_not_matter(
    rules: list[FlatRule], state: State, chance: random.Random
) -> None:
    shuffled = rules[:]
    chance.shuffle(shuffled)
    first = {rules[index] for index in DurableRules([rules]).fire(0, *state)}
    second = {shuffled[index] for index in DurableRules([shuffled]).fire(0, *state)}
    assert first == second


def test_the_same_input_makes_the_same_rulesets() -> None:
    rules, _ = workload(200)
    first, second = DurableRules([rules]), DurableRules([rules])
    assert [r.definition for r in first._plan.rulesets[0]] == [
        r.definition for r in second._plan.rulesets[0]
    ]


def test_hundreds_of_matching_rules_all_fire() -> None:
    rules = [rule((0, 1 + index), (600,), (Bound(0, "ge", 18),)) for index in range(500)]
    engine = DurableRules([rules])
    assert engine.fire(0, (1 << 501) - 1, 1 << 600, [(18, 18)]) == set(range(500))
    assert engine.fire(0, (1 << 501) - 1, 1 << 600, [(17.9, 18)]) == set()
    assert all(len(each.rules) <= 60 for each in engine._plan.rulesets[0])


@pytest.mark.parametrize("count", [60, 61, 300, 500])
def test_identical_rules_all_fire(count: int) -> None:
    assert DurableRules([[rule((0,))] * count]).fire(0, 1, 0, []) == set(range(count))


def test_rules_without_a_true_atom_are_always_asked() -> None:
    rules = [rule((3,)), rule((), (1,)), rule((), (), (Bound(0, "lt", 2),))]
    engine = DurableRules([rules])
    assert engine.fire(0, 0, 0b10, [(1, 1)]) == {1, 2}
    assert engine.fire(0, 0b1000, 0, [None]) == {0}
    assert engine.fire(0, 0, 0, [None]) == set()


def test_strata_are_separate() -> None:
    engine = DurableRules([[rule((0,))], [], [rule((1,)), rule((0,))]])
    assert [engine.fire(stratum, 1, 0, []) for stratum in range(3)] == [{0}, set(), {1}]


def test_a_ruleset_that_cannot_match_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = DurableRules([[rule((0, 1)), rule((2,), (3,))]])
    monkeypatch.setattr(durable.load_engine(), "assert_fact", None)
    assert engine.fire(0, 0b1000, 0b1, [(1, 1)]) == set()


def test_only_the_keys_that_rules_use_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told = listen(monkeypatch)
    engine = DurableRules([[rule((0,), (1,)), rule((2, 3), (), (Bound(5, "ge", 18),))]])
    told.clear()
    engine.fire(0, 0b1000, 0b100010, [(1, 1)] * 5 + [(18, 70)])  # no rule has all it needs
    assert told == []
    engine.fire(0, 0b11101, 0b100010, [(1, 1)] * 5 + [(18, 70)])
    engine.fire(0, 0b1, 0b100010, [(1, 1)] * 6)
    assert told == [
        '{"id":"1","sid":"0","p3":1,"p2":1,"p0":1,"n1":1,"l5":1}',
        '{"id":"1","sid":"0","p0":1,"n1":1}',
    ]


def listen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every fact that the engine is told, from now on."""
    told: list[str] = []
    engine = durable.load_engine()
    real = engine.assert_fact

    def assert_fact(handle: int, fact: str) -> tuple[int, int]:
        told.append(fact)
        return real(handle, fact)

    monkeypatch.setattr(engine, "assert_fact", assert_fact)
    return told


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (rule(), "without a condition"),
        (rule(range(65)), "65 conditions; at most 64"),
        (rule((-1,)), "is not 0 or more"),
        (rule((True,)), "is not 0 or more"),
        (rule((), (), (Bound(-1, "ge", 1),)), "is not 0 or more"),
        (rule((1, 2), (2,)), r"atoms \[2\] must be both true and false"),
        (rule((), (), (Bound(0, "ne", 1),)), "unknown operator 'ne'"),  # type: ignore[arg-type]
        (rule((), (), (Bound(0, "ge", float("nan")),)), "not a finite number"),
        (rule((), (), (Bound(0, "ge", float("inf")),)), "not a finite number"),
        (rule((), (), (Bound(0, "ge", 10**400),)), "not a finite number"),
        (rule((), (), (Bound(0, "ge", "18"),)), "not a finite number"),  # type: ignore[arg-type]
        (rule((), (), (Bound(0, "ge", value=True),)), "not a finite number"),
    ],
)
def test_a_rule_outside_the_envelope_is_refused(bad: FlatRule, message: str) -> None:
    with pytest.raises(EnvelopeError, match=rf"^rules/some/rule\.yaml:3: .*{message}"):
        DurableRules([[rule((0,))], [rule((0,)), bad]])


def test_contradictory_states_and_numbers_are_refused() -> None:
    engine = DurableRules([[rule((0,), (), (Bound(0, "ge", 1),))]])
    with pytest.raises(ValueError, match="both true and false"):
        engine.fire(0, 0b1, 0b1, [None])
    for low, high in ((2, 1), (float("nan"),) * 2, (1, float("inf")), (float("-inf"), 1)):
        with pytest.raises(ValueError, match="number 0 is not a finite interval"):
            engine.fire(0, 0b1, 0, [(low, high)])
    assert engine.fire(0, 0b1, 0, [(1, 2)]) == {0}


def test_eight_threads_agree() -> None:
    rules, asked = workload(300)
    engine = DurableRules([rules])
    right = [expected(rules, *state) for state in asked]
    start = threading.Barrier(8)

    def run(offset: int) -> int:
        start.wait()
        turns = [(offset + turn) % len(asked) for turn in range(2000)]
        return sum(engine.fire(0, *asked[turn]) != right[turn] for turn in turns)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, range(8))) == [0] * 8
