"""The table of what FHIR fixes (`tables.yaml`), read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from seriatim.errors import KnowledgeError
from seriatim.knowledge.lexicon import fold
from seriatim.knowledge.yamltext import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Tables:
    """Code systems by their address, reasons for a stop by code and by phrase, words of forms."""

    systems: Mapping[str, str]
    reason_system: str
    reason_codes: Mapping[str, tuple[str, str]]
    """What each code means, and its display."""
    phrases: tuple[tuple[str, str], ...]
    """(folded phrase, what it means), the longest first."""
    reason_words: frozenset[str]
    reason_links: frozenset[str]
    reason_doubt: frozenset[str]
    local_forms: frozenset[str]
    other_materials: frozenset[str]
    doubt: frozenset[str]
    allergy_words: frozenset[str]
    allergy_links: frozenset[str]
    tolerated: frozenset[str]
    intolerance_phrases: tuple[str, ...]
    product_words: frozenset[str]
    product_phrases: tuple[str, ...]
    not_given: frozenset[str]
    tags: frozenset[str]


@cache
def tables() -> Tables:
    """The shipped table.

    Raises KnowledgeError if the installed file is damaged.
    """
    name = "tables.yaml"
    document = read_yaml(files("seriatim.fhir").joinpath(name).read_bytes(), f"fhir/{name}")
    if document.diagnostics:
        raise KnowledgeError(document.diagnostics)
    return _of(document.value)


def _of(value: dict[str, Any]) -> Tables:
    phrases = [
        (fold(phrase), means) for means, listed in value["phrases"].items() for phrase in listed
    ]
    return Tables(
        systems={each["uri"]: each["system"] for each in value["systems"]},
        reason_system=value["reasons"]["system"],
        reason_codes={
            code: (each["means"], each["display"])
            for code, each in value["reasons"]["codes"].items()
        },
        phrases=tuple(sorted(phrases, key=lambda each: (-len(each[0]), each))),
        reason_words=frozenset(value["reason_words"]),
        reason_links=frozenset(value["reason_links"]),
        reason_doubt=frozenset(value["reason_doubt"]),
        local_forms=frozenset(value["local_forms"]),
        other_materials=frozenset(value["other_materials"]),
        doubt=frozenset(value["doubt"]),
        allergy_words=frozenset(value["allergy_words"]),
        allergy_links=frozenset(value["allergy_links"]),
        tolerated=frozenset(value["tolerated"]),
        intolerance_phrases=tuple(fold(each) for each in value["intolerance_phrases"]),
        product_words=frozenset(fold(each) for listed in value["product_words"] for each in listed),
        product_phrases=tuple(fold(each) for each in value["product_phrases"]),
        not_given=frozenset(fold(each) for each in value["not_given"]),
        tags=frozenset(value["tags"]),
    )
