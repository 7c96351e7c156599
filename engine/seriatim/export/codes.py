"""Which code of a concept may stand beside a printed word, and how each format names its system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.terms import Code, Concept, Kind

LIBRARY = "urn:uuid:3e1d15bf-9dbb-4bae-ae3a-a36e3867bbc6"
"""Names the vocabulary of this library (its response levels and ids of terms)."""
LIBRARY_PREFIX = "SERIATIM"
UCUM = "http://unitsofmeasure.org"


@dataclass(frozen=True, slots=True)
class System:
    """A terminology: its FHIR address, and its CURIE prefix with what a Phenopacket says of it."""

    uri: str
    prefix: str
    name: str
    iri: str
    bare: bool = False
    """Whether FHIR writes its codes without their prefix."""


SYSTEMS = {
    "MONDO": System(
        "http://purl.obolibrary.org/obo/mondo.owl",
        "MONDO",
        "Mondo Disease Ontology",
        "http://purl.obolibrary.org/obo/MONDO_",
    ),
    "ORPHA": System(
        "http://www.orpha.net",
        "ORPHA",
        "Orphanet nomenclature of rare diseases",
        "http://www.orpha.net/ORDO/Orphanet_",
        bare=True,
    ),
    "HPO": System(
        "http://human-phenotype-ontology.org",
        "HP",
        "Human Phenotype Ontology",
        "http://purl.obolibrary.org/obo/HP_",
    ),
    "SNOMED CT": System(
        "http://snomed.info/sct", "SNOMEDCT", "SNOMED CT", "http://snomed.info/id/"
    ),
    "ICD-10-CM": System(
        "http://hl7.org/fhir/sid/icd-10-cm",
        "ICD10CM",
        "ICD-10-CM",
        "http://purl.bioontology.org/ontology/ICD10CM/",
    ),
    "RxNorm (IN)": System(
        "http://www.nlm.nih.gov/research/umls/rxnorm",
        "RxNorm",
        "RxNorm, ingredients",
        "http://purl.bioontology.org/ontology/RXNORM/",
    ),
    "UNII": System(
        "http://fdasis.nlm.nih.gov",
        "UNII",
        "Unique Ingredient Identifiers",
        "http://fdasis.nlm.nih.gov/srs/unii/",
    ),
    "ATC": System(
        "http://www.whocc.no/atc",
        "ATC",
        "Anatomical Therapeutic Chemical classification",
        "http://purl.bioontology.org/ontology/ATC/",
    ),
}
FOR_KIND: dict[Kind, tuple[str, ...]] = {
    "diagnosis": ("MONDO", "ORPHA", "SNOMED CT", "ICD-10-CM"),
    "drug": ("RxNorm (IN)", "UNII", "ATC"),
    # ICD-10-CM sorts events by cause and complication, which no row prints
    "event": ("HPO", "SNOMED CT"),
    "class": (),
}


def exact_codes(concept: Concept) -> list[Code]:
    """At most one code of each terminology, those that mean the concept and no other.

    The first that its file gives: further ones are narrower than the name.
    """
    found: dict[str, Code] = {}
    for code in concept.codes:
        if code.scope == "exact":
            found.setdefault(code.system, code)
    return [found[each] for each in FOR_KIND[concept.kind] if each in found]


def verified_code(concept: Concept) -> Code | None:
    """The one code for a format that takes one and has no place to say how well it is known."""
    return next((each for each in exact_codes(concept) if each.status == "verified"), None)


def coding(code: Code) -> dict[str, Any]:
    """A code as a FHIR Coding."""
    system = SYSTEMS[code.system]
    bare = code.code.rpartition(":")[2] if system.bare else code.code
    shown = {"display": code.display} if code.display else {}
    return {"system": system.uri, "code": bare, **shown}


def curie(code: Code) -> str:
    """A code as `PREFIX:local`."""
    return f"{SYSTEMS[code.system].prefix}:{code.code.rpartition(':')[2]}"


def said_of(codes: Iterable[Code]) -> str:
    """`MONDO:0007191 (verified, mondo-2026-08-21)`-like: how well each code is established."""
    return "; ".join(
        f"{curie(each)} ({each.status}, {each.source}{f', {each.remark}' if each.remark else ''})"
        for each in codes
    )


def version_of(code: Code, knowledge: KnowledgeBase) -> str:
    """The release that a code was read in, as the sources of the terms have it."""
    for name, document in knowledge.documents.items():
        value = document.value
        if name.startswith("cases/terms/") and isinstance(value, dict):
            said = value.get("sources", {}).get(code.source)
            if said is not None:
                return str(said)
    return code.source
