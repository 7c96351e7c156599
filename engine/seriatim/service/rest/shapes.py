"""JSON Schemas of everything that is answered, for the description of the interface.

Those of profiles, reports, rules and terms are the project's own; the rest are in `shapes_answers`.
"""

from __future__ import annotations

from typing import Any

from seriatim.knowledge.schemas import json_schemas
from seriatim.service.rest.shapes_answers import TEXT, TEXTS, WHOLE, Schema, answers

_OF_THE_PATIENT = ("relation", "matched_on", "differs_on", "unknown_on")
"""What a cited case adds to a published course."""


def components() -> dict[str, Schema]:
    """Every schema by its name; references are between them."""
    own = json_schemas()
    found: dict[str, Schema] = {}
    _hoist(found, "Profile", own["profile"])
    _hoist(found, "Report", own["report"])
    found["Course"] = _course(found["ReportCase"])
    _hoist(found, "Rule", _rule(own["rule"]))
    _hoist(found, "Observation", _part(own["vocabulary"], "Observation"))
    _hoist(found, "Concept", _part(own["terms"], "Concept"))
    return {**found, **answers()}


def _hoist(into: dict[str, Schema], name: str, schema: Schema) -> None:
    """Put a schema among the components, and its own definitions beside it."""
    whole = _renamed(schema, f"#/components/schemas/{name}")
    for inner, part in whole.pop("$defs", {}).items():
        into[f"{name}{inner}"] = part
    whole.pop("$schema", None)
    into[name] = whole


def _renamed(value: Any, prefix: str) -> Any:
    if isinstance(value, dict):
        return {
            key: each.replace("#/$defs/", prefix) if key == "$ref" else _renamed(each, prefix)
            for key, each in value.items()
        }
    return [_renamed(each, prefix) for each in value] if isinstance(value, list) else value


def _part(schema: Schema, name: str) -> Schema:
    """One of a schema's definitions, with the others it may need."""
    return {**schema["$defs"][name], "$defs": schema["$defs"]}


def _course(case: Schema) -> Schema:
    """A case without what depends on a patient."""
    kept = {name: each for name, each in case["properties"].items() if name not in _OF_THE_PATIENT}
    needs = [name for name in case["required"] if name not in _OF_THE_PATIENT]
    return {
        **case,
        "title": "Course",
        "description": "A published course.",
        "properties": kept,
        "required": needs,
    }


def _rule(rule: Schema) -> Schema:
    more = {"source": TEXT, "conditions": TEXTS, "groundings": WHOLE}
    return {
        **rule,
        "properties": {**rule["properties"], **more},
        "required": [*rule["required"], *more],
    }
