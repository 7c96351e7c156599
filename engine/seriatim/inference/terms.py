"""Terms of a profile resolved, with every one that is not known gathered as a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.errors import ProfileError, ProfileProblem
from seriatim.knowledge.lexicon import Unresolved

if TYPE_CHECKING:
    from seriatim.knowledge.lexicon import Lexicon, Resolved
    from seriatim.model.terms import Kind

ENOUGH_PROBLEMS = 20
"""More are not looked for: the nearest names of ten thousand unknown ones take seconds."""


class TermReader:
    """Resolves terms; `problems` and `notes` gather what is wrong and what was assumed."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.problems: list[ProfileProblem] = []
        self.notes: list[str] = []

    def term(self, field: str, typed: str, *kinds: Kind) -> Resolved | None:
        """What the term means, or None with a problem.

        Raises ProfileError when there are enough problems.
        """
        found = self.lexicon.resolve(typed, *kinds)
        if isinstance(found, Unresolved):
            self.problems.append(ProfileProblem(field, found.reason, found.nearest))
            if len(self.problems) >= ENOUGH_PROBLEMS:
                raise ProfileError(self.problems)
            return None
        return found

    def settled(self, field: str, typed: str, *kinds: Kind) -> Resolved | None:
        """What the term means if it means one thing, or None with a problem."""
        found = self.term(field, typed, *kinds)
        if found is not None and found.concept is None:
            near = tuple(self.lexicon.name(each) for each in found.could_be)
            self.problems.append(ProfileProblem(field, found.why or "an ambiguous name", near))
            return None
        return found


def known_fields(found: Resolved, lexicon: Lexicon) -> dict[str, object]:
    """The fields that every understood term has."""
    return {
        "given": found.typed,
        "concept": found.concept,
        "name": lexicon.name(found.concept) if found.concept else None,
        "could_be": found.could_be,
        "recognised_by": found.how,
        "why": found.why,
    }
