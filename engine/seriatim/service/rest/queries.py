"""Query parameters: declared once, read strictly, and described from the same declaration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seriatim.knowledge.nearest import nearest
from seriatim.service.problems import Fault, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LONGEST = 200
"""Characters of a value."""
SWITCH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Param:
    """One query parameter.

    `choices` are the only values it takes; `switch` takes true or false, `most` a whole number
    from 1 to it.
    """

    name: str
    says: str
    example: str | None = None
    choices: tuple[str, ...] = ()
    switch: bool = False
    most: int | None = None
    default: Any = None
    required: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        if self.switch:
            return {"type": "boolean", "default": bool(self.default)}
        if self.most is not None:
            whole = {"type": "integer", "minimum": 1, "maximum": self.most}
            return whole | ({"default": self.default} if self.default is not None else {})
        if self.choices:
            return {"type": "string", "enum": list(self.choices)}
        return {"type": "string", "minLength": 1, "maxLength": LONGEST}

    def read(self, given: str) -> Any:
        """The value; raises ValueError with what is wanted."""
        if self.switch:
            if given not in SWITCH:
                raise ValueError("true or false is wanted")
            return SWITCH[given]
        if self.most is not None:
            if not (given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= self.most):
                raise ValueError(f"a whole number from 1 to {self.most} is wanted")
            return int(given)
        if self.choices and given not in self.choices:
            raise ValueError(f"one of {', '.join(self.choices)} is wanted")
        if not given.strip() or len(given) > LONGEST:
            raise ValueError(f"text of 1 to {LONGEST} characters is wanted")
        return given


def read_query(given: Sequence[tuple[str, str]], params: Iterable[Param]) -> dict[str, Any]:
    """Every declared parameter with its value or default.

    Raises Problem 400 with everything that is wrong: a name that is not known (a filter that is
    passed over would show too much), a name twice, a value that does not fit.
    """
    known = {each.name: each for each in params}
    faults = list(_names(given, known))
    values: dict[str, Any] = {each.name: each.default for each in known.values()}
    for name, text in given:
        if name in known:
            try:
                values[name] = known[name].read(text)
            except ValueError as error:
                near = nearest(text, known[name].choices) if known[name].choices else ()
                faults.append(Fault(_pointer(name), str(error), near))
    missing = (each for each in known.values() if each.required and values[each.name] is None)
    faults += [Fault(_pointer(each.name), "is missing") for each in missing if not faults]
    if faults:
        raise Problem(
            400,
            "invalid-query",
            "The query does not fit",
            f"The parameters are {', '.join(known)}." if known else "There are no parameters.",
            faults[:20],
        )
    return values


def _names(given: Sequence[tuple[str, str]], known: Mapping[str, Param]) -> Iterable[Fault]:
    seen: set[str] = set()
    for name, _text in given:
        if name not in known:
            yield Fault(_pointer(name), "unknown parameter", nearest(name, known))
        elif name in seen:
            yield Fault(_pointer(name), "stands twice")
        seen.add(name)


def _pointer(name: str) -> str:
    escaped = name[:80].replace("~", "~0").replace("/", "~1")
    return f"/query/{escaped}"
