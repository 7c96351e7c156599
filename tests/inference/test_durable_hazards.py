"""Every known hazard of durable-rules: that the engine has it, and that the envelope has not.

What crashes, hangs or fills memory is shown in a child process with a time limit. A hazard whose
crash depends on the state of the heap is only shown where it shows itself reliably.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from seriatim.inference import durable, envelope
from seriatim.inference.durable import Bound, DurableRules, EnvelopeError, FlatRule, name_hash

PREAMBLE = """
import json
from seriatim.inference.durable import Bound, DurableRules, FlatRule, load_engine
engine = load_engine()
def ruleset(*patterns):
    rules = {f"r{i}": {"all": [pattern]} for i, pattern in enumerate(patterns)}
    return engine.create_ruleset("raw", json.dumps(rules))
"""

FACT = re.compile(r'\{"id":"1","sid":"0"(,"[pnlh]\d+":\d+)+\}')


def child(code: str, timeout: float = 10, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PREAMBLE + textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        timeout=timeout,
        capture_output=True,
        text=True,
        check=False,
    )


def ruleset(*patterns: dict[str, Any]) -> int:
    rules = {f"r{i}": {"all": [pattern]} for i, pattern in enumerate(patterns)}
    return durable.load_engine().create_ruleset("raw", json.dumps(rules))


def tell(handle: int, properties: str, identifier: str = "1", session: str = "0") -> int:
    """Code of the answer: 0 a rule matches, 1 none does, 2 the fact was seen before."""
    fact = f'{{"id":"{identifier}","sid":"{session}",{properties}}}'
    return durable.load_engine().assert_fact(handle, fact)[0]


def actions(handle: int, most: int = 100) -> list[str]:
    engine = durable.load_engine()
    started = engine.start_action_for_state(handle, 1)
    message = started[1] if started else None
    names: list[str] = []
    while message is not None and len(names) < most:
        names.append(message[2 : message.index('"', 2)])
        message = engine.complete_and_start_action(handle, 1)
    return names


def rule(*true: int, false: tuple[int, ...] = (), bounds: tuple[Bound, ...] = ()) -> FlatRule:
    return FlatRule(true, false, bounds, "rules/some/rule.yaml:3")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every fact that the engine is told during the test: keys of the envelope, small integers."""
    facts: list[str] = []
    engine = durable.load_engine()
    real: Callable[[int, str], tuple[int, int]] = engine.assert_fact

    def assert_fact(handle: int, fact: str) -> tuple[int, int]:
        facts.append(fact)
        return real(handle, fact)

    monkeypatch.setattr(engine, "assert_fact", assert_fact)
    yield facts
    assert facts
    assert all(FACT.fullmatch(fact) for fact in facts)


# Crashes and hangs


def test_session_table_overflow() -> None:
    done = child("""
        handle = ruleset({"m": {"x": 1}})
        try:
            for i in range(1025):
                engine.assert_fact(handle, '{"id":"1","sid":"%d","x":1}' % i)
        except MemoryError:
            print("full at", i, flush=True)
        engine.assert_fact(handle, '{"id":"2","sid":"%d","x":1}' % i)
    """)
    assert done.stdout == "full at 1024\n"
    assert done.returncode < 0  # killed by a signal

    engine = DurableRules([[rule(0)]])
    assert all(engine.fire(0, 1, 0, []) == {0} for _ in range(5000))


def test_every_patient_is_told_in_one_session_and_in_no_text(told: list[str]) -> None:
    bounds = (Bound(0, "ge", 1e-05), Bound(1, "lt", 1e16))
    engine = DurableRules([[rule(0, bounds=bounds), rule(1, 2, false=(3,)), rule(false=(4,))]])
    for state in range(32):
        engine.fire(0, state & 0b111, 0b11000, [(state / 7, 31.5), (1e-07, 1e300)])
    assert len(told) > 32


