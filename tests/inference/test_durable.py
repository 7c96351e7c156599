"""The envelope around durable-rules: right answers, in threads, in forks, after interruptions."""

import importlib
import os
import random
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.inference import durable, envelope
from seriatim.inference.durable import Bound, DurableRules, EngineFault, EnvelopeError, FlatRule

Numbers = list[tuple[float, float] | None]
State = tuple[int, int, Numbers]

CONSTANTS = (
    *(-1.7e308, -1.5, -0.0, 0.0, 5e-324, 1e-05, 0.1, 0.3, 0.1 + 0.2, 17.999999999999996, 18, 18.0),
    *(65.5, 2.0**53, 2**53 + 1, 1e16, 1e22, 1.7e308),
)
ATOMS = 8
NUMBERS = 3


def holds(bound: Bound, known: tuple[float, float] | None) -> bool:
    if known is None:
        return False
    low, high = known
    return {
        "ge": low >= bound.value,
        "gt": low > bound.value,
        "le": high <= bound.value,
        "lt": high < bound.value,
    }[bound.op]


def expected(rules: Sequence[FlatRule], true: int, false: int, numbers: Numbers) -> set[int]:
    return {
        index
        for index, rule in enumerate(rules)
        if all(true >> atom & 1 for atom in rule.true)
        and all(false >> atom & 1 for atom in rule.false)
        and all(holds(bound, numbers[bound.number]) for bound in rule.bounds)
    }


def rule(
    true: Sequence[int] = (), false: Sequence[int] = (), bounds: Sequence[Bound] = ()
) -> FlatRule:
    return FlatRule(tuple(true), tuple(false), tuple(bounds), "rules/some/rule.yaml:3")


@st.composite
def flat_rules(draw: st.DrawFn) -> FlatRule:
    signs = draw(st.lists(st.sampled_from((None, None, True, False)), min_size=ATOMS, max_size=8))
    bounds = draw(
        st.lists(
            st.builds(
                Bound,
                st.integers(0, NUMBERS - 1),
                st.sampled_from(("ge", "gt", "le", "lt")),
                st.sampled_from(CONSTANTS),
            ),
            max_size=3,
        )
    )
    true = [atom for atom, sign in enumerate(signs) if sign is True]
    false = [atom for atom, sign in enumerate(signs) if sign is False]
    if not (true or false or bounds):
        true = [draw(st.integers(0, ATOMS - 1))]
    return rule(draw(st.permutations(true)), false, bounds)


@st.composite
def states(draw: st.DrawFn) -> State:
    signs = [draw(st.sampled_from((None, True, True, False))) for _ in range(ATOMS)]
    ends = st.sampled_from(CONSTANTS) | st.floats(allow_nan=False, allow_infinity=False)
    intervals = st.none() | st.tuples(ends, ends).map(lambda pair: (min(pair), max(pair)))
    numbers = draw(st.lists(intervals, min_size=NUMBERS, max_size=NUMBERS))
    true = sum(1 << atom for atom, sign in enumerate(signs) if sign is True)
    false = sum(1 << atom for atom, sign in enumerate(signs) if sign is False)
    return true, false, numbers


@settings(max_examples=300, deadline=None)
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


def workload(count: int) -> tuple[list[FlatRule], list[State]]:
    chance = random.Random(7)  # noqa: S311 (a workload, not a secret)
    rules = [
        rule(
            chance.sample(range(10), 2),
            chance.sample(range(10, 16), 1),
            [Bound(chance.randrange(3), chance.choice(("ge", "lt")), chance.choice((18, 40, 65)))],
        )
        for _ in range(count)
    ]
    asked: list[State] = []
    for _ in range(200):
        known = [chance.choice((None, True, False)) for _ in range(16)]
        true = sum(1 << atom for atom, sign in enumerate(known) if sign is True)
        false = sum(1 << atom for atom, sign in enumerate(known) if sign is False)
        ages = [chance.choice(((12.0, 12.0), (40, 41), (17, 70), None)) for _ in range(3)]
        asked.append((true, false, ages))
    return rules, asked


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


@pytest.mark.parametrize(
    "name", ["assert_fact", "start_action_for_state", "complete_and_start_action", "retract_fact"]
)
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, RuntimeError, MemoryError])
@pytest.mark.parametrize("after", [False, True])
def test_an_interrupted_session_is_never_used_again(
    monkeypatch: pytest.MonkeyPatch, name: str, error: type[BaseException], *, after: bool
) -> None:
    rules, asked = workload(100)
    engine = DurableRules([rules])
    state = max(asked, key=lambda state: len(expected(rules, *state)))
    real = getattr(durable.load_engine(), name)

    def broken(*arguments: object) -> object:
        if after:
            real(*arguments)
        raise error

    with monkeypatch.context() as context:
        context.setattr(durable.load_engine(), name, broken)
        raised = EngineFault if issubclass(error, Exception) else error
        with pytest.raises(raised):
            engine.fire(0, *state)
    for each in (state, *asked):
        assert engine.fire(0, *each) == expected(rules, *each)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("assert_fact", (2, 1)),
        ("assert_fact", (3, 1)),
        ("start_action_for_state", None),
        ("start_action_for_state", ("{}", '{"r0":{"m":{}}}')),
        ("complete_and_start_action", '{"r0":{"m":{}}}'),
        ("complete_and_start_action", '{"r99":{"m":{}}}'),
        ("complete_and_start_action", "nonsense"),
        ("retract_fact", (1, 1)),
    ],
)
def test_an_answer_that_must_not_be_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, name: str, answer: object
) -> None:
    rules = [rule((0,)), rule((0, 1))]
    engine = DurableRules([rules])
    with monkeypatch.context() as context:
        context.setattr(durable.load_engine(), name, lambda *_: answer)
        with pytest.raises(EngineFault):
            engine.fire(0, 0b11, 0, [])
    assert engine.fire(0, 0b11, 0, []) == {0, 1}


