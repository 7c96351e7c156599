"""The safe envelope around durable-rules, the engine that fires the rules.

Only the extension module ``durable_rules_engine`` is loaded, never the package ``durable``, whose
host starts threads, swallows exceptions and drops rules after ten seconds. What enters the engine:

- flat conjunctions over one flat fact: no joins, no OR, no ``none()``, no batches, no timers;
- keys that this module makes (``p3``, ``n3``, ``l0``, ``h0``) and small integers, so no string,
  no identifier and no number of a patient. A key that is not known is absent and satisfies
  nothing. A number enters as its rank among the constants that it is compared with: text such as
  ``1e-05`` is an error inside the engine, and ``18.4`` is read as 18 under a decimal comma locale;
- at most 60 rules a ruleset. The matcher's stack then never reaches its 64 entries (error 303)
  and no node reaches the 512 first conditions at which the engine loops forever;
- at most 200 keys a ruleset (the engine allows 251), with hashes that differ from one another and
  from every name that the engine knows, because it compares hashes and never names;
- one session and one fact identifier. The fact is retracted before the next one is asserted, so
  the session table cannot fill and no fact can be taken for one already seen.
"""

import importlib
import itertools
import os
import sys
import threading
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, cast

MAXIMUM_RULES = 60  # in one ruleset
MAXIMUM_KEYS = 200  # in one ruleset
MAXIMUM_CONDITIONS = 64  # in one rule

_SIDES = {"ge": "l", "gt": "l", "le": "h", "lt": "h"}
_OPERATORS = {"ge": "$gte", "gt": "$gt", "le": "$lte", "lt": "$lt"}
_ENGINE_NAMES = (
    "id sid sid-0 $s $m $i m all any pri count cap dist name $forward $eq $neq $gt $gte $lt $lte"
    " $ex $nex $mt $imt $iall $iany $and $or $add $sub $mul $div $l $r"
)
_EDGES = {"ge": 0, "gt": 1, "le": 0, "lt": -1}  # from a constant to the nearest rank that holds
_FACT = '{"id":"1","sid":"0"'
_LARGEST = sys.float_info.max
_ruleset_number = itertools.count()

_Need = tuple[int, int, int]  # what rules use: true atoms, false atoms, numbers, as bit sets


class EnvelopeError(Exception):
    """A rule that the envelope cannot hold; the message begins with the rule's ``where``."""


class EngineFault(Exception):  # noqa: N818 (it is the engine that is at fault)
    """durable-rules answered what it must not; every session of the object was thrown away."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A number of the profile against a constant; ``number`` is its dense index."""

    number: int
    op: Literal["ge", "gt", "le", "lt"]
    value: float


@dataclass(frozen=True, slots=True)
class FlatRule:
    """One conjunction: atoms known true, atoms known false, bounds; ``where`` is file and line."""

    true: tuple[int, ...]
    false: tuple[int, ...]
    bounds: tuple[Bound, ...]
    where: str


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


def name_hash(name: str) -> int:
    """Compute the 32 bits by which durable-rules knows a name (FNV over ASCII)."""
    value = 0x811C9DC5
    for byte in name.encode("ascii"):
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


_RESERVED = {name_hash(name): name for name in _ENGINE_NAMES.split()}


