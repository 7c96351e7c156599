"""A profile from a file: strict YAML or JSON, every problem with its line and column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

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


def read_profile(path: str) -> tuple[PatientProfile, Document]:
    """The profile in a file, or on standard input for `-`.

    Raises InputError with everything that is wrong with it.
    """
    document = read_yaml(
        read_bytes(path, MAX_BYTES), name_of(path), max_bytes=MAX_BYTES, max_nodes=MAX_NODES
    )
    if document.diagnostics:
        raise InputError("\n".join(_first(list(map(str, document.diagnostics)))))
    return _validated(document), document


def _validated(document: Document) -> PatientProfile:
    fields = ", ".join(PatientProfile.model_fields)
    if document.value is None:
        raise InputError(f"{document.path}: the profile is empty; its fields are {fields}")
    if not isinstance(document.value, dict):
        kind = "a list" if isinstance(document.value, list) else "plain text or a number"
        raise InputError(f"{document.path}: this is {kind}, not the fields of a profile ({fields})")
    try:
        return PatientProfile.model_validate(document.value)
    except ValidationError as error:
        from seriatim.knowledge.problems import problems_of  # noqa: PLC0415 - bad input only

        found = problems_of(error, PatientProfile, document.value, document)
        raise InputError(placed(found, document)) from None


def placed(problems: Sequence[ProfileProblem], document: Document) -> str:
    """One line for each problem: `profile.yaml:4:5: therapies[1].drug: …`."""
    return "\n".join(_first([_placed(each, document) for each in problems]))


def _placed(each: ProfileProblem, document: Document) -> str:
    line, column = each.line, each.column
    if line is None or column is None:
        line, column = document.place(path_of(each.field))
    plain = ProfileProblem(each.field, each.message, each.nearest)
    return f"{document.path}:{line}:{column}: {plain}"


def path_of(field: str) -> Path:
    """`therapies[1].drug` as keys and positions."""
    return tuple(int(index) if index else key for key, index in _PART.findall(field))


def _first(lines: list[str]) -> list[str]:
    """Enough of them; a file of ten thousand mistakes does not fill the screen."""
    more: list[Any] = lines[MOST_SHOWN:]
    return [*lines[:MOST_SHOWN], *([f"and {len(more):,} more"] if more else [])]