def test_an_engine_that_does_not_fire_its_rules_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(durable.load_engine(), "assert_fact", lambda *_: (1, 1))
    with pytest.raises(EngineFault, match="does not fire"):
        DurableRules([[rule((0,))]])


def test_a_ruleset_that_the_engine_refuses_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def create_ruleset(*_: object) -> int:
        raise RuntimeError("Could not create ruleset, error code: 112")

    monkeypatch.setattr(durable.load_engine(), "create_ruleset", create_ruleset)
    with pytest.raises(EngineFault, match="112"):
        DurableRules([[rule((0,))]])


def test_a_signal_handler_may_ask_while_its_thread_asks() -> None:
    rules, asked = workload(60)
    engine = DurableRules([rules])
    wrong: list[State] = []

    def handler(*_: object) -> None:
        wrong.extend(s for s in asked[:3] if engine.fire(0, *s) != expected(rules, *s))
        signal.setitimer(signal.ITIMER_REAL, 0.002)  # armed again only now: no pile of handlers

    previous = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.002)
    try:
        end = time.monotonic() + 1
        while time.monotonic() < end:
            wrong.extend(s for s in asked if engine.fire(0, *s) != expected(rules, *s))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert not wrong


def python(code: str, timeout: float = 20) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(code)],
        env=environment,
        timeout=timeout,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
def test_a_forked_child_and_its_parent_both_answer() -> None:
    done = python("""
        import os, threading
        from seriatim.inference.durable import DurableRules, FlatRule
        rules = [FlatRule((0, i), (), (), "x") for i in range(1, 200)]
        engine = DurableRules([rules])
        stop = threading.Event()
        def busy():
            while not stop.is_set():
                engine.fire(0, (1 << 200) - 1, 0, [])
        thread = threading.Thread(target=busy)
        thread.start()  # so that most forks happen while the lock is held
        for turn in range(10):
            child = os.fork()
            if not child:
                right = all(engine.fire(0, 0b1011, 0, []) == {0, 2} for _ in range(50))
                os._exit(0 if right else 3)
            assert os.waitpid(child, 0)[1] == 0
            assert engine.fire(0, 0b1101, 0, []) == {1, 2}
        stop.set()
        thread.join()
        print("agreed")
    """)
    assert (done.stdout, done.returncode) == ("agreed\n", 0), done.stderr


def resident() -> int:
    """Kilobytes of this process in memory."""
    path = Path("/proc/self/status")
    if not path.exists():
        pytest.skip("memory is read from /proc")
    found = re.search(r"VmRSS:\s*(\d+)", path.read_text())
    return int(found[1]) if found else 0


def growth(calls: int) -> int:
    rules, asked = workload(300)
    engine = DurableRules([rules])
    for state in asked:
        engine.fire(0, *state)
    before = resident()
    for turn in range(calls):
        engine.fire(0, *asked[turn % len(asked)])
    return resident() - before


def test_memory_is_flat_over_50_000_calls() -> None:
    assert growth(50_000) < 2000


@pytest.mark.campaign
def test_memory_is_flat_over_a_million_calls() -> None:
    assert growth(1_000_000) < 4000


def test_memory_is_flat_over_builds() -> None:
    rules, _ = workload(60)
    for _ in range(20):
        DurableRules([rules])
    before = resident()
    for _ in range(200):  # 400 MB if nothing were freed, 150 MB if the sessions were not
        DurableRules([rules])
    assert resident() - before < 20_000


def test_a_missing_extension_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    with pytest.raises(ImportError, match=r"pip install durable-rules==2\.0\.28"):
        durable.load_engine()


def test_the_loader_flags_are_restored() -> None:
    if not hasattr(sys, "getdlopenflags"):
        pytest.skip("this platform has no loader flags")
    before = sys.getdlopenflags()
    durable.load_engine()
    assert sys.getdlopenflags() == before


def test_importing_the_module_loads_no_engine() -> None:
    done = python(
        "import sys, seriatim.inference.durable; print('durable_rules_engine' in sys.modules)"
    )
    assert done.stdout == "False\n", done.stderr


def test_hashes_are_those_of_the_engine() -> None:
    assert durable.name_hash("id") == 926444256
    assert durable.name_hash("sid") == 3593476751
    assert durable.name_hash("$and") == 3746487396
    assert importlib.import_module("durable_rules_engine") is durable.load_engine()
