"""Checks of selectors, wherever they stand: the terms and courses that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.knowledge.checks.base import unknown_term
from seriatim.model.selector import Selector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.draft import Draft
    from seriatim.knowledge.yamltext import Document, Path
    from seriatim.model.terms import Kind

_KINDS: dict[str, tuple[Kind, ...]] = {
    "drug": ("drug", "class"),
    "diagnosis": ("diagnosis",),
    "could_be": ("diagnosis",),
    "also": ("diagnosis",),
    "previous": ("drug", "class"),
    "probably_after": ("drug", "class"),
    "concurrent": ("drug", "class"),
    "event": ("event",),
}
_WORDS = {"previous": {"nothing"}, "concurrent": {"nothing"}, "event": {"any", "nothing"}}


def selectors_below(path: Path, value: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Find every mapping below `value` that can only be a selector, with its path."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from selectors_below((*path, index), each)
    elif isinstance(value, dict):
        if value and all(key in Selector.model_fields for key in value):
            yield path, value
        else:
            for key, each in value.items():
                yield from selectors_below((*path, key), each)


def selector_terms(
    draft: Draft, document: Document, path: Path, selector: dict[str, Any]
) -> Iterator[Diagnostic]:
    """Yield T301 for every term of a selector that is not known; leave `$variables` alone."""
    named = [((*path, key), key, selector.get(key)) for key in _KINDS]
    linked = selector.get("linked")
    if isinstance(linked, dict):
        named.append(((*path, "linked", "drug"), "drug", linked.get("drug")))
    for where, key, term in named:
        if not isinstance(term, str) or term.startswith("$") or term in _WORDS.get(key, ()):
            continue
        if problem := unknown_term(draft, document, where, term, *_KINDS[key]):
            yield problem
