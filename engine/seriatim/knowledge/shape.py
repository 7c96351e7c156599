"""Holds a parsed document against its model; each mismatch becomes a diagnostic at its place."""

from __future__ import annotations

import types
import typing
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from seriatim.knowledge.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.yamltext import Document, Path

M = TypeVar("M", bound=BaseModel)

QUOTED_KEYS = frozenset({"printed", "code", "quote", "dose", "volume", "issue", "first_page"})
"""Text that a YAML reader could take for something else: always in quotes."""


def validate(document: Document, model: type[M]) -> M | None:
    """The model of a document, or None with diagnostics added to the document."""
    if document.value is None:
        if not document.diagnostics:
            document.diagnostics.append(document.problem("M200", (), "the file is empty"))
        return None
    before = len(document.diagnostics)
    document.diagnostics.extend(_unquoted(document))
    result = None
    try:
        result = model.model_validate(document.value)
    except ValidationError as error:
        for detail in error.errors():
            document.diagnostics.append(_diagnostic(document, model, detail))
    document.diagnostics[before:] = _unique(document.diagnostics[before:])
    return result


def _unique(found: list[Diagnostic]) -> list[Diagnostic]:
    """One problem for each place: a union reports every branch that did not fit."""
    seen: dict[tuple[int, int, str], Diagnostic] = {}
    for each in found:
        seen.setdefault((each.line, each.column, each.code[0]), each)
    return list(seen.values())


def _unquoted(document: Document) -> Iterator[Diagnostic]:
    for path in document.places:
        keys = [part for part in path[-2:] if isinstance(part, str)]
        if not keys or keys[-1] not in QUOTED_KEYS or path in document.quoted:
            continue
        value = value_at(document.value, path)
        if value is None or isinstance(value, (dict, list)):
            continue
        yield document.problem(
            "M207", path, f"{keys[-1]} {value} stands without quotes", expected=f'"{value}"'
        )


def value_at(value: Any, path: Path) -> Any:
    """The value at a path; None where there is none."""
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _diagnostic(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Diagnostic:
    path = _real_path(document.value, detail["loc"])
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    name = path[-1] if path else ""
    if kind == "extra_forbidden":
        fields = _fields(model, path[:-1])
        near = nearest(str(name), fields)
        return document.problem(
            "M201", path, f"unknown key {name!r}", expected=_one_of(fields), nearest=near, key=True
        )
    if kind == "missing":
        return document.problem("M202", path[:-1], f"key {detail['loc'][-1]!r} is missing")
    if kind == "literal_error":
        choices = [each.strip("' ") for each in _choices(str(context.get("expected", "")))]
        return document.problem(
            "M203",
            path,
            f"{name} is {given!r}",
            expected=_one_of(choices),
            nearest=nearest(str(given), choices) if isinstance(given, str) else (),
        )
    if kind in ("string_type", "string_sub_type"):
        return document.problem(
            "M204", path, f"{name} is {given!r}, not text", expected=f'text in quotes ("{given}")'
        )
    if kind == "string_pattern_mismatch":
        return document.problem(
            "M205", path, f"{name} is {given!r}", expected=f"the form {context.get('pattern')}"
        )
    message = str(context.get("error") or detail["msg"])
    shown = f" ({name} is {given!r})" if isinstance(given, (str, int, float, bool)) else ""
    return document.problem("M206", path, message[:1].lower() + message[1:] + shown)


def _choices(expected: str) -> list[str]:
    return expected.replace(" or ", ", ").split(", ")


def _one_of(names: typing.Iterable[str]) -> str:
    ordered = list(names)
    return ("one of " if len(ordered) > 1 else "") + ", ".join(ordered)


def _real_path(value: Any, location: tuple[str | int, ...]) -> Path:
    """The location without the names of union branches that pydantic puts in between."""
    path: list[str | int] = []
    for position, part in enumerate(location):
        if isinstance(value, dict) and part in value:
            path.append(part)
            value = value[part]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            path.append(part)
            value = value[part]
        elif position == len(location) - 1 and isinstance(value, dict):
            path.append(part)
    return tuple(path)


def _fields(model: Any, path: Path) -> list[str]:
    """The keys that are allowed at a path of a model."""
    found = [model]
    for part in path:
        found = [inner for each in found for inner in _step(each, part)]
    keys: list[str] = []
    for each in found:
        if isinstance(each, type) and issubclass(each, BaseModel):
            keys += [field.alias or name for name, field in each.model_fields.items()]
    return list(dict.fromkeys(keys))


def _step(model: Any, part: str | int) -> list[Any]:
    if isinstance(model, type) and issubclass(model, BaseModel):
        for name, field in model.model_fields.items():
            if part in (name, field.alias):
                return _open(field.annotation)
        return []
    arguments = typing.get_args(model)
    origin = typing.get_origin(model)
    if origin is dict and len(arguments) > 1:
        return _open(arguments[1])
    if origin in (tuple, list) and arguments:
        return _open(arguments[0])
    return []


def _open(annotation: Any) -> list[Any]:
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _open(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return [inner for each in typing.get_args(annotation) for inner in _open(each)]
    return [annotation]
