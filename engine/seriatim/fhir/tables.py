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
class Words:
    """Words that speak against the code they stand beside, by where they stand."""

    anywhere: tuple[str, ...]
    before: tuple[str, ...]
    next_to: tuple[str, ...]
    past: tuple[str, ...]
    harmless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """Code systems by their address, reasons for a stop by code and by phrase, words of forms."""

    systems: Mapping[str, str]
    reason_system: str
    reason_codes: Mapping[str, str]
    phrases: tuple[tuple[str, str], ...]
    """(folded phrase, what it means), the longest first."""
    local_forms: frozenset[str]
    doubt: frozenset[str]
    allergy_words: frozenset[str]
    tags: frozenset[str]
    beside: Words


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
        reason_codes={code: each["means"] for code, each in value["reasons"]["codes"].items()},
        phrases=tuple(sorted(phrases, key=lambda each: (-len(each[0]), each))),
        local_forms=frozenset(value["local_forms"]),
        doubt=frozenset(value["doubt"]),
        allergy_words=frozenset(value["allergy_words"]),
        tags=frozenset(value["tags"]),
        beside=Words(**{where: tuple(words) for where, words in value["beside"].items()}),
    )
