"""The language of `when:`: what each condition is called, takes, and means as atoms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from seriatim.knowledge.yamltext import Path
    from seriatim.model.terms import Kind

Atom = tuple[str, ...]
"""A fact that is true, false or unknown of a patient, such as ("tried", "colchicine")."""

Operator = Literal["ge", "gt", "le", "lt"]
OPERATORS: dict[str, Operator] = {
    "at_least": "ge",
    "above": "gt",
    "at_most": "le",
    "below": "lt",
}
OPERATOR_WORDS: dict[Operator, str] = {
    "ge": "at least",
    "gt": "above",
    "le": "at most",
    "lt": "below",
}
SYMBOLIC_AGES = ("youngest", "oldest")
LEVELS = ("none", "partial", "complete")
REASONS = ("no-response", "intolerance", "other")
SEXES = ("female", "male", "other")
NOTHING = "nothing"
GIVEN = "given"

TERMS: dict[str, tuple[Kind, ...]] = {
    "diagnosis": ("diagnosis",),
    "diagnosis_within": ("diagnosis",),
    "could_be": ("diagnosis",),
    "history_of": ("diagnosis",),
    "tried": ("drug", "class"),
    "taking": ("drug", "class"),
    "considering": ("drug", "class"),
    "had": ("event",),
    "reacted_to": ("drug", "class"),
}
"""Conditions that take one term, and of which kind."""

WORDS = {"considering": NOTHING, "diagnosis": GIVEN}
"""The word that may stand where a condition takes a term: that there is none, or any at all."""

DIAGNOSIS_GIVEN: Atom = ("diagnosis", GIVEN)

PAIRS: dict[str, tuple[tuple[str, tuple[Kind, ...] | tuple[str, ...]], ...]] = {
    "response": (("to", ("drug", "class")), ("is", LEVELS)),
    "stopped": (("drug", ("drug", "class")), ("because", REASONS)),
    "had_with": (("event", ("event",)), ("drug", ("drug", "class"))),
}
"""Conditions that take two named terms or words."""

NUMBERS = ("age", "tried_count")
GROUPS = ("any", "not")
BUILT_IN = (*TERMS, *PAIRS, *NUMBERS, "sex", "observation", *GROUPS)

SAYS = {
    "diagnosis": "diagnosis {0}",
    "diagnosis_within": "diagnosis {0}, or a narrower one",
    "could_be": "diagnosis possibly {0}",
    "history_of": "history of {0}",
    "tried": "{0} tried before",
    "taking": "{0} being given",
    "considering": "{0} under consideration",
    "had": "has had {0}",
    "had_with": "has had {0} with {1}",
    "reacted_to": "has had an adverse event with {0}",
    "response": "response to {0}: {1}",
    "stopped": "{0} stopped because of {1}",
    "sex": "sex {0}",
    "observation": "{0}",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """An atom that must be true, or known to be false. Arguments may still be `$variables`."""

    atom: Atom
    negated: bool
    path: Path


@dataclass(frozen=True, slots=True)
class Comparison:
    """A number of the profile against a constant, or the youngest or oldest published patient."""

    number: str
    operator: Operator
    value: float | str
    path: Path


Test = Fact | Comparison


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these must hold."""

    tests: tuple[Test, ...]
    path: Path


Condition = Fact | Comparison | AnyOf


def arguments(kind: str, value: Any) -> tuple[str, ...] | None:
    """The arguments of a condition of fixed form, or None if `value` has another form."""
    if kind in TERMS or kind == "sex":
        return (value,) if isinstance(value, str) else None
    keys = [key for key, _allowed in PAIRS[kind]]
    if not isinstance(value, dict) or set(value) != set(keys):
        return None
    found = tuple(value[key] for key in keys)
    return found if all(isinstance(each, str) for each in found) else None
