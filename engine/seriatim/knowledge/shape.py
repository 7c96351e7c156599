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
_MAPPINGS = frozenset({"model_type", "model_attributes_type", "dict_type"})
_LISTS = frozenset({"tuple_type", "list_type"})
_NUMBERS = frozenset({"float_type", "float_parsing", "int_type", "int_parsing", "int_from_float"})


def validate(document: Document, model: type[M]) -> M | None:
    """Return the model of a document, or None with diagnostics added to the document."""
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
        # A union reports every branch; the branch that had the right form says most.
        for detail in sorted(error.errors(), key=lambda each: each["type"] in _LISTS | _MAPPINGS):
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
        key = path[-1] if path else None
        if isinstance(key, int) and len(path) > 1:  # in a list: the list's own key
            key = path[-2]
        if key not in QUOTED_KEYS or path in document.quoted:
            continue
        value = value_at(document.value, path)
        if value is None or isinstance(value, (dict, list)):
            continue
        yield document.problem(
            "M207", path, f"{key} {value} stands without quotes", expected=f'"{value}"'
        )


def value_at(value: Any, path: Path) -> Any:
    """Return the value at a path; None where there is none."""
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _diagnostic(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Diagnostic:
    path = real_path(document.value, detail["loc"])
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    name = next((part for part in reversed(path) if isinstance(part, str)), "the file")
    problem = document.problem
    if kind == "extra_forbidden":
        fields = fields_at(model, path[:-1])
        near, expected = nearest(name, fields), _one_of(fields)
        return problem(
            "M201", path, f"unknown key {name!r}", expected=expected, nearest=near, key=True
        )
    if kind == "missing":
        return problem("M202", path[:-1], f"key {detail['loc'][-1]!r} is missing")
    code, expected, near = "M206", "", ()
    if kind == "literal_error":
        choices = choices_of(str(context.get("expected", "")))
        code, expected = "M203", _one_of(choices)
        near = nearest(given, choices) if isinstance(given, str) else ()
    elif kind == "string_type":
        code, expected = "M204", f'text in quotes ("{given}")' if _is_scalar(given) else "text"
    elif kind == "string_pattern_mismatch":
        code, expected = "M205", f"the form {context.get('pattern')}"
    elif kind in _MAPPINGS:
        fields = fields_at(model, path)
        expected = "a mapping" + (f" with keys {', '.join(fields)}" if fields else "")
    elif kind in _LISTS:
        expected = "a list"
    elif kind in _NUMBERS:
        expected = "a number without quotes"
    if expected:
        found = f"{name} is {given!r}" if _is_scalar(given) else f"{name} has another form"
        return problem(code, path, found, expected=expected, nearest=near)
    message = str(context.get("error") or detail["msg"])
    shown = f" ({name} is {given!r})" if _is_scalar(given) else f" ({name})"
    return problem(code, path, message[:1].lower() + message[1:] + shown)


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float, bool))


def choices_of(expected: str) -> list[str]:
    """The choices in pydantic's `'a', 'b' or 'c'`."""
    return [each.strip("' ") for each in expected.replace(" or ", ", ").split(", ")]


def _one_of(names: typing.Iterable[str]) -> str:
    ordered = list(names)
    return ("one of " if len(ordered) > 1 else "") + ", ".join(ordered)


def real_path(value: Any, location: tuple[str | int, ...]) -> Path:
    """Take the names of union branches, which pydantic puts in between, out of a location."""
    path: list[str | int] = []
    for position, part in enumerate(location):
        in_list = isinstance(value, list) and isinstance(part, int) and part < len(value)
        if in_list or (isinstance(value, dict) and part in value):
            path.append(part)
            value = value[part]
        elif position == len(location) - 1 and isinstance(value, dict):
            path.append(part)
    return tuple(path)


def fields_at(model: Any, path: Path) -> list[str]:
    """List the keys that are allowed at a path of a model."""
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
