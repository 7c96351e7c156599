"""The codes of cards: override reasons and topics, from the data file beside this module."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from seriatim.errors import KnowledgeError
from seriatim.knowledge.yamltext import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "codes.yaml"

Coding = dict[str, str]
"""code, system and display."""


@dataclass(frozen=True, slots=True)
class Codes:
    """`reasons` in the order in which they are offered; `topics` by their code."""

    reasons: tuple[Coding, ...]
    topics: Mapping[str, Coding]

    def reason(self, system: str | None, code: str) -> Coding | None:
        """The override reason of a code; a client may leave the system out."""
        for each in self.reasons:
            if each["code"] == code and system in (None, each["system"]):
                return each
        return None


def read_codes() -> Codes:
    """The codes; raises KnowledgeError if the file is damaged."""
    document = read_yaml(files(__package__).joinpath(FILE).read_bytes(), FILE)
    if document.diagnostics:
        raise KnowledgeError(document.diagnostics)
    topics = _codings(document.value["topics"])
    return Codes(
        reasons=_codings(document.value["override_reasons"]),
        topics={each["code"]: each for each in topics},
    )


def _codings(value: Mapping[str, Any]) -> tuple[Coding, ...]:
    system = value["system"]
    return tuple(
        {"code": each["code"], "system": system, "display": each["display"]}
        for each in value["codes"]
    )
