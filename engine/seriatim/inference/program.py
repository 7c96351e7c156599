"""The compiled rules: plain, frozen data that both engines run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seriatim.inference.conditions import Atom, Operator
    from seriatim.inference.durable import FlatRule
    from seriatim.model.base import Relation
    from seriatim.model.rule import Rule


@dataclass(frozen=True, slots=True)
class Literal_:  # noqa: N801 - `Literal` is typing's
    """An atom by its index, true or known false, and how the need is said."""

    atom: int
    negated: bool
    says: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number by its index against a constant, and how the need is said."""

    number: int
    operator: Operator
    value: float
    says: str


Check = Literal_ | Threshold


@dataclass(frozen=True, slots=True)
class Group:
    """Checks as bit sets: atoms that must be true, atoms that must be false, thresholds."""

    true: int
    false: int
    thresholds: tuple[Threshold, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class CiteEffect:
    """Courses to cite; `probable` only if a probable link holds."""

    drug: str
    relation: Relation
    courses: tuple[str, ...]
    probable: tuple[str, ...]
    because: str
    subgroup: str | None


@dataclass(frozen=True, slots=True)
class CautionEffect:
    """What to say, about which courses, on which label's word."""

    text: str
    concerns: str
    courses: tuple[str, ...]
    source: str | None


@dataclass(frozen=True, slots=True)
class AskEffect:
    """What to ask for and why."""

    fact: str
    because: str


@dataclass(frozen=True, slots=True)
class ConcludeEffect:
    """The atom that becomes true."""

    atom: int
    name: str
    of: tuple[str, ...]
    statement: str


Effect = CiteEffect | CautionEffect | AskEffect | ConcludeEffect


@dataclass(frozen=True, slots=True)
class GroundRule:
    """A rule under one binding.

    Holds if `all` holds and every group of `any` has a check that holds.
    """

    index: int
    rule: Rule
    bindings: tuple[tuple[str, str], ...]
    binding_names: tuple[tuple[str, str], ...]
    source: str
    stratum: int
    all: Group
    any: tuple[Group, ...]
    effect: Effect

    @property
    def label(self) -> str:
        """`same-diagnosis(diagnosis=behcet-disease, drug=anakinra)`."""
        inside = ", ".join(f"{name}={value}" for name, value in self.bindings)
        return f"{self.rule.id}({inside})"


@dataclass(frozen=True, slots=True)
class Program:
    """Everything both engines need.

    `strata[s]` lists the ground rules of a stratum; `flat[s]` the conjunctions for durable-rules
    and `flat_owner[s][i]` the ground rule that conjunction i of stratum s belongs to.
    """

    atoms: Mapping[Atom, int]
    atom_list: tuple[Atom, ...]
    derived: int
    numbers: Mapping[str, int]
    rules: tuple[GroundRule, ...]
    strata: tuple[tuple[GroundRule, ...], ...]
    flat: tuple[tuple[FlatRule, ...], ...] = field(repr=False)
    flat_owner: tuple[tuple[int, ...], ...] = field(repr=False)
    concludes: tuple[int, ...] = field(repr=False)
    """For each ground rule the bit of the atom that it concludes, or 0."""
    concluders: Mapping[int, tuple[int, ...]] = field(repr=False)
    """For each derived atom the ground rules that conclude it."""

    def bits_named(self, name: str) -> int:
        """The bits of all atoms of one name."""
        return sum(1 << index for atom, index in self.atoms.items() if atom[0] == name)

    def bits_of(self, *atoms: Atom) -> int:
        """The bits of these atoms; one that no rule asks for has none."""
        return sum({1 << self.atoms[each] for each in atoms if each in self.atoms})