def _keys(rule: FlatRule) -> dict[int, str]:
    """Map hash to key for all keys of the rule. Raises EnvelopeError if it cannot be held."""
    indices = (*rule.true, *rule.false, *(bound.number for bound in rule.bounds))
    if not indices:
        raise EnvelopeError(f"{rule.where}: a rule without a condition would fire for everyone")
    if len(indices) > MAXIMUM_CONDITIONS:
        raise EnvelopeError(
            f"{rule.where}: {len(indices)} conditions; at most {MAXIMUM_CONDITIONS} are allowed"
        )
    if any(type(index) is not int or index < 0 for index in indices):
        raise EnvelopeError(f"{rule.where}: the index of an atom or a number is not 0 or more")
    if both := sorted(set(rule.true) & set(rule.false)):
        raise EnvelopeError(f"{rule.where}: atoms {both} must be both true and false")
    for bound in rule.bounds:
        if bound.op not in _SIDES:
            raise EnvelopeError(f"{rule.where}: unknown operator {bound.op!r}")
        if type(bound.value) not in (int, float) or not abs(bound.value) <= _LARGEST:
            raise EnvelopeError(f"{rule.where}: bound {bound.value!r} is not a finite number")
    keys = dict.fromkeys(f"p{atom}" for atom in rule.true)
    keys |= dict.fromkeys(f"n{atom}" for atom in rule.false)
    keys |= dict.fromkeys(f"{_SIDES[bound.op]}{bound.number}" for bound in rule.bounds)
    hashes: dict[int, str] = {}
    for key in keys:
        if other := _clash(hashes | _RESERVED, {name_hash(key): key}):
            raise EnvelopeError(f"{rule.where}: the names {other} and {key} have the same hash")
        hashes[name_hash(key)] = key
    return hashes


def _clash(held: dict[int, str], added: dict[int, str]) -> str | None:
    """Find the held name whose hash an added, different name shares."""
    return next((held[h] for h, name in added.items() if held.get(h, name) != name), None)


def _fits(held: dict[int, str], added: dict[int, str]) -> bool:
    return len(held | added) <= MAXIMUM_KEYS and _clash(held, added) is None


def _partition(rules: Sequence[FlatRule]) -> Iterator[list[tuple[int, int]]]:
    """Split a stratum into rulesets, each a list of pairs (anchor, index of the rule).

    The anchor of a rule is its true atom that the fewest rules use, -1 if it has none. Rules of
    one anchor stand together if they can. Rules without an anchor have rulesets of their own.
    """
    keys = [_keys(rule) for rule in rules]
    uses = Counter(atom for rule in rules for atom in set(rule.true))
    anchors = [min(rule.true, key=lambda atom: (uses[atom], atom), default=-1) for rule in rules]
    order = sorted((anchor, index) for index, anchor in enumerate(anchors))
    members: list[tuple[int, int]] = []
    held: dict[int, str] = {}
    for anchor, group in itertools.groupby(order, key=lambda member: member[0]):
        whole = list(group)
        union = {code: key for _, index in whole for code, key in keys[index].items()}
        apart = len(members) + len(whole) > MAXIMUM_RULES or not _fits(held, union)
        if members and (apart or members[0][0] == -1):
            yield members
            members, held = [], {}
        for _, index in whole:
            if len(members) == MAXIMUM_RULES or not _fits(held, keys[index]):
                yield members
                members, held = [], {}
            members.append((anchor, index))
            held = held | keys[index]
    if members:
        yield members


def _need(rule: FlatRule) -> _Need:
    numbers = {bound.number for bound in rule.bounds}
    return _bits(rule.true), _bits(rule.false), _bits(numbers)


def _bits(indices: Iterable[int]) -> int:
    return sum(1 << index for index in set(indices))


def _union(one: _Need, other: _Need) -> _Need:
    return one[0] | other[0], one[1] | other[1], one[2] | other[2]


class _Number:
    """One end of one number, and the constants that it is compared with, in order."""

    __slots__ = ("number", "side", "texts", "values")

    def __init__(self, side: str, number: int, values: list[float]) -> None:
        self.side, self.number, self.values = side, number, values
        self.texts = [f',"{side}{number}":{rank}' for rank in range(2 * len(values) + 1)]

    def rank(self, value: float) -> int:
        """Return an odd rank at a constant, an even one between two: ranks compare as values do."""
        return bisect_left(self.values, value) + bisect_right(self.values, value)

    def told(self, known: tuple[float, float]) -> str:
        """Assert this end of an interval. Raises ValueError if it is empty or not finite."""
        low, high = known
        if not -_LARGEST <= low <= high <= _LARGEST:
            raise ValueError(f"number {self.number} is not a finite interval: {known}")
        value = low if self.side == "l" else high
        return self.texts[bisect_left(self.values, value) + bisect_right(self.values, value)]


