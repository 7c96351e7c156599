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
_OF_THE_WHOLE = frozenset({"missing", "too_short", "too_long", "value_error"})
"""What is wrong with a list or mapping as such, whatever is wrong within it."""
_EXPECTED = {
    **dict.fromkeys(_LISTS, "a list"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number without quotes"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "a whole number without quotes"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    "string_too_short": "text",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "less than {lt:g}",
    "less_than_equal": "at most {le:g}",
    "too_short": "at least {min_length}",
    "too_long": "at most {max_length}",
}
_COUNTS = {1: "one", 2: "two", 3: "three"}


def validate(document: Document, model: type[M]) -> M | None:
    """Return the model of a document, or None with diagnostics added to the document."""
    if document.value is None:
        if not document.diagnostics:
            document.diagnostics.append(document.problem("M200", (), "the file is empty"))
        return None
    found = dict(_unquoted(document))
    result = None
    try:
        result = model.model_validate(document.value)
    except ValidationError as error:
        for path, detail in faults(document.value, error):
            found.setdefault(path, _diagnostic(document, model, path, detail))
    document.diagnostics.extend(found.values())
    return result


def faults(value: Any, error: ValidationError) -> list[tuple[Path, ErrorDetails]]:
    """What is wrong, with its path: one for each value, though a union reports every branch."""
    placed = [(real_path(value, each["loc"]), each) for each in error.errors()]
    # The branch that had the right form says most.
    placed.sort(key=lambda each: each[1]["type"] in _LISTS | _MAPPINGS)
    around = {path[:end] for path, _detail in placed for end in range(len(path))}
    return [
        (path, detail)
        for path, detail in placed
        if not _is_long_enough(detail) and (path not in around or detail["type"] in _OF_THE_WHOLE)
    ]


def _is_long_enough(detail: ErrorDetails) -> bool:
    """Whether a list is called too short only because entries of it are wrong."""
    if detail["type"] != "too_short":
        return False
    return len(detail["input"]) >= int(detail["ctx"]["min_length"])


def _unquoted(document: Document) -> Iterator[tuple[Path, Diagnostic]]:
    for path in document.places:
        key = path[-1] if path else None
        if isinstance(key, int) and len(path) > 1:  # in a list: the list's own key
            key = path[-2]
        if key not in QUOTED_KEYS or path in document.quoted:
            continue
        value = value_at(document.value, path)
        if value is None or isinstance(value, (dict, list)):
            continue
        text = value if isinstance(value, str) else shown(value)
        found = f"{key} {text} stands without quotes"
        yield path, document.problem("M207", path, found, expected=f'"{text}"')


def value_at(value: Any, path: Path) -> Any:
    """Return the value at a path; None where there is none."""
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _diagnostic(
    document: Document, model: type[BaseModel], path: Path, detail: ErrorDetails
) -> Diagnostic:
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
        if isinstance(detail["loc"][-1], str):
            return problem("M202", path[:-1], f"key {name!r} is missing")
        given = value_at(document.value, path)
    if isinstance(given, list) and kind in _OF_THE_WHOLE:
        expected = _length_of(model, path) or _EXPECTED[kind].format_map(context)
        return problem("M206", path, f"{name} has {_entries(len(given))}", expected=expected)
    code, near = "M206", ()
    expected = _EXPECTED.get(kind, "").format_map(context)
    if kind == "literal_error":
        choices = choices_of(str(context.get("expected", "")))
        code, expected = "M203", _one_of(choices)
        near = nearest(given, choices) if isinstance(given, str) else ()
    elif kind == "string_type":
        text = f'text in quotes ("{shown(given)}")' if _is_scalar(given) else "text"
        code, expected = "M204", "text" if given is None else text
    elif kind == "string_pattern_mismatch":
        code, expected = "M205", f"the form {context.get('pattern')}"
    elif kind in _MAPPINGS:
        fields = fields_at(model, path)
        expected = "a mapping" + (f" with keys {', '.join(fields)}" if fields else "")
    if expected:
        return problem(code, path, _found(name, given), expected=expected, nearest=near)
    message = str(context.get("error") or detail["msg"])
    where = f" ({_found(name, given)})" if _is_scalar(given) else f" ({name})"
    return problem(code, path, message[:1].lower() + message[1:] + where)


def _found(name: str, given: Any) -> str:
    """What stands there, as it would be said of a file."""
    if given is None or given == "":
        return f"{name} is empty"
    return f"{name} is {shown(given)}" if _is_scalar(given) else f"{name} has another form"


def _entries(count: int) -> str:
    return f"{count or 'no'} {'entry' if count in (0, 1) else 'entries'}"


def _length_of(model: type[BaseModel], path: Path) -> str:
    """`two courses` for a list of so many and no other; nothing for any other."""
    for each in annotations_at(model, path):
        arguments = typing.get_args(each)
        if typing.get_origin(each) is tuple and Ellipsis not in arguments:
            return f"{_COUNTS[len(arguments)]} {str(path[-1]).rpartition('_')[2]}"
    return ""


def shown(value: Any) -> str:
    """A scalar as YAML writes it: `true`, not `True`."""
    return str(value).lower() if isinstance(value, bool) else repr(value)


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
    keys: list[str] = []
    for each in annotations_at(model, path):
        if isinstance(each, type) and issubclass(each, BaseModel):
            keys += [field.alias or name for name, field in each.model_fields.items()]
    return list(dict.fromkeys(keys))


def annotations_at(model: Any, path: Path) -> list[Any]:
    """What may stand at a path of a model: every branch of a union."""
    found = [model]
    for part in path:
        found = [inner for each in found for inner in _step(each, part)]
    return found


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
