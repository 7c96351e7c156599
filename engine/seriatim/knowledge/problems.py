"""What pydantic finds wrong with a profile, field by field, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.errors import ProfileProblem
from seriatim.knowledge.nearest import nearest
from seriatim.knowledge.shape import choices_of, fields_at, real_path

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

    from seriatim.knowledge.yamltext import Document, Path

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
    error: ValidationError, model: type[BaseModel], value: object, document: Document | None = None
) -> list[ProfileProblem]:
    """One problem for each field that is wrong, with its place if the document is known."""
    found: dict[str, ProfileProblem] = {}
    for detail in error.errors():
        path = real_path(value, detail["loc"])
        problem = _problem(detail, path, model, document)
        found.setdefault(problem.field, problem)
    return list(found.values())


def _problem(
    detail: ErrorDetails, path: Path, model: type[BaseModel], document: Document | None
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
        if kind in WORDS and kind != "missing":
            message += f", not {_shown(detail['input'])}" if "wanted" in message else ""
    line = column = None
    if document is not None:
        line, column = document.place(path, key=kind == "extra_forbidden")
    return ProfileProblem(dotted(path) or "profile", message, near, line, column)


def dotted(path: Path) -> str:
    """`therapies[1].drug` for a path."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    return text


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004 - a line's worth
