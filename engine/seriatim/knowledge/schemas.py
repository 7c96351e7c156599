"""JSON Schemas of every kind of file, and of reports; the loader checks more than they can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from seriatim.model.evidence import EvidenceReport
from seriatim.model.label import Label
from seriatim.model.profile import PatientProfile
from seriatim.model.rule import Library, Rule, Vocabulary
from seriatim.model.series import Series
from seriatim.model.terms import TermsFile

if TYPE_CHECKING:
    from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FILES: dict[str, tuple[type[BaseModel], str]] = {
    "series": (Series, "cases/<id>.yaml: one publication"),
    "terms": (TermsFile, "cases/terms/*.yaml: diagnoses, drugs, classes or adverse events"),
    "label": (Label, "cases/labels/<id>.yaml: one drug's label in one jurisdiction"),
    "library": (Library, "cases/library.yaml: the version of the knowledge"),
    "vocabulary": (Vocabulary, "rules/vocabulary.yaml: the words that rules share"),
    "rule": (Rule, "rules/<family>/<id>.yaml: one rule"),
    "profile": (PatientProfile, "a patient profile"),
}
_NUMBER = {
    "description": "exactly one comparison",
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "properties": {
        word: {"type": ["number", "string"]} for word in ("at_least", "above", "at_most", "below")
    },
    "additionalProperties": False,
}
_TERM = {"type": "string", "description": "an id of cases/terms/, or a $variable of for:"}
_CONDITION: dict[str, Any] = {
    "description": (
        "One name with one value. A conclusion of rules/vocabulary.yaml is a condition too; "
        "`seriatim check` says which names and terms are known."
    ),
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "properties": {
        **dict.fromkeys(
            ("diagnosis", "could_be", "history_of", "tried", "taking", "considering", "had"), _TERM
        ),
        "age": _NUMBER,
        "tried_count": _NUMBER,
        "sex": {"type": "string"},
        "response": {"type": "object", "required": ["to", "is"]},
        "stopped": {"type": "object", "required": ["drug", "because"]},
        "had_with": {"type": "object", "required": ["event", "drug"]},
        "observation": {"type": "object", "minProperties": 1, "maxProperties": 1},
        "any": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Condition"}},
        "not": {"$ref": "#/$defs/Condition"},
    },
}


def json_schemas() -> dict[str, dict[str, Any]]:
    """Make a JSON Schema (2020-12) for each kind of file and for reports, by kind."""
    schemas = {kind: _schema(model, says) for kind, (model, says) in _FILES.items()}
    _kind_stands_at_the_head(schemas["terms"])
    _conditions(schemas["rule"])
    _exactly_one(schemas["rule"]["$defs"]["Then"])
    _exactly_one(schemas["series"]["$defs"]["Recompute"])
    _bare_names(schemas["profile"])
    written = "a report, as it is written in JSON"
    schemas["report"] = _schema(EvidenceReport, written, "serialization")
    return schemas


def _schema(
    model: type[BaseModel], says: str, mode: Literal["validation", "serialization"] = "validation"
) -> dict[str, Any]:
    made = model.model_json_schema(by_alias=True, mode=mode)
    made.pop("description", None)
    return {"$schema": DIALECT, "title": made.pop("title"), "description": says, **made}


def _exactly_one(part: dict[str, Any]) -> None:
    part["minProperties"] = part["maxProperties"] = 1


def _kind_stands_at_the_head(schema: dict[str, Any]) -> None:
    """Let a concept leave its kind to the head of its file, as the loader does."""
    schema["$defs"]["Concept"]["required"].remove("kind")


def _conditions(schema: dict[str, Any]) -> None:
    schema["$defs"]["Condition"] = _CONDITION
    schema["properties"]["when"]["items"] = {"$ref": "#/$defs/Condition"}


def _bare_names(schema: dict[str, Any]) -> None:
    """Take a bare name where a mapping may stand, and null for whatever is not known."""
    name = {"type": "string", "minLength": 1}
    for key, definition in (
        ("diagnoses", "Diagnosis"),
        ("therapies", "Therapy"),
        ("adverse_events", "AdverseEvent"),
    ):
        items = {"anyOf": [name, {"$ref": f"#/$defs/{definition}"}]}
        for part in _parts(schema["properties"][key]):
            if part.get("type") == "array":
                part["items"] = items
    for key, part in schema["properties"].items():
        if not any(each.get("type") == "null" for each in _parts(part)):
            described = {each: part.pop(each) for each in ("title", "default") if each in part}
            schema["properties"][key] = {**described, "anyOf": [part, {"type": "null"}]}


def _parts(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [schema, *schema.get("anyOf", ())]
