"""What every check has: its codes, and one method that yields diagnostics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from seriatim.knowledge.unknown import unknown

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
    return unknown(draft.lexicon, document, path, term, kinds)
