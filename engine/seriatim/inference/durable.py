"""durable-rules, the engine that fires the rules, kept inside its envelope (see envelope.py).

Sessions are taken out of their object while they are in use and put back after a clean end only,
so an interruption leaves none behind that holds a fact.
"""

import importlib
import itertools
import os
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Protocol, cast

from seriatim.inference.envelope import (
    Bound,
    EnvelopeError,
    FlatRule,
    Ruleset,
    name_hash,
)
from seriatim.inference.plan import Plan, Teller, plan_of

__all__ = [
    "Bound",
    "DurableRules",
    "EngineFault",
    "EnvelopeError",
    "FlatRule",
    "load_engine",
    "name_hash",
]

_ruleset_number = itertools.count()


class EngineFault(Exception):  # noqa: N818 (it is the engine that is at fault)
    """durable-rules answered what it must not; every session of the object was thrown away."""


class _Engine(Protocol):
    """The functions of the extension that the envelope calls."""

    def create_ruleset(self, name: str, rules: str, /) -> int: ...
    def delete_ruleset(self, handle: int, /) -> None: ...
    def delete_state(self, handle: int, session: str, /) -> None: ...
    def assert_fact(self, handle: int, fact: str, /) -> tuple[int, int]: ...
    def retract_fact(self, handle: int, fact: str, /) -> tuple[int, int]: ...
    def start_action_for_state(self, handle: int, state: int, /) -> tuple[str, str] | None: ...
    def complete_and_start_action(self, handle: int, state: int, /) -> str | None: ...


def load_engine() -> _Engine:
    """Load the extension, bound lazily: a symbol that it never calls is gone in Python 3.13.

    Raises ImportError with an installation hint.
    """
    eager = sys.getdlopenflags() if hasattr(sys, "getdlopenflags") else None
    try:
        if eager is not None:
            sys.setdlopenflags(os.RTLD_LAZY)
        return cast("_Engine", importlib.import_module("durable_rules_engine"))
    except ImportError as error:
        raise ImportError(
            "the extension module durable_rules_engine cannot be loaded: install durable-rules"
            " 2.0.28 (pip install durable-rules==2.0.28; it needs a C compiler and the Python"
            f" headers). The loader said: {error}"
        ) from error
    finally:
        if eager is not None:
            sys.setdlopenflags(eager)


class _Session:
    """One ruleset inside the engine, with its one session. Never shared, never entered twice.

    ``delete_ruleset`` alone leaks the session (0.7 MB of 2 MB for 60 rules), and ``delete_state``
    crashes where no action ever ran. Here every rule runs once at the start, so both are called,
    in this order, when nothing refers to the session any longer. A session that was interrupted
    is in an unknown state: it is left where it is, never entered or freed. So is one that a forked
    child inherits.
    """

    __slots__ = ("engine", "handle", "pid", "ran", "rules", "unsettled")

    def __init__(self, engine: _Engine, ruleset: Ruleset) -> None:
        """Create the ruleset, and have each rule fire on the fact that just satisfies it."""
        self.unsettled, self.ran = True, False
        self.engine, self.rules, self.pid = engine, ruleset.rules, os.getpid()
        name = f"seriatim{next(_ruleset_number)}"
        self.handle = engine.create_ruleset(name, ruleset.definition)
        for index, example in zip(ruleset.rules.values(), ruleset.examples, strict=True):
            fired: set[int] = set()
            self.ask(example, fired)
            if index not in fired:
                raise EngineFault(f"rule {index} does not fire on the fact {example}")

    def ask(self, fact: str, fired: set[int]) -> None:
        """Add the rules that fire on the fact. Only a clean end leaves the session settled."""
        self.unsettled = True
        engine, handle = self.engine, self.handle
        code, state = engine.assert_fact(handle, fact)
        if code == 0:  # handled: some rule matches, so there is an action
            action = engine.start_action_for_state(handle, state)
            message = action[1] if action else None
            while message is not None:
                index = self.rules.get(message[2 : message.find('"', 2)])
                if index is None or index in fired:
                    raise EngineFault(f"unknown rule, or fired twice: {message[:40]}")
                fired.add(index)
                message = engine.complete_and_start_action(handle, state)
            if action is None or engine.retract_fact(handle, fact)[0] != 0:
                raise EngineFault("a fact matched without an action, or was not retracted")
            self.ran = True
        elif code != 1:  # 1: no rule matches, and then the engine stores nothing
            raise EngineFault(f"the fact was answered with code {code}: seen before or deferred")
        self.unsettled = False

    def __del__(self, current: Callable[[], int] = os.getpid) -> None:
        # a session that was interrupted before it had a first attribute has nothing to free
        if getattr(self, "ran", False) and not self.unsettled and self.pid == current():
            self.engine.delete_state(self.handle, "0")
            self.engine.delete_ruleset(self.handle)


