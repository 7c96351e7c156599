"""Every operation of the interface: its path, its parameters, its forms, and what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from seriatim.evidence.filters import Filters
from seriatim.knowledge.claims import Verdict
from seriatim.model.base import Response
from seriatim.model.terms import Kind
from seriatim.service.rest.queries import Param

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seriatim.service.rest.forms import Forms
    from seriatim.service.rest.library import Library

BASE = "/api/v1"
MOST_HITS = 50
USUAL_HITS = 20
PAGES = ("json", "markdown", "html")
COURSE_FORMS = ("json", "markdown", "csv", "fhir", "phenopacket", "html")
SCHEMA_FORMS = ("json", "schema")
WHY = Param("why", "Add the rules that held and the nearest that did not.", "true", switch=True)
_FILTERS = {
    "drug": ("A drug or class, by name or code.", None),
    "diagnosis": ("A diagnosis; courses that could mean it are shown too.", None),
    "response": ("The level of response.", get_args(Response)),
    "series": ("One publication.", None),
    "event": ("An adverse event, or `any` or `nothing`.", None),
    "after": ("A previous drug or class, or `nothing`.", None),
}


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that can be read; `read` takes the query and the parts of the path.

    `kept` says that the answer is one of few and may be kept ready. `schema` names the JSON's.
    """

    path: str
    name: str
    says: str
    read: Callable[..., Forms]
    schema: Mapping[str, Any]
    forms: tuple[str, ...] = PAGES
    params: tuple[Param, ...] = ()
    kept: bool = True
    tag: str = "library"

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the parts of the path that vary."""
        return tuple(each[1:-1] for each in self.path.split("/") if each.startswith("{"))


def format_of(forms: tuple[str, ...]) -> Param:
    """`?format=`, which goes before Accept."""
    return Param("format", "The form of the answer; goes before Accept.", choices=forms)


def list_of(name: str) -> dict[str, Any]:
    """The schema of a list of something."""
    return {"type": "array", "items": ref(name)}


def ref(name: str) -> dict[str, Any]:
    """The schema of something that is described once."""
    return {"$ref": f"#/components/schemas/{name}"}


def operations(library: Library) -> list[Operation]:
    """Everything that can be read, in the order of the description."""
    return [*_courses(library), *_publications(library), *_rules(library), *_whole(library)]


def _courses(library: Library) -> list[Operation]:
    filters = tuple(
        Param(name, says, choices=tuple(choices or ()))
        for name, (says, choices) in _FILTERS.items()
        if name in Filters.names()
    )
    one = "/cases/{series}/{course}"
    return [
        Operation(
            "/cases",
            "Courses",
            "The published courses, whoever asks, in the order of print; filters join by and.",
            library.cases,
            list_of("Course"),
            COURSE_FORMS,
            filters,
        ),
        Operation(
            one,
            "One course",
            "One published course, with every cell as printed. `format` gives its exports.",
            library.case,
            ref("Course"),
            COURSE_FORMS,
        ),
        Operation(
            f"{one}/fhir",
            "One course as FHIR R4",
            "A collection Bundle. What is not printed is left out, and said to be.",
            library.case_fhir,
            ref("Bundle"),
            ("fhir", "json"),
            tag="exports",
        ),
        Operation(
            f"{one}/phenopacket",
            "One course as a Phenopacket",
            "GA4GH Phenopacket v2. What it has no place for is said at the reference to the row.",
            library.case_phenopacket,
            ref("Phenopacket"),
            ("json",),
            tag="exports",
        ),
    ]


def _publications(library: Library) -> list[Operation]:
    return [
        Operation(
            "/series",
            "Series",
            "The publications of the library.",
            library.series,
            list_of("SeriesEntry"),
        ),
        Operation(
            "/series/{series}",
            "One series",
            "A publication: citation, design, appraisal, source attributes, limits and courses.",
            library.one_series,
            ref("OneSeries"),
        ),
        Operation(
            "/claims",
            "Claims",
            "What publications say of their own rows, recomputed from them.",
            library.claims,
            list_of("Claim"),
            params=(
                Param("series", "One publication."),
                Param("verdict", "What the rows say to it.", choices=get_args(Verdict)),
            ),
        ),
    ]


def _rules(library: Library) -> list[Operation]:
    families = tuple(library.known.vocabulary.families)
    typed = Param("q", "A name, its beginning, an abbreviation or a code.", required=True)
    return [
        Operation(
            "/rules",
            "Rules",
            "The rules, each with its source and its conditions in words.",
            library.rules,
            list_of("Rule"),
            params=(Param("family", "One family.", choices=families),),
        ),
        Operation("/rules/{rule}", "One rule", "A rule in words.", library.rule, ref("Rule")),
        Operation(
            "/observations",
            "Observations",
            "What rules ask for beyond the fixed fields of a profile.",
            library.observations,
            {"type": "object", "additionalProperties": ref("Observation")},
        ),
        Operation(
            "/terms",
            "Find terms",
            "Diagnoses, drugs, classes and events while they are typed: exact names and codes "
            "first, then beginnings of names, of words, then what is spelt alike.",
            library.terms,
            ref("Hits"),
            params=(
                typed,
                Param("kind", "One kind of term.", choices=get_args(Kind)),
                Param("limit", "At most so many.", most=MOST_HITS, default=USUAL_HITS),
            ),
            kept=False,
        ),
        Operation(
            "/terms/{term}",
            "One term",
            "A term by its id, with every name and code and where each was read.",
            library.term,
            ref("Concept"),
        ),
    ]


def _whole(library: Library) -> list[Operation]:
    return [
        Operation(
            "/knowledge",
            "Knowledge",
            "Version and hash of the knowledge that answers.",
            library.knowledge,
            ref("Knowledge"),
            tag="about",
        ),
        Operation(
            "/about",
            "About",
            "Source attributes (45 CFR 170.315(b)(11)(iv)(A)) of each series, and the basis for "
            "an independent review.",
            library.about,
            ref("About"),
            tag="about",
        ),
        Operation(
            "/schemas",
            "Schemas",
            "JSON Schemas (2020-12) of profiles and of every kind of file, by kind.",
            library.schemas,
            {"type": "object", "additionalProperties": {"type": "object"}},
            SCHEMA_FORMS,
            tag="about",
        ),
        Operation(
            "/schemas/{kind}",
            "One schema",
            "One of them.",
            library.schema,
            {"type": "object"},
            SCHEMA_FORMS,
            tag="about",
        ),
    ]
