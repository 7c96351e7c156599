"""Facts as bit sets over the atoms of a program: true, false, and what is in neither unknown."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seriatim.inference.program import Program

Interval = tuple[float, float]
"""What is known of a number: its lowest and highest possible value."""


@dataclass(slots=True)  # one for each look-up: frozen ones take three times as long
class Facts:
    """Atoms as bit sets: `true` and `false`; in neither is unknown. `numbers` by index."""

    true: int
    false: int
    numbers: tuple[Interval | None, ...]


class AtomIndex:
    """The bits of a program's atoms by their names and arguments.

    `of_drug` has, for the atoms about a drug's response and its stop, all bits of one drug;
    `of_event`, for those about an event with a drug, all bits of one event. `of_events` and
    `of_therapies` are the bits of everything that is said of those.
    """

    def __init__(self, program: Program) -> None:
        self.bits: dict[str, dict[tuple[str, ...], int]] = defaultdict(dict)
        self.masks: dict[str, int] = defaultdict(int)
        for atom, index in program.atoms.items():
            self.bits[atom[0]][atom[1:]] = 1 << index
            self.masks[atom[0]] |= 1 << index
        self.of_drug: dict[str, dict[str, int]] = {}
        for name in ("response", "stopped"):
            self.of_drug[name] = self._by_first(name)
        self.of_event = self._by_first("had_with")
        self.of_events = self.kinds("had", "had_with", "reacted_to")
        self.of_therapies = self.kinds("tried", "taking", "response", "stopped")

    def _by_first(self, name: str) -> dict[str, int]:
        found: dict[str, int] = defaultdict(int)
        for args, bit in self.bits[name].items():
            found[args[0]] |= bit
        return found

    def kinds(self, *names: str) -> int:
        """The bits of all atoms of some names."""
        bits = 0
        for name in names:
            bits |= self.masks[name]
        return bits

    def bit(self, name: str, *args: str) -> int:
        """The bit of an atom; 0 if no rule asks for it."""
        return self.bits[name].get(args, 0)


class FactSet:
    """Facts being gathered from one profile."""

    def __init__(self, index: AtomIndex) -> None:
        self.index = index
        self.true = 0
        self.false = 0

    def add(self, name: str, *args: str) -> None:
        """Make an atom true."""
        self.true |= self.index.bit(name, *args)

    def close(self, bits: int, except_for: int = 0) -> None:
        """Make false what was not said among `bits`, apart from those of `except_for`."""
        self.false |= bits ^ bits & (self.true | except_for)
