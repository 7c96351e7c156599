"""Placeholders of texts: `{drug}` stands for a name, and nothing else may stand in braces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seriatim.knowledge.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.yamltext import Document, Path

PLACEHOLDER = re.compile(r"\{(\w+)\}")
"""`{drug}` in a text stands for the name of what the variable is bound to."""
_ALIKE = re.compile(r"\{[^{}]*\}|\{\w*|\w*\}|\$[^\W\d]\w*")
"""What is a placeholder, or was meant to be one."""
_WORD = re.compile(r"\w+")


def wrong_placeholders(
    document: Document, path: Path, text: str, known: Collection[str], expected: str
) -> Iterator[Diagnostic]:
    """R715 for everything in a text that looks like a placeholder and is none of the `known`."""
    for piece in dict.fromkeys(_ALIKE.findall(text)):
        exact = PLACEHOLDER.fullmatch(piece)
        if exact and exact.group(1) in known:
            continue
        word = _WORD.search(piece)
        yield document.problem(
            "R715",
            path,
            f"unknown placeholder {piece}",
            expected=expected,
            nearest=nearest(word.group() if word else "", known),
        )
