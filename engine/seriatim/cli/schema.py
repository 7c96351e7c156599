"""`seriatim schema`: JSON Schemas of every kind of file, for editors."""

from __future__ import annotations

from seriatim.cli.output import say_json
from seriatim.cli.problems import InputError
from seriatim.knowledge.nearest import nearest
from seriatim.knowledge.schemas import json_schemas


def print_schema(kind: str | None) -> None:
    """The schema of one kind of file, or of all by kind."""
    schemas = json_schemas()
    if kind is None:
        say_json(schemas)
    elif kind in schemas:
        say_json(schemas[kind])
    else:
        near = nearest(kind, schemas) or tuple(schemas)
        raise InputError(f"{kind!r} is not a kind of file; there is {', '.join(near)}")