class _Ruleset:
    """One ruleset: its definition, and what it can be told."""

    __slots__ = ("definition", "examples", "needs", "numbers", "rules")

    def __init__(self, rules: Sequence[FlatRule], members: Sequence[tuple[int, int]]) -> None:
        used = [rules[index] for _, index in members]
        self.rules = {f"r{place}": index for place, (_, index) in enumerate(members)}
        self.needs: dict[int, _Need] = {}  # by anchor: a rule whose anchor is not true is told less
        for (anchor, _), rule in zip(members, used, strict=True):
            self.needs[anchor] = _union(self.needs.get(anchor, (0, 0, 0)), _need(rule))
        values: dict[tuple[str, int], set[float]] = {}
        for bound in (bound for rule in used for bound in rule.bounds):
            values.setdefault((_SIDES[bound.op], bound.number), set()).add(bound.value)
        ends = {place: _Number(*place, sorted(values[place])) for place in sorted(values)}
        self.numbers = list(ends.values())
        parts = [_conditions(rule, ends) for rule in used]
        shared = Counter(text for texts in parts for text in texts)  # first what most rules share
        ordered = [sorted(texts, key=lambda text: (-shared[text], text)) for texts in parts]
        self.definition = ",".join(
            f'"{name}":{{"all":[{{"m":{{"$and":[{",".join(texts)}]}}}}]}}'
            for name, texts in zip(self.rules, ordered, strict=True)
        ).join("{}")
        self.examples = [_example(rule, ends) for rule in used]


def _conditions(rule: FlatRule, ends: dict[tuple[str, int], _Number]) -> set[str]:
    texts = {f'{{"p{atom}":1}}' for atom in rule.true}
    texts |= {f'{{"n{atom}":1}}' for atom in rule.false}
    for bound in rule.bounds:
        side = _SIDES[bound.op]
        rank = ends[side, bound.number].rank(bound.value)
        texts.add(f'{{"{_OPERATORS[bound.op]}":{{"{side}{bound.number}":{rank}}}}}')
    return texts


def _example(rule: FlatRule, ends: dict[tuple[str, int], _Number]) -> str:
    """Make the fact that just satisfies the rule, each number at the edge of its bounds."""
    ranks: dict[str, int] = {f"p{atom}": 1 for atom in rule.true}
    ranks |= {f"n{atom}": 1 for atom in rule.false}
    for bound in rule.bounds:
        side = _SIDES[bound.op]
        edge = ends[side, bound.number].rank(bound.value) + _EDGES[bound.op]
        stricter = max if side == "l" else min
        ranks[f"{side}{bound.number}"] = stricter(edge, ranks.get(f"{side}{bound.number}", edge))
    return _FACT + "".join(f',"{key}":{rank}' for key, rank in ranks.items()) + "}"


def _told(bits: int, texts: dict[int, str], parts: list[str]) -> None:
    while bits:
        lowest = bits & -bits
        parts.append(texts[lowest.bit_length()])
        bits ^= lowest


