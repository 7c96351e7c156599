"""Checks of the observations of `rules/vocabulary.yaml`, and of how they stand in records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.knowledge.checks.base import Check
from seriatim.knowledge.codesystems import KNOWN_SYSTEMS
from seriatim.knowledge.lexicon import fold
from seriatim.knowledge.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.draft import Draft
    from seriatim.knowledge.yamltext import Document, Path
    from seriatim.model.rule import InRecords, Observation

CODED = ("codes", "state_codes")
OF_A_NUMBER = ("codes", "names", "units", "in_blood", "current_days")
OF_A_YES_OR_NO = (*CODED, "names", "yes", "no", "states", "allergens", "current_days")
Place = tuple[tuple[str, ...], "Path", str]
"""What a record would say, where it stands in the file, and how it is shown."""


class WordsOfRecords(Check):
    """Why: a record's word that means two observations would be read as the last of them.

    Avoid: one name or code for two observations, or one word for yes and for no. Prefer: the word
    that means this one alone.
    """

    codes = ("R716",)

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """R716: a name or code stands for two, or a word for yes and no."""
        if draft.vocabulary is None:
            return
        vocabulary, document = draft.vocabulary
        owners: dict[tuple[str, ...], str] = {}
        for name, kind in vocabulary.observations.items():
            if kind.in_records is None:
                continue
            base: Path = ("observations", name, "in_records")
            for key, path, shown in _said(kind.in_records):
                owner = owners.setdefault(key, name)
                if owner != name:
                    yield document.problem("R716", (*base, *path), f"{shown} also means {owner}")
            yes = {fold(each) for each in kind.in_records.yes}
            for position, each in enumerate(kind.in_records.no):
                if fold(each) in yes:
                    where = (*base, "no", position)
                    yield document.problem("R716", where, f"{each!r} also means yes")


class ReadableObservations(Check):
    """Why: what a record can never say is asked for again although it is there.

    Avoid: words of yes and no for a number, a number without units, a code system that no record
    names. Prefer: what the type of the observation is read from.
    """

    codes = ("R717",)

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """R717: an observation that cannot be read, or a part of in_records that never is."""
        if draft.vocabulary is None:
            return
        vocabulary, document = draft.vocabulary
        for name, kind in vocabulary.observations.items():
            base: Path = ("observations", name)
            if kind.type == "number" and None in (kind.unit, kind.low, kind.high):
                yield document.problem(
                    "R717", base, f"{name} is a number without unit, low and high"
                )
            if kind.in_records is not None:
                yield from _unread(document, (*base, "in_records"), kind, kind.in_records)


def _unread(
    document: Document, base: Path, kind: Observation, records: InRecords
) -> Iterator[Diagnostic]:
    read = OF_A_NUMBER if kind.type == "number" else OF_A_YES_OR_NO
    for field in sorted(records.model_fields_set - set(read)):
        expected = f"for a {kind.type}: {', '.join(read)}"
        yield document.problem("R717", (*base, field), f"{field} is never read", expected=expected)
    if kind.type == "number" and not records.units:
        yield document.problem("R717", base, "no units, so no value is ever read")
    for unit, factor in records.units.items():
        if not factor > 0:
            yield document.problem("R717", (*base, "units", unit), f"{unit} times {factor:g}")
    for field in CODED:
        for position, code in enumerate(getattr(records, field)):
            if code.system not in KNOWN_SYSTEMS:
                yield document.problem(
                    "R717",
                    (*base, field, position, "system"),
                    f"unknown code system {code.system!r}",
                    nearest=nearest(code.system, KNOWN_SYSTEMS),
                )


def _said(records: InRecords) -> Iterator[Place]:
    """Every name and code by which it is found; values and states are looked for apart."""
    for field in CODED:
        for position, code in enumerate(getattr(records, field)):
            yield (field, code.system, code.code), (field, position), f"{code.system} {code.code}"
    yield from _folded("names", records.names)
    yield from _folded("states", records.states)


def _folded(field: str, words: Iterable[str]) -> Iterator[Place]:
    for position, each in enumerate(words):
        yield (field, fold(each)), (field, position), repr(each)


CHECKS = (WordsOfRecords, ReadableObservations)