@pytest.mark.skipif(sys.platform != "linux", reason="the heap is poisoned by a setting of glibc")
def test_delete_state_without_an_action() -> None:
    done = child(
        """
        handle = ruleset({"m": {"x": 1}})
        engine.assert_fact(handle, '{"id":"1","sid":"0","y":1}')
        engine.delete_state(handle, "0")
        """,
        MALLOC_PERTURB_="165",
    )
    assert done.returncode < 0

    done = child(
        """
        rules = [FlatRule((i,), (), (), "x") for i in range(70)]
        for true in (0, 1, (1 << 70) - 1):
            for _ in range(3):
                DurableRules([rules]).fire(0, true, 0, [])
        DurableRules([rules])
        print("well")
        """,
        MALLOC_PERTURB_="165",
    )
    assert (done.stdout, done.returncode) == ("well\n", 0)


def test_joins_none_or_timers_and_regular_expressions() -> None:
    bounds = tuple(Bound(0, op, 18) for op in ("ge", "gt", "le", "lt"))
    rules = [rule(0, 1, false=(2,), bounds=bounds), rule(false=(2,)), rule(bounds=bounds)]
    allowed = {"$gte", "$gt", "$lte", "$lt"}
    for each in DurableRules([rules])._plan.rulesets[0]:
        for definition in json.loads(each.definition).values():
            assert list(definition) == ["all"]
            (pattern,) = definition["all"]  # one pattern: nothing to join
            ((name, body),) = pattern.items()
            assert (name, list(body)) == ("m", ["$and"])
            for condition in body["$and"]:
                ((key, value),) = condition.items()
                if key in allowed:
                    ((key, value),) = value.items()
                assert re.fullmatch(r"[pnlh]\d+", key)
                assert type(value) is int


def test_512_first_conditions() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        child('ruleset(*({"m": {f"k{i}": 1}} for i in range(513)))', timeout=2)

    engine = DurableRules([[rule(i) for i in range(600)] + [rule(false=(i,)) for i in range(600)]])
    assert engine.fire(0, (1 << 600) - 1, 0, []) == set(range(600))
    assert engine.fire(0, 0, (1 << 600) - 1, []) == set(range(600, 1200))


def test_an_absent_key_or_a_session_matches_the_session_itself() -> None:
    for pattern in ({"m": {"$nex": {"x": 1}}}, {"m": {"sid": "0"}}):
        handle = ruleset(pattern)
        tell(handle, '"y":1')
        assert actions(handle) == ["r0", "r0"]  # for the fact, and for the state of the session

    assert DurableRules([[rule(false=(0,))]]).fire(0, 0, 0, []) == set()  # not known is not false
    assert DurableRules([[rule(false=(0,))]]).fire(0, 0, 1, []) == {0}


# Silently wrong answers


def test_sessions_of_equal_hash_share_facts() -> None:
    assert name_hash("MRN645007747") == name_hash("MRN710525233")
    handle = ruleset({"m": {"x": 1}})
    assert tell(handle, '"x":1', session="MRN645007747") == 0
    assert tell(handle, '"x":1', session="MRN710525233") == 2  # another patient: "seen before"


def test_facts_of_equal_hash_are_taken_for_one() -> None:
    handle = ruleset({"m": {"x": 1}})
    assert tell(handle, '"x":1', identifier="MRN645007747") == 0
    assert tell(handle, '"x":1', identifier="MRN710525233") == 2

    engine = DurableRules([[rule(0)]])
    assert [engine.fire(0, 1, 0, []) for _ in range(3)] == [{0}] * 3  # retracted each time


def test_property_names_of_equal_hash_are_one_property() -> None:
    assert tell(ruleset({"m": {"rx6270109": 1}}), '"rx0148475":1') == 0

    atom, number = 30020, 8164
    assert name_hash(f"p{atom}") == name_hash(f"h{number}")
    bound = Bound(number, "le", 5)
    with pytest.raises(EnvelopeError, match=r"rule\.yaml:3: .*p30020 and h8164 have the same hash"):
        DurableRules([[rule(atom, bounds=(bound,))]])
    rules = [rule(1, atom), rule(1, bounds=(bound,)), rule(atom)]
    engine = DurableRules([rules])
    known = [None] * number + [(1.0, 1.0)]
    assert engine.fire(0, 0b10, 0, known) == {1}
    assert engine.fire(0, 0b10 | 1 << atom, 0, known) == {0, 1, 2}
    assert engine.fire(0, 1 << atom, 0, known) == {2}


