"""The interface described in OpenAPI 3.1, with examples that are real answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from seriatim._version import __version__
from seriatim.knowledge.schemas import DIALECT
from seriatim.service.problems import MEDIA_TYPE
from seriatim.service.rest.examples import Examples
from seriatim.service.rest.lookups import FHIR_TYPES
from seriatim.service.rest.negotiation import MEDIA
from seriatim.service.rest.operations import BASE, PAGES, WHY, Operation, format_of, ref
from seriatim.service.rest.shapes import components

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seriatim.service.context import Context
    from seriatim.service.rest.queries import Param

VERSION = "3.1.0"
INFO = """Cites the published patients that resemble one patient, and counts them honestly.

It cites; it never prescribes. Every course stands at a table, row and page. A profile holds no
name, date of birth or other identifier, and nothing of it is stored or logged. Errors are problem
details (RFC 9457). Answers about the library carry an ETag that changes with the knowledge."""
ERRORS = {
    "400": "The query, or the JSON of the body, cannot be read.",
    "401": "No valid bearer token; authentication is configured.",
    "403": "The token does not allow this.",
    "404": "There is no such thing in the library; the nearest names are given.",
    "406": "Nothing that is accepted is offered.",
    "408": "The body came too slowly.",
    "413": "The body is too long.",
    "415": "The body is not said to be JSON, or is compressed.",
    "421": "A private service was called by a name that is not of loopback.",
    "422": "The body cannot be understood; every field that is wrong is named.",
    "429": "Too many requests; Retry-After says when to come again.",
    "500": "Something went wrong here, or the two engines disagree; there is no answer.",
    "503": "The service is stopping or overloaded.",
}
REPORT = "#/components/examples/Report"
WITHOUT = ("/openapi", "/schemas")
"""Answers that are descriptions themselves: references in them would be taken for its own."""
ALWAYS = ("401", "403", "421", "429", "500", "503")
READ = ("400", "406", *ALWAYS)
SENT = ("400", "406", "408", "413", "415", "422", *ALWAYS)
TEXT_OF = {"markdown": "GitHub-flavoured Markdown", "html": "a page", "csv": "one row a course"}


def describe(operations: Sequence[Operation], context: Context) -> dict[str, Any]:
    """The whole description."""
    made = _Description(context)
    paths = {f"{BASE}{each.path}": {"get": made.get(each)} for each in operations}
    paths[f"{BASE}/lookup"] = {"post": made.look_up()}
    paths[f"{BASE}/replay"] = {"post": made.replay()}
    root = urlsplit(context.settings.base_url or "").path.rstrip("/")
    return {
        "openapi": VERSION,
        "jsonSchemaDialect": DIALECT,
        "info": {
            "title": "Seriatim",
            "version": __version__,
            "description": INFO,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": root or "/"}],
        "security": [{}, {"bearer": []}],
        "tags": [
            {"name": "look-up", "description": "From a patient to published patients."},
            {"name": "library", "description": "What is known, whoever asks."},
            {"name": "exports", "description": "Courses in the formats of others."},
            {"name": "about", "description": "Which knowledge answers, and on which basis."},
        ],
        "paths": paths,
        "components": {
            "schemas": components(),
            "examples": {"Report": {"summary": "to a profile", "value": made.examples.report}},
            "responses": made.errors(),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A static token, or a JWT of the configured OpenID issuer.",
                }
            },
        },
    }


class _Description:
    """Describes operations; answers to examples are those of the context."""

    def __init__(self, context: Context) -> None:
        self.examples = Examples(context)

    def get(self, operation: Operation) -> dict[str, Any]:
        described = {
            "tags": [operation.tag],
            "operationId": _id(operation.path),
            "summary": operation.name,
            "description": operation.says,
            "parameters": [*self._path(operation), *self._query(operation), _tag()],
            "responses": {
                "200": {
                    "description": operation.name,
                    "headers": {"ETag": {"schema": {"type": "string"}}},
                    "content": self._content(operation),
                },
                "304": {"description": "The client has it already."},
                **_errors((*READ, "404") if operation.parts else READ),
            },
        }
        return {name: value for name, value in described.items() if value}

    def _path(self, operation: Operation) -> list[dict[str, Any]]:
        values = self.examples.parts(operation)
        return [
            {
                "name": each,
                "in": "path",
                "required": True,
                "schema": {"type": "string", "minLength": 1},
                "example": values[each],
            }
            for each in operation.parts
        ]

    def _query(self, operation: Operation) -> list[dict[str, Any]]:
        values = self.examples.query(operation)
        params = (*operation.params, format_of(operation.forms))
        return [_param(each, values.get(each.name)) for each in params]

    def _content(self, operation: Operation) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for form in operation.forms:
            content.setdefault(MEDIA[form], {"schema": _schema(form, operation)})
        first = MEDIA[operation.forms[0]]
        if not operation.path.startswith(WITHOUT):
            value = self.examples.answer(operation)
            many = isinstance(value, list) or "additionalProperties" in operation.schema
            shown = "some of them" if many else "the answer"
            content[first]["examples"] = {"real": {"summary": shown, "value": value}}
        if "phenopacket" in operation.forms:
            content[first]["schema"] = _with_exports(operation)
        return content

    def look_up(self) -> dict[str, Any]:
        examples = self.examples
        fhir = {"schema": {"type": "object"}, "examples": _real(examples.bundle)}
        body = {"application/json": {"schema": ref("Profile"), "examples": _real(examples.profile)}}
        answers = {
            "profile": {"$ref": REPORT},
            "fhir": {"summary": "to FHIR data", "value": examples.fhir_answer},
        }
        either = {"oneOf": [ref("Report"), ref("FhirAnswer")]}
        return {
            "tags": ["look-up"],
            "operationId": "lookup",
            "summary": "Look a patient up",
            "description": "The published patients that resemble this one, each with the reason. "
            "A profile gives the report, byte for byte what the command line prints; FHIR R4 (a "
            "Bundle, a resource or a list of them) gives the report and what was read.",
            "parameters": [_param(WHY, None), _param(format_of(PAGES), None)],
            "requestBody": {
                "required": True,
                "content": {**body, **dict.fromkeys(sorted(FHIR_TYPES)[:1], fhir)},
            },
            "responses": {
                "200": _answered("The report", either, answers),
                **_errors(SENT),
            },
        }

    def replay(self) -> dict[str, Any]:
        return {
            "tags": ["look-up"],
            "operationId": "replay",
            "summary": "Replay a report",
            "description": "Derives a saved report again and says what changed, path by path.",
            "parameters": [_param(format_of(PAGES), None)],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {"type": "object", "required": ["knowledge", "given"]},
                        "examples": {"real": {"$ref": REPORT}},
                    }
                },
            },
            "responses": {
                "200": _answered("What changed", ref("Replay"), _real(self.examples.replay)),
                **_errors(SENT),
            },
        }

    def errors(self) -> dict[str, Any]:
        real = self.examples.problems()
        return {
            f"Error{status}": {
                "description": says,
                "content": {
                    MEDIA_TYPE: {
                        "schema": ref("Problem"),
                        **({"examples": _real(real[status])} if real.get(status) else {}),
                    }
                },
            }
            for status, says in ERRORS.items()
        }


def _schema(form: str, operation: Operation) -> dict[str, Any]:
    if form in TEXT_OF:
        return {"type": "string", "description": TEXT_OF[form]}
    if form == "fhir":
        return ref("Bundle")
    return dict(operation.schema)


def _with_exports(operation: Operation) -> dict[str, Any]:
    """What JSON may hold where `format=phenopacket` is one of the forms."""
    export = ref("Phenopacket" if operation.parts else "Cohort")
    return {"anyOf": [dict(operation.schema), export]}


def _param(param: Param, example: str | None) -> dict[str, Any]:
    shown = example if example is not None else param.example
    if param.switch and shown is not None:
        shown = shown == "true"  # type: ignore[assignment]
    return {
        "name": param.name,
        "in": "query",
        "description": param.says,
        "required": param.required,
        "schema": param.schema,
        **({"example": shown} if shown is not None else {}),
    }


def _tag() -> dict[str, Any]:
    return {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of what the client has.",
        "required": False,
        "schema": {"type": "string"},
    }


def _answered(says: str, schema: dict[str, Any], examples: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {"application/json": {"schema": schema, "examples": examples}}
    for form in PAGES[1:]:
        content[MEDIA[form]] = {"schema": {"type": "string", "description": TEXT_OF[form]}}
    return {"description": says, "content": content}


def _errors(statuses: Iterable[str]) -> dict[str, Any]:
    return {each: {"$ref": f"#/components/responses/Error{each}"} for each in sorted(set(statuses))}


def _real(value: Any) -> dict[str, Any]:
    return {"real": {"value": value}}


def _id(path: str) -> str:
    """`cases-series-course` of a path; unique, for each path has one."""
    return "get-" + ("-".join(re.findall(r"[a-z.]+", path)) or "index")
