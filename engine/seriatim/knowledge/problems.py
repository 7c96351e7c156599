"""What pydantic finds wrong with a profile, field by field, in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from seriatim.errors import ProfileProblem
from seriatim.knowledge.nearest import nearest
from seriatim.knowledge.shape import choices_of, fields_at, real_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

    from seriatim.knowledge.yamltext import Path
    from seriatim.model.rule import Observation

_ENTRY = re.compile(r"(\w+)\[(\d+)\]")
WORDS = {
    "float_type": "a number is wanted",
    "int_type": "a whole number is wanted",
    "bool_type": "true or false is wanted",
    "string_type": "text is wanted",
    "tuple_type": "a list is wanted",
    "list_type": "a list is wanted",
    "dict_type": "names with values are wanted",
    "model_type": "a name, or keys with values, is wanted",
    "missing": "is missing",
    "string_too_short": "is empty",
    "string_too_long": "is too long",
    "too_long": "has too many entries",
    "finite_number": "must be a finite number",
}


def problems_of(
    error: ValidationError,
    model: type[BaseModel],
    value: object,
    observations: Mapping[str, Observation],
) -> list[ProfileProblem]:
    """One problem for each field that is wrong; `observations` are those that are known of."""
    found: dict[str, ProfileProblem] = {}
    for detail in error.errors():
        path = real_path(value, detail["loc"])
        problem = _problem(detail, path, model, observations)
        found.setdefault(problem.field, problem)
    return list(found.values())


def _problem(
    detail: ErrorDetails,
    path: Path,
    model: type[BaseModel],
    observations: Mapping[str, Observation],
) -> ProfileProblem:
    kind = detail["type"]
    near: tuple[str, ...] = ()
    if kind == "extra_forbidden":
        valid = fields_at(model, path[:-1])
        message = f"unknown field; the fields are {', '.join(valid)}"
        near = nearest(str(path[-1]), valid)
    elif kind == "literal_error":
        valid = choices_of(str(detail.get("ctx", {}).get("expected", "")))
        message = f"{_shown(detail['input'])} is not one of {', '.join(valid)}"
        near = nearest(str(detail["input"]), valid) if isinstance(detail["input"], str) else ()
    else:
        message = WORDS.get(kind, detail["msg"].removeprefix("Value error, "))
        if path[:1] == ("observations",) and kind in ("bool_type", "int_type", "float_type"):
            message = f"{_wanted(observations.get(str(path[-1])))} is wanted"
        if message.endswith("wanted"):
            message += f", not {_shown(detail['input'])}"
    return ProfileProblem(dotted(path) or "profile", message, near)


def _wanted(kind: Observation | None) -> str:
    """What an observation takes, by what is known of it."""
    if kind is None:
        return "a number, or true or false,"
    if kind.type == "yes-no":
        return "true or false"
    return f"a number, {kind.unit}," if kind.unit else "a number"


class Rest:
    """A profile without the fields that are wrong, so that the others are read in the same run."""

    def __init__(self, given: Mapping[str, Any], problems: Iterable[ProfileProblem]) -> None:
        wrong = {part for each in problems for part in (each.field, _part_of(each.field))}
        self.profile: dict[str, Any] = {}
        self._kept: dict[str, list[int]] = {}
        for name, value in given.items():
            if name in wrong:
                continue
            if isinstance(value, (list, tuple)):
                kept = [at for at in range(len(value)) if f"{name}[{at}]" not in wrong]
                self._kept[name] = kept
                value = [value[at] for at in kept]  # noqa: PLW2901
            elif isinstance(value, Mapping):
                value = {k: each for k, each in value.items() if f"{name}.{k}" not in wrong}  # noqa: PLW2901
            self.profile[name] = value

    def as_given(self, each: ProfileProblem) -> ProfileProblem:
        """A problem of the rest under the place that it has in the whole."""
        found = _ENTRY.match(each.field)
        if found is None:
            return each
        position = self._kept[found[1]][int(found[2])]
        field = f"{found[1]}[{position}]{each.field[found.end() :]}"
        return ProfileProblem(field, each.message, each.nearest)


def _part_of(field: str) -> str:
    """`therapies[1]` of `therapies[1].drug`: the smallest part that can be left out."""
    if field == "profile":  # of the profile as such, only the age is ever wrong
        return "age"
    if found := _ENTRY.match(field):
        return found[0]
    return field if field.startswith("observations.") else field.partition(".")[0]


def dotted(path: Path) -> str:
    """`therapies[1].drug` for a path."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    return text


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004 - a line's worth