def test_a_key_that_hashes_like_a_name_of_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(envelope._RESERVED, name_hash("p7"), "$and")  # no short key does
    with pytest.raises(EnvelopeError, match=r"the names \$and and p7 have the same hash"):
        DurableRules([[rule(7)]])


@pytest.mark.parametrize("text", ['"9"', '"unknown"', '"9 years"', "true", "1.0"])
def test_types_are_mixed(text: str) -> None:
    bound = 18 if text.startswith('"') else 1
    assert tell(ruleset({"m": {"$gte": {"age": bound}}}), f'"age":{text}') == 0


def test_nan_is_null() -> None:
    assert tell(ruleset({"m": {"age": None}}), '"age":NaN') == 0
    engine = DurableRules([[rule(bounds=(Bound(0, "ge", 18),))]])
    with pytest.raises(ValueError, match="not a finite interval"):
        engine.fire(0, 0, 0, [(float("nan"), float("nan"))])


def test_none_is_decided_before_the_batch_is_read() -> None:
    rules = {"r0": {"all": [{"drug": {"drug": 1}}, {"allergy$not": {"allergy": 1}}]}}
    engine: Any = durable.load_engine()
    handle = engine.create_ruleset("raw", json.dumps(rules))
    batch = '[{"id":"1","sid":"0","drug":1},{"id":"2","sid":"0","allergy":1}]'
    engine.assert_facts(handle, batch)
    assert actions(handle) == ["r0"]

    safe = DurableRules([[rule(0, false=(1,))]])
    assert safe.fire(0, 0b11, 0, []) == set()
    assert safe.fire(0, 0b01, 0b10, []) == {0}


def test_long_strings_are_cut() -> None:
    assert tell(ruleset({"m": {"drug": "a"}}), f'"drug":"a{"b" * 65536}"') == 0


@pytest.mark.parametrize("text", ["1e-05", "5e-05", "1e+16"])
def test_numbers_with_an_exponent_are_errors(text: str) -> None:
    handle = ruleset({"m": {"$gte": {"dose": 0}}})
    with pytest.raises(Exception, match="error code"):
        tell(handle, f'"dose":{text}')

    value = float(text)
    engine = DurableRules(
        [[rule(bounds=(Bound(0, op, value),)) for op in ("ge", "gt", "le", "lt")]]
    )
    assert engine.fire(0, 0, 0, [(value, value)]) == {0, 2}
    assert engine.fire(0, 0, 0, [(value * 1.0001, value * 1.0001)]) == {0, 1}
    assert engine.fire(0, 0, 0, [(value * 0.9999, value * 0.9999)]) == {2, 3}


def test_large_integers_lose_digits() -> None:
    handle = ruleset({"m": {"$gte": {"n": 2.5}}}, {"m": {"$gt": {"n": 9007199254740992.0}}})
    tell(handle, '"n":9007199254740993')
    assert actions(handle) == ["r0"]  # 2**53 + 1 is not greater than 2**53

    engine = DurableRules([[rule(bounds=(Bound(0, "gt", 2.0**53),))]])
    assert engine.fire(0, 0, 0, [(2**53 + 1, 2**53 + 1)]) == {0}
    assert engine.fire(0, 0, 0, [(2**53, 2**53)]) == set()


LOCALE = """
    import locale
    for name in ("de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8", "it_IT.UTF-8"):
        try:
            locale.setlocale(locale.LC_ALL, name)
            break
        except locale.Error:
            pass
    comma = locale.localeconv()["decimal_point"] == ","
    raw = ruleset({"m": {"$gte": {"n": 18.5}}})
    code = engine.assert_fact(raw, '{"id":"1","sid":"0","n":18.4}')[0]
    safe = DurableRules([[FlatRule((), (), (Bound(0, "ge", 18.5),), "x")]])
    fired = [len(safe.fire(0, 0, 0, [(n, n)])) for n in (18.4, 18.5, 18.6)]
    print(json.dumps([comma, code, fired]))
"""


def test_decimal_comma_locale(tmp_path: Path) -> None:
    environment = {}
    if (localedef := shutil.which("localedef")) and Path("/usr/share/i18n/locales/de_DE").exists():
        target = tmp_path / "de_DE.UTF-8"
        subprocess.run([localedef, "-i", "de_DE", "-f", "UTF-8", target], check=False)
        environment["LOCPATH"] = str(tmp_path)
    comma, code, fired = json.loads(child(LOCALE, timeout=10, **environment).stdout)
    assert fired == [0, 1, 1]
    assert code == (0 if comma else 1)  # 18.4 is at least 18.5, where the comma is decimal


