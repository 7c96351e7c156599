"""The envelope around durable-rules: interruptions, faults, forks, memory and how it is loaded."""

import importlib
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from flat_programs import State, expected, rule, workload

from seriatim.inference import durable
from seriatim.inference.durable import DurableRules, EngineFault


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
