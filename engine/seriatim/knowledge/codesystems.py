"""Code systems by the names that people and records give them, and codes without their system."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.model.terms import Code, Concept

_SYSTEMS = {
    "ICD-10-CM": ("icd-10-cm", "icd10cm", "http://hl7.org/fhir/sid/icd-10-cm"),
    "ICD-10 (WHO)": ("icd-10 (who)", "icd-10-who", "icd10who", "http://hl7.org/fhir/sid/icd-10"),
    "ICD-10": ("icd-10", "icd10"),
    "SNOMED CT": ("snomed ct", "snomed", "sct", "snomedct", "http://snomed.info/sct"),
    "MONDO": ("mondo",),
    "ORPHA": ("orpha", "orphanet", "orphacode"),
    "RxNorm (IN)": (
        "rxnorm (in)",
        "rxnorm",
        "rxcui",
        "http://www.nlm.nih.gov/research/umls/rxnorm",
    ),
    "ATC": ("atc", "http://www.whocc.no/atc"),
    "UNII": ("unii", "http://fdasis.nlm.nih.gov"),
    "HPO": ("hpo", "hp"),
    "NCIT": ("ncit",),
    "LOINC": ("loinc", "http://loinc.org"),
}
SYSTEM_OF = {alias: system for system, aliases in _SYSTEMS.items() for alias in aliases}
ICD_10 = "ICD-10"
"""What people call both editions; a code is read if those that have it agree on it."""
KNOWN_SYSTEMS = tuple(each for each in _SYSTEMS if each != ICD_10)
_EDITIONS = {ICD_10: frozenset({"ICD-10-CM", "ICD-10 (WHO)"})}


def systems_named(system: str) -> frozenset[str]:
    """The code systems that a name may mean."""
    return _EDITIONS.get(system, frozenset({system}))


def has_headings(system: str) -> bool:
    """Whether a sub-code means no less than its heading there."""
    return systems_named(system) <= _EDITIONS[ICD_10]


def fold_code(code: str) -> str:
    """Take case, blanks and the system off a code: `MONDO:0007191` is `0007191`."""
    code = re.sub(r"\s+", "", code).upper()
    return code.rpartition(":")[2]


def one_edition(hits: Sequence[tuple[Concept, Code]]) -> list[tuple[Concept, Code]]:
    """Those of the first edition if all editions say the same of a code, else all."""
    said: dict[str, set[tuple[str, str]]] = {}
    for concept, entry in hits:
        said.setdefault(entry.system, set()).add((concept.id, entry.scope))
    first = hits[0][1].system
    if any(not has_headings(each) or said[each] != said[first] for each in said):
        return list(hits)
    return [each for each in hits if each[1].system == first]
