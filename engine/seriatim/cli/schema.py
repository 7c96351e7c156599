"""`seriatim schema`: JSON Schemas of every kind of file, for editors."""

from __future__ import annotations

from seriatim.cli.output import say_json
from seriatim.cli.problems import CannotRunError, among
from seriatim.knowledge.schemas import json_schemas


def print_schema(kind: str | None) -> None:
    """The schema of one kind of file, or of all by kind."""
    schemas = json_schemas()
    if kind is None:
        say_json(schemas)
    elif kind in schemas:
        say_json(schemas[kind])
    else:
        raise CannotRunError(f"{kind!r} is not a kind of file{among(kind, schemas)}")
