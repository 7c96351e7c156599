"""Checks of `cases/terms/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.knowledge.checks.base import Check, unknown_term
from seriatim.knowledge.codesystems import KNOWN_SYSTEMS, fold_code
from seriatim.knowledge.lexicon import fold, names_of
from seriatim.knowledge.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.draft import Draft
    from seriatim.knowledge.yamltext import Path
    from seriatim.model.terms import Concept, Kind, TermsFile

PARENT_KINDS: dict[Kind, tuple[Kind, ...]] = {
    "diagnosis": ("diagnosis",),
    "drug": ("class",),
    "class": ("class",),
    "event": ("event",),
}


class ConceptOnce(Check):
    """Why: two concepts of one id hide one another.

    Avoid: copying a block and keeping its id. Prefer: one block a concept, across all files.
    """

    codes = ("T304",)

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """T304: an id stands twice."""
        first: dict[str, str] = {}
        for terms, document in draft.terms:
            for position, concept in enumerate(terms.concepts):
                if concept.id in first:
                    yield document.problem(
                        "T304",
                        ("concepts", position, "id"),
                        f"concept {concept.id} stands twice (first in {first[concept.id]})",
                    )
                first.setdefault(concept.id, document.path)


class ParentsKnown(Check):
    """Why: a class or broader diagnosis that does not exist is silently never matched.

    Avoid: a parent of another kind. Prefer: the id of a class for drugs, of a diagnosis for
    diagnoses.
    """

    codes = ("T301", "T305")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """T301: unknown parent. T305: a concept is its own ancestor."""
        for terms, document in draft.terms:
            for position, concept in enumerate(terms.concepts):
                for index, parent in enumerate(concept.parents):
                    path: Path = ("concepts", position, "parents", index)
                    kinds = PARENT_KINDS[concept.kind]
                    if problem := unknown_term(draft, document, path, parent, *kinds):
                        yield problem
                if concept.id in draft.lexicon.ancestors.get(concept.id, ()):
                    where: Path = ("concepts", position, "parents")
                    yield document.problem("T305", where, f"{concept.id} is its own ancestor")


class NamesDistinct(Check):
    """Why: a name of two concepts would match one of them silently.

    Avoid: an abbreviation that the field uses for two diseases. Prefer: to list it under
    `ambiguous`, with both.
    """

    codes = ("T302",)

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """T302: two concepts of a kind share a name, case, accents and apostrophes aside."""
        taken: dict[tuple[str, str], str] = {}
        for terms, document in draft.terms:
            for position, concept in enumerate(terms.concepts):
                for name, how, tail in placed_names(concept):
                    key = (concept.kind, fold(name))
                    owner = taken.setdefault(key, concept.id)
                    if owner != concept.id and how != "id":
                        yield document.problem(
                            "T302",
                            ("concepts", position, *tail),
                            f"{name!r} also names {owner}",
                            expected="a name of its own, or an entry under ambiguous",
                        )


class AmbiguousKnown(Check):
    """Why: an open name that points nowhere is lost.

    Avoid: typing names for ids. Prefer: ids of concepts of one kind, and no concept that has
    the open name as its own.
    """

    codes = ("T301", "T302")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """T301: unknown concept. T302: a concept has the open name as its own."""
        owned = {
            (concept.kind, fold(name)): concept.id
            for terms, _document in draft.terms
            for concept in terms.concepts
            for name, how in names_of(concept)
            if how != "id"
        }
        entered: set[str] = set()
        for terms, document in draft.terms:
            for position, entry in enumerate(terms.ambiguous):
                base: Path = ("ambiguous", position)
                for index, concept_id in enumerate(entry.could_be):
                    where = (*base, "could_be", index)
                    if problem := unknown_term(draft, document, where, concept_id, terms.kind):
                        yield problem
                name = fold(entry.name)
                owner = owned.get((terms.kind, name))
                if owner or name in entered:
                    also = f"is ambiguous and names {owner}" if owner else "is ambiguous twice"
                    yield document.problem("T302", (*base, "name"), f"{entry.name!r} {also}")
                entered.add(name)


class SourcesNamed(Check):
    """Why: a name or code without its source is a claim from memory.

    Avoid: a source that is not listed. Prefer: to add it once under `sources` and refer to its
    key.
    """

    codes = ("T303",)

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """T303: a source key is not listed at the head of the file."""
        for terms, document in draft.terms:
            for path, source in _sources_of(terms):
                if source not in terms.sources:
                    yield document.problem(
                        "T303",
                        (*path, "source"),
                        f"unknown source {source!r}",
                        expected="a key of sources",
                        nearest=nearest(source, terms.sources),
                    )


class CodesDistinct(Check):
    """Why: a code that two concepts claim as theirs matches neither safely.

    Avoid: `exact` on a code that holds several diseases. Prefer: `scope: shared` on each of
    them.
    """

    codes = ("T306",)

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """T306: two concepts have a code in common that one of them does not call shared."""
        owners: dict[tuple[str, str, str], tuple[str, str]] = {}
        for terms, document in draft.terms:
            for position, concept in enumerate(terms.concepts):
                for index, code in enumerate(concept.codes):
                    if code.scope == "nearest":
                        continue
                    key = (terms.kind, code.system, fold_code(code.code))
                    owner, scope = owners.setdefault(key, (concept.id, code.scope))
                    if owner != concept.id and {scope, code.scope} != {"shared"}:
                        unshared = concept.id if code.scope != "shared" else owner
                        yield document.problem(
                            "T306",
                            ("concepts", position, "codes", index, "code"),
                            f"{code.system} {code.code} is also a code of {owner}, "
                            f"and not shared by {unshared}",
                            expected="scope: shared on both",
                        )


class CodeSystemsKnown(Check):
    """Why: a code of a system that no record names is never found.

    Avoid: another spelling of the system. Prefer: its name as the other codes have it.
    """

    codes = ("T307",)

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """T307: the system of a code is not known."""
        for terms, document in draft.terms:
            for position, concept in enumerate(terms.concepts):
                for index, code in enumerate(concept.codes):
                    if code.system not in KNOWN_SYSTEMS:
                        yield document.problem(
                            "T307",
                            ("concepts", position, "codes", index, "system"),
                            f"unknown code system {code.system!r}",
                            expected=f"one of {', '.join(KNOWN_SYSTEMS)}",
                        )


def placed_names(concept: Concept) -> list[tuple[str, str, Path]]:
    """Every name of a concept, what kind of name it is, and where it stands below it."""
    head: list[Path] = [("name",), ("id",)]
    if concept.short:
        head.append(("short",))
    places = [*head, *(("names", index, "name") for index in range(len(concept.names)))]
    named = names_of(concept)
    return [(*each, place) for each, place in zip(named, places, strict=True)]


def _sources_of(terms: TermsFile) -> Iterator[tuple[Path, str]]:
    for position, concept in enumerate(terms.concepts):
        path: Path = ("concepts", position)
        if concept.source is not None:
            yield path, concept.source
        for index, name in enumerate(concept.names):
            yield (*path, "names", index), name.source
        for index, code in enumerate(concept.codes):
            yield (*path, "codes", index), code.source
    for position, entry in enumerate(terms.ambiguous):
        yield ("ambiguous", position), entry.source


CHECKS = (
    ConceptOnce,
    ParentsKnown,
    NamesDistinct,
    AmbiguousKnown,
    SourcesNamed,
    CodesDistinct,
    CodeSystemsKnown,
)
