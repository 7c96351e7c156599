"""JSON Schemas of answers that have no model of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
TEXTS: Schema = {"type": "array", "items": TEXT}
ANY: Schema = {}


def answers() -> dict[str, Schema]:
    """All of them by name."""
    return {**_small(), **_exports(), **_about()}


def obj(says: str, needs: Mapping[str, Schema], may: Mapping[str, Schema] | None = None) -> Schema:
    """An object with these members and no others."""
    return {
        "type": "object",
        "description": says,
        "required": list(needs),
        "properties": {**needs, **(may or {})},
        "additionalProperties": False,
    }


def many(items: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": items}


def ref(name: str) -> Schema:
    """A reference to one of the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def _small() -> dict[str, Schema]:
    fault = obj(
        "One thing that is wrong.",
        {"pointer": {**TEXT, "description": "JSON pointer (RFC 6901)"}, "detail": TEXT},
        {"nearest": {**TEXTS, "description": "the nearest valid names"}},
    )
    return {
        "Problem": {
            **obj(
                "Problem details (RFC 9457).",
                {"type": {**TEXT, "format": "uri"}, "title": TEXT, "status": WHOLE},
                {"detail": TEXT, "request_id": TEXT, "errors": many(fault)},
            ),
        },
        "Claim": _claim(),
        "Hits": obj("Terms that were found, best first.", {"query": TEXT, "hits": many(_hit())}),
        "Knowledge": _knowledge(),
        "SeriesEntry": obj(
            "A publication in short.",
            {
                **dict.fromkeys(("id", "status", "citation", "read"), TEXT),
                **dict.fromkeys(("courses", "patients"), WHOLE),
            },
        ),
        "Replay": _replay(),
        "Reading": _reading(),
        "FhirAnswer": obj(
            "The report, and what of the FHIR data it was made from.",
            {"report": ref("Report"), "reading": ref("Reading")},
        ),
    }


def _claim() -> Schema:
    reading = obj("Another reading.", {"reading": TEXT, "rows_give": ANY, "holds": ANY})
    texts = ("series", "claim", "topic", "verdict", "says", "printed")
    return obj(
        "A statement of a publication, held against its rows.",
        {
            **dict.fromkeys(texts, TEXT),
            "at": {"type": "object"},
            **dict.fromkeys(("value", "rows_give", "recomputed"), ANY),
            "alternatives": many(reading),
            "courses": TEXTS,
            "counterexamples": TEXTS,
            "why": MAYBE_TEXT,
            "note": MAYBE_TEXT,
        },
    )


def _hit() -> Schema:
    ranks = {"type": "string", "enum": ["exact", "prefix", "word", "fuzzy"]}
    return obj(
        "A term; an open name has no id, and says what it could be.",
        {
            "id": MAYBE_TEXT,
            "kind": TEXT,
            "name": TEXT,
            "short": MAYBE_TEXT,
            "matched": obj("By which name.", {"text": TEXT, "by": TEXT, "rank": ranks}),
            "could_be": TEXTS,
            "why": MAYBE_TEXT,
        },
    )


def _knowledge() -> Schema:
    series = dict.fromkeys(("id", "hash", "status", "citation", "read"), TEXT)
    return obj(
        "Which knowledge answers.",
        {
            **dict.fromkeys(("version", "released", "maintained_by", "hash", "engine"), TEXT),
            "courses": WHOLE,
            "rules": WHOLE,
            "series": many(obj("A series.", series)),
        },
    )


def _replay() -> Schema:
    pair = obj("Before and now.", {"old": ANY, "new": ANY})
    change = obj("A value that differs.", {"path": TEXT}, {"old": ANY, "new": ANY})
    return obj(
        "What differs from a saved report.",
        {
            "result": TEXT,
            "knowledge": pair,
            "engine": pair,
            "changes": many(change),
            "more": WHOLE,
        },
    )


def _reading() -> Schema:
    fact = obj(
        "A fact of the profile, the resource it came from, and how it was recognised.",
        dict.fromkeys(("field", "term", "resource", "how", "matched"), TEXT),
        {"note": TEXT, "resources": TEXTS, "count": WHOLE},
    )
    left = obj("Left out.", {"resource_type": TEXT, "count": WHOLE, "why": TEXT})
    return {
        "type": "object",
        "description": "What was read from FHIR data; no name, birth date or other identifier.",
        "required": ["profile", "facts", "conflicts", "skipped", "unrecognised"],
        "properties": {
            "profile": ref("Profile"),
            "facts": many(fact),
            "conflicts": many(obj("A conflict.", {"statement": TEXT, "resources": TEXTS})),
            "skipped": many(left),
            "unrecognised": {"type": "object", "additionalProperties": WHOLE},
            "resources": WHOLE,
            "incomplete": FLAG,
        },
    }


def _exports() -> dict[str, Schema]:
    return {
        "Bundle": {
            "type": "object",
            "description": "A FHIR R4 collection Bundle.",
            "required": ["resourceType", "type"],
            "properties": {
                "resourceType": {"const": "Bundle"},
                "type": {"const": "collection"},
                "entry": many({"type": "object", "required": ["fullUrl", "resource"]}),
            },
        },
        "Phenopacket": {
            "type": "object",
            "description": "A GA4GH Phenopacket v2.",
            "required": ["id", "subject", "medicalActions", "metaData"],
        },
        "Cohort": {
            "type": "object",
            "description": "A GA4GH Cohort of Phenopackets.",
            "required": ["id", "description", "metaData"],
        },
    }


def _about() -> dict[str, Schema]:
    attribute = {
        "type": "object",
        "required": ["number", "id", "name", "stated", "says"],
        "properties": {
            "number": {"type": "integer", "minimum": 1, "maximum": 13},
            "id": TEXT,
            "name": TEXT,
            "stated": FLAG,
            "says": TEXT,
            "use": {"enum": ["used", "used in part", "not used", None]},
            "reported": {"enum": ["printed", "not reported", "not stated"]},
            "in_series": TEXT,
        },
    }
    attributes = obj(
        "The thirteen source attributes.", {"after": TEXT, "attributes": many(attribute)}
    )
    series = obj(
        "A series.",
        {"id": TEXT, "status": TEXT, "source_attributes": attributes, "data": {"type": "object"}},
    )
    point = obj("A point.", {"id": TEXT, "title": TEXT, "says": TEXTS})
    basis = obj("For a review.", {"after": TEXT, "stated": FLAG, "points": many(point)})
    return {
        "About": obj(
            "Source attributes and the basis for an independent review.",
            {
                "engine": TEXT,
                "knowledge": {"type": "object", "additionalProperties": TEXT},
                "counts": {"type": "object", "additionalProperties": WHOLE},
                "basis_for_review": basis,
                "series": many(series),
            },
        ),
        "OneSeries": {
            "type": "object",
            "description": "A publication with the ids of its courses.",
            "required": ["id", "status", "citation", "courses", "source_attributes", "data"],
            "properties": {
                "id": TEXT,
                "citation": {"type": "object"},
                "courses": TEXTS,
                "source_attributes": attributes,
                "data": {"type": "object"},
            },
        },
    }
