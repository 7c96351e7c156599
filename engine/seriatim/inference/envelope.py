"""The safe envelope around durable-rules: what may enter the engine, and in what form.

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

import itertools
import sys
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

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
FACT = '{"id":"1","sid":"0"'
_LARGEST = sys.float_info.max

Need = tuple[int, int, int]  # what rules use: true atoms, false atoms, numbers, as bit sets


class EnvelopeError(Exception):
    """A rule that the envelope cannot hold; the message begins with the rule's ``where``."""


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


@lru_cache(maxsize=4096)
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
        code = name_hash(key)
        other = _RESERVED.get(code) or hashes.get(code)
        if other is not None and other != key:
            raise EnvelopeError(f"{rule.where}: the names {other} and {key} have the same hash")
        hashes[code] = key
    return hashes


def _clash(held: dict[int, str], added: dict[int, str]) -> str | None:
    """Find the held name whose hash an added, different name shares."""
    return next((held[h] for h, name in added.items() if held.get(h, name) != name), None)


def _fits(held: dict[int, str], added: dict[int, str]) -> bool:
    return len(held | added) <= MAXIMUM_KEYS and _clash(held, added) is None


def partition(rules: Sequence[FlatRule]) -> Iterator[list[tuple[int, int]]]:
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
            held.update(keys[index])
    if members:
        yield members


def _need(rule: FlatRule) -> Need:
    numbers = {bound.number for bound in rule.bounds}
    return bits_of(rule.true), bits_of(rule.false), bits_of(numbers)


def _weakest(musts: list[int]) -> tuple[int, ...]:
    """The sets that contain no other of them: if none of these is true, none of `musts` is."""
    found: list[int] = []
    for must in sorted(set(musts), key=lambda each: (each.bit_count(), each)):
        if all(each & ~must for each in found):
            found.append(must)
    return tuple(found)


def bits_of(indices: Iterable[int]) -> int:
    """The bit set of some positions."""
    return sum(1 << index for index in set(indices))


def union_of(one: Need, other: Need) -> Need:
    """What both use."""
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


class Ruleset:
    """One ruleset: its definition, and what it can be told."""

    __slots__ = ("definition", "examples", "musts", "needs", "numbers", "rules")

    def __init__(self, rules: Sequence[FlatRule], members: Sequence[tuple[int, int]]) -> None:
        used = [rules[index] for _, index in members]
        self.rules = {f"r{place}": index for place, (_, index) in enumerate(members)}
        self.needs: dict[int, Need] = {}  # by anchor: a rule whose anchor is not true is told less
        musts: dict[int, list[int]] = {}  # by anchor: what must be true for a rule of it to hold
        for (anchor, _), rule in zip(members, used, strict=True):
            need = _need(rule)
            self.needs[anchor] = union_of(self.needs.get(anchor, (0, 0, 0)), need)
            musts.setdefault(anchor, []).append(need[0])
        self.musts = {anchor: _weakest(found) for anchor, found in musts.items()}
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
    return FACT + "".join(f',"{key}":{rank}' for key, rank in ranks.items()) + "}"


def told(bits: int, texts: dict[int, str], parts: list[str]) -> None:
    """Add the text of every bit that is set to `parts`."""
    while bits:
        atom = bits.bit_length() - 1
        parts.append(texts[atom])
        bits ^= 1 << atom
