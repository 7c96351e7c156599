"""Checks of the conclusions of `rules/vocabulary.yaml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.knowledge.checks.base import Check
from seriatim.knowledge.placeholders import wrong_placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.draft import Draft


class ConclusionsSaid(Check):
    """Why: what a conclusion says stands in the answer, with names in the place of its terms.

    Avoid: a placeholder that it is not of. Prefer: the words of `of`, in braces.
    """

    codes = ("R715",)

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """R715: a text has a placeholder that nothing fills."""
        if draft.vocabulary is None:
            return
        vocabulary, document = draft.vocabulary
        for name, kind in vocabulary.conclusions.items():
            path = ("conclusions", name, "says")
            expected = " or ".join(f"{{{each}}}" for each in kind.of) or "no placeholder"
            yield from wrong_placeholders(document, path, kind.says, kind.of, expected)


CHECKS = (ConclusionsSaid,)