class _Session:
    """One ruleset inside the engine, with its one session. Never shared, never entered twice.

    ``delete_ruleset`` alone leaks the session (0.7 MB of 2 MB for 60 rules), and ``delete_state``
    crashes where no action ever ran. Here every rule runs once at the start, so both are called,
    in this order, when nothing refers to the session any longer. A session that was interrupted
    is in an unknown state: it is left where it is, never entered or freed. So is one that a forked
    child inherits.
    """

    __slots__ = ("engine", "handle", "pid", "ran", "rules", "unsettled")

    def __init__(self, engine: _Engine, ruleset: _Ruleset) -> None:
        """Create the ruleset, and have each rule fire on the fact that just satisfies it."""
        self.unsettled, self.ran = True, False
        self.engine, self.rules, self.pid = engine, ruleset.rules, os.getpid()
        name = f"seriatim{next(_ruleset_number)}"
        self.handle = engine.create_ruleset(name, ruleset.definition)
        for index, example in zip(ruleset.rules.values(), ruleset.examples, strict=True):
            if index not in self.ask(example):
                raise EngineFault(f"rule {index} does not fire on the fact {example}")

    def ask(self, fact: str) -> set[int]:
        """Return the rules that fire on the fact. Only a clean end leaves the session settled."""
        self.unsettled = True
        engine, handle = self.engine, self.handle
        fired: set[int] = set()
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
            if not fired or engine.retract_fact(handle, fact)[0] != 0:
                raise EngineFault("a fact matched without an action, or was not retracted")
            self.ran = True
        elif code != 1:  # 1: no rule matches, and then the engine stores nothing
            raise EngineFault(f"the fact was answered with code {code}: seen before or deferred")
        self.unsettled = False
        return fired

    def __del__(self, current: Callable[[], int] = os.getpid) -> None:
        if self.ran and not self.unsettled and self.pid == current():
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

    def __init__(self, strata: Sequence[Sequence[FlatRule]]) -> None:
        """Compile and build. Raises EnvelopeError, EngineFault, ImportError (no extension)."""
        self._rulesets = [[_Ruleset(rules, each) for each in _partition(rules)] for rules in strata]
        self._asked: list[dict[int, list[tuple[int, _Need]]]] = []  # by bit length of the anchor
        for rulesets in self._rulesets:
            asked: dict[int, list[tuple[int, _Need]]] = {}
            for place, ruleset in enumerate(rulesets):
                for anchor, need in ruleset.needs.items():
                    asked.setdefault(anchor + 1, []).append((place, need))
            self._asked.append(asked)
        self._anchors = [_bits(length - 1 for length in each if length) for each in self._asked]
        rules = [rule for stratum in strata for rule in stratum]
        self._true = {i + 1: f',"p{i}":1' for rule in rules for i in rule.true}
        self._false = {i + 1: f',"n{i}":1' for rule in rules for i in rule.false}
        self._engine = load_engine()
        self._home = _Home()
        self._home.sessions = self._build()

    def _build(self) -> list[list[_Session]]:
        try:
            return [[_Session(self._engine, each) for each in row] for row in self._rulesets]
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
    ) -> frozenset[int]:
        """Return the indices, within the stratum, of the rules that fire.

        ``true`` and ``false`` are bit sets over the atoms; ``numbers[i]`` is the known interval
        (low, high) of number i, or None: ge and gt are decided on low, le and lt on high. What is
        not known satisfies nothing. Raises ValueError for an atom that is both true and false and
        for an interval that is empty or not finite, EngineFault if the engine misbehaves.
        """
        if true & false:
            raise ValueError(f"atoms known both true and false, as a bit set: {true & false:#x}")
        asked = self._asked[stratum]
        needs = dict(asked.get(0, ()))
        anchors = true & self._anchors[stratum]
        while anchors:
            lowest = anchors & -anchors
            for place, need in asked[lowest.bit_length()]:
                needs[place] = _union(needs[place], need) if place in needs else need
            anchors ^= lowest
        questions = []
        for place, (needs_true, needs_false, needs_numbers) in needs.items():
            parts: list[str] = []
            _told(true & needs_true, self._true, parts)
            _told(false & needs_false, self._false, parts)
            for end in self._rulesets[stratum][place].numbers:
                known = numbers[end.number] if needs_numbers >> end.number & 1 else None
                if known is not None:
                    parts.append(end.told(known))
            if parts:  # a ruleset to which nothing is known cannot match
                questions.append((place, _FACT + "".join(parts) + "}"))
        return self._ask(stratum, questions) if questions else frozenset()

    def _ask(self, stratum: int, questions: list[tuple[int, str]]) -> frozenset[int]:
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
                    fired |= sessions[stratum][place].ask(fact)
            except EngineFault:
                raise
            except Exception as error:
                raise EngineFault(f"durable-rules failed: {error!r}") from error
            home.sessions = sessions
        return frozenset(fired)
