"""What every check has: its codes, and one method that yields diagnostics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from seriatim.knowledge.lexicon import KIND_NAMES
from seriatim.knowledge.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.draft import Draft
    from seriatim.knowledge.yamltext import Document, Path
    from seriatim.model.terms import Kind


class Check(Protocol):
    """One check. The docstring of a class that follows this says why, what to avoid and prefer."""

    codes: tuple[str, ...]

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """Yield what is wrong."""


def unknown_term(
    draft: Draft, document: Document, path: Path, term: str, *kinds: Kind
) -> Diagnostic | None:
    """T301 if `term` is not the id of a concept of one of `kinds`, else None."""
    concept = draft.lexicon.concepts.get(term)
    if concept is not None and concept.kind in kinds:
        return None
    if "terms" in draft.broken:
        return None
    found = (
        f"{term} is {KIND_NAMES[concept.kind]}"
        if concept
        else f"unknown {' or '.join(kinds)} {term!r}"
    )
    return document.problem(
        "T301",
        path,
        found,
        expected=f"the id of {' or '.join(KIND_NAMES[each] for each in kinds)} in cases/terms/",
        nearest=nearest(term, draft.lexicon.of_kind(*kinds)),
    )
