"""What to say of a term that is no id of the kind that must stand there."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from seriatim.knowledge.lexicon import KIND_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.lexicon import Lexicon
    from seriatim.knowledge.yamltext import Document, Path
    from seriatim.model.terms import Kind


def unknown(
    lexicon: Lexicon, document: Document, path: Path, term: str, kinds: Iterable[Kind]
) -> Diagnostic:
    """T301: what the term is instead, or the ids that it names or looks like."""
    kinds = tuple(kinds)
    wanted = " or ".join(kinds)
    found, near = _said(lexicon, term, kinds, f"unknown {wanted} {term!r}")
    expected = f"the id of {' or '.join(KIND_NAMES[each] for each in kinds)} in cases/terms/"
    return document.problem("T301", path, found, expected=expected, nearest=near)


def _said(
    lexicon: Lexicon, term: str, kinds: tuple[Kind, ...], found: str
) -> tuple[str, tuple[str, ...]]:
    concept = lexicon.concepts.get(term)
    if concept is not None:
        return f"{term} is {KIND_NAMES[concept.kind]}", ()
    if meant := lexicon.named(term, *kinds):
        return f"{found}: it is a name of {' and of '.join(meant)}", meant
    if others := lexicon.named(term, *KIND_NAMES):
        kind = lexicon.concepts[others[0]].kind
        return f"{term} is {KIND_NAMES[kind]}, {' or '.join(others)}", ()
    odd = "".join(f", with {_called(each)}" for each in dict.fromkeys(term) if not each.isascii())
    return found + odd, lexicon.likely(term, *kinds)


def _called(character: str) -> str:
    """`U+00A0 (NO-BREAK SPACE)`: what cannot be told from another by its looks."""
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'without a name')})"