class _Home:
    """What belongs to one process: the lock, and the sessions while nobody is inside them."""

    __slots__ = ("lock", "pid", "sessions")

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.lock = threading.RLock()  # a signal handler may ask while its own thread asks
        self.sessions: list[list[_Session]] | None = None


class DurableRules:
    """Strata of flat rules in durable-rules. Safe in threads, in forked children and when stopped.

    The sessions are taken out of the object while they are in use and put back after a clean end.
    So whatever ends a call early (a fault, KeyboardInterrupt, MemoryError) leaves none behind, and
    the next call builds new ones. A forked child never enters its parent's sessions or its lock.
    Memory is about 30 KB a rule, and a ruleset of 60 takes some 6 to 10 ms to build.
    """

    def __init__(self, strata: Sequence[Sequence[FlatRule]], plan: Plan | None = None) -> None:
        """Compile (unless there is a plan) and build.

        Raises EnvelopeError, EngineFault, ImportError (no extension).
        """
        self._plan = plan or plan_of(strata)
        self._tellers = [[Teller(each, self._plan) for each in row] for row in self._plan.rulesets]
        self._engine = load_engine()
        self._home = _Home()
        self._home.sessions = self._build()

    def _build(self) -> list[list[_Session]]:
        try:
            return [[_Session(self._engine, each) for each in row] for row in self._plan.rulesets]
        except EngineFault:
            raise
        except Exception as error:
            raise EngineFault(f"durable-rules refused a ruleset: {error!r}") from error

    def fire(
        self,
        stratum: int,
        true: int,
        false: int,
        numbers: Sequence[tuple[float, float] | None],
    ) -> set[int]:
        """Return the indices, within the stratum, of the rules that fire.

        ``true`` and ``false`` are bit sets over the atoms; ``numbers[i]`` is the known interval
        (low, high) of number i, or None: ge and gt are decided on low, le and lt on high. What is
        not known satisfies nothing. Raises ValueError for an atom that is both true and false and
        for an interval that is empty or not finite, EngineFault if the engine misbehaves.
        """
        if true & false:
            raise ValueError(f"atoms known both true and false, as a bit set: {true & false:#x}")
        questions: list[tuple[int, str]] = []
        for place, teller in enumerate(self._tellers[stratum]):
            active = true & teller.anchors
            if active or teller.always:
                fact = teller.fact(active, true, false, numbers)
                if fact is not None:
                    questions.append((place, fact))
        return self._ask(stratum, questions) if questions else set()

    def _ask(self, stratum: int, questions: list[tuple[int, str]]) -> set[int]:
        home = self._home
        if home.pid != os.getpid():
            home = self._home = _Home()
        fired: set[int] = set()
        with home.lock:
            sessions, home.sessions = home.sessions, None
            if sessions is None:
                sessions = self._build()
            try:
                for place, fact in questions:
                    sessions[stratum][place].ask(fact, fired)
            except EngineFault:
                raise
            except Exception as error:
                raise EngineFault(f"durable-rules failed: {error!r}") from error
            home.sessions = sessions
        return fired