def test_exceptions_are_swallowed_and_actions_run_on_other_threads() -> None:
    done = child("""
        import sys, threading
        DurableRules([[FlatRule((0,), (), (), "x")]]).fire(0, 1, 0, [])
        print("durable" in sys.modules, threading.active_count())
    """)
    assert done.stdout == "False 1\n"  # the host that does both is never loaded


def test_an_unfinished_action_silences_the_session() -> None:
    handle = ruleset({"m": {"x": 1}})
    tell(handle, '"x":1', identifier="1")
    durable.load_engine().start_action_for_state(handle, 1)  # and never completed
    tell(handle, '"x":1', identifier="2")
    assert actions(handle) == []  # for a minute, without an error


def test_post_fires_one_rule_of_five() -> None:
    handle = ruleset(*({"m": {"x": 1}} for _ in range(5)))
    engine: Any = durable.load_engine()
    engine.assert_event(handle, '{"id":"1","sid":"0","x":1}')
    assert len(actions(handle)) == 1

    assert DurableRules([[rule(0)] * 5]).fire(0, 1, 0, []) == {0, 1, 2, 3, 4}


def test_or_fires_once_for_each_true_branch() -> None:
    handle = ruleset({"m": {"$or": [{"a": 1}, {"b": 1}]}})
    tell(handle, '"a":1,"b":1')
    assert actions(handle) == ["r0", "r0"]


def test_what_was_derived_outlives_its_fact() -> None:
    engine = DurableRules([[rule(0)], [rule(1)]])
    assert engine.fire(0, 0b01, 0, []) == {0}
    assert engine.fire(1, 0b11, 0, []) == {0}
    assert engine.fire(1, 0b01, 0, []) == set()  # nothing is kept from one call to the next
    assert engine.fire(0, 0b00, 0, []) == set()


# Limits


def test_64_matching_branches() -> None:
    handle = ruleset(*({"m": {f"k{i}": 1}} for i in range(65)))
    with pytest.raises(Exception, match="303"):
        tell(handle, ",".join(f'"k{i}":1' for i in range(65)))

    rules = [rule(i) for i in range(65)]
    assert DurableRules([rules]).fire(0, (1 << 65) - 1, 0, []) == set(range(65))


def test_256_rules_with_the_same_conditions() -> None:
    with pytest.raises(Exception, match="108"):
        ruleset(*({"m": {"x": 1}} for _ in range(258)))
    assert DurableRules([[rule(0)] * 258]).fire(0, 1, 0, []) == set(range(258))


def test_properties_of_a_fact() -> None:
    handle = ruleset({"m": {"k0": 1}})
    with pytest.raises(Exception, match="302"):
        tell(handle, ",".join(f'"k{i}":1' for i in range(300)))

    rules = [rule(*range(10 * i, 10 * i + 10)) for i in range(100)]
    engine = DurableRules([rules])
    assert engine.fire(0, (1 << 1000) - 1, 0, []) == set(range(100))
    with pytest.raises(EnvelopeError, match="65 conditions; at most 64"):
        DurableRules([[rule(*range(65))]])
    assert DurableRules([[rule(*range(64))]]).fire(0, (1 << 64) - 1, 0, []) == {0}


@pytest.mark.campaign
def test_4096_rules() -> None:
    rules = [rule(i % 1000, 1000 + i % 7) for i in range(5000)]
    true = (1 << 1007) - 1
    assert DurableRules([rules]).fire(0, true, 0, []) == set(range(5000))


def test_an_unknown_operator_gives_only_a_number() -> None:
    with pytest.raises(Exception, match=r"error code: \d+$"):
        ruleset({"m": {"$gtee": {"age": 18}}})
    bound = Bound(0, "gtee", 18)  # type: ignore[arg-type]
    with pytest.raises(EnvelopeError, match=r"^rules/some/rule\.yaml:3: unknown operator 'gtee'"):
        DurableRules([[rule(0, bounds=(bound,))]])
