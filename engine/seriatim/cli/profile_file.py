"""A profile from a file: strict YAML or JSON, every problem with its line and column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from seriatim.cli.files import name_of, read_bytes
from seriatim.cli.problems import InputError
from seriatim.errors import ProfileProblem
from seriatim.knowledge.yamltext import read_yaml
from seriatim.model.profile import PatientProfile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.knowledge.yamltext import Document, Path

MAX_BYTES = 1_000_000
MAX_NODES = 50_000
MOST_SHOWN = 20
_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def read_profile(path: str) -> Document:
    """The file, or standard input for `-`, as the fields of a profile and their places.

    Raises InputError if it holds none.
    """
    document = read_yaml(
        read_bytes(path, MAX_BYTES), name_of(path), max_bytes=MAX_BYTES, max_nodes=MAX_NODES
    )
    if isinstance(document.value, dict):
        return document
    if document.diagnostics:
        raise InputError(told((), document))
    fields = ", ".join(PatientProfile.model_fields)
    if document.value is None:
        raise InputError(f"{document.path}: the profile is empty; its fields are {fields}")
    kind = "a list" if isinstance(document.value, list) else "plain text or a number"
    raise InputError(f"{document.path}: this is {kind}, not the fields of a profile ({fields})")


def told(problems: Sequence[ProfileProblem], document: Document) -> str:
    """One line for each problem, in the order of the file: `profile.yaml:4:5: drug: …`."""
    lines = [((each.line, each.column), str(each)) for each in document.diagnostics]
    taken = {place for place, _line in lines}
    for each in problems:
        place = _place(each, document)
        if place not in taken:  # else it follows from what is no plain YAML there
            plain = ProfileProblem(each.field, each.message, each.nearest)
            lines.append((place, f"{document.path}:{place[0]}:{place[1]}: {plain}"))
    lines.sort(key=lambda line: line[0])
    return "\n".join(_first([line for _place, line in lines]))


def _place(each: ProfileProblem, document: Document) -> tuple[int, int]:
    """Where the value of a field stands, or the key if there is no such field."""
    from seriatim.knowledge.shape import fields_at  # noqa: PLC0415 - bad input only

    path = path_of(each.field)
    fields = fields_at(PatientProfile, path[:-1])
    unknown = bool(fields) and path[-1] not in fields
    return document.place(path, key=unknown)


def path_of(field: str) -> Path:
    """`therapies[1].drug` as keys and positions."""
    return tuple(int(index) if index else key for key, index in _PART.findall(field))


def _first(lines: list[str]) -> list[str]:
    """Enough of them; a file of ten thousand mistakes does not fill the screen."""
    more: list[Any] = lines[MOST_SHOWN:]
    return [*lines[:MOST_SHOWN], *([f"and {len(more):,} more"] if more else [])]
