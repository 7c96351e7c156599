"""Which courses `seriatim cases` shows, with problems under the names of its options."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seriatim.cli.problems import CannotRunError
from seriatim.errors import ProfileError
from seriatim.evidence import filters as wanted
from seriatim.evidence.filters import Filters

if TYPE_CHECKING:
    from seriatim.knowledge.library import CourseView, KnowledgeBase

__all__ = ["Filters", "select"]


def select(knowledge: KnowledgeBase, filters: Filters) -> tuple[CourseView, ...]:
    """The courses for which every filter holds.

    Raises CannotRunError with every term that is not known.
    """
    try:
        return wanted.select(knowledge, filters)
    except ProfileError as error:
        named = (replace(each, field=f"--{each.field}") for each in error.problems)
        raise CannotRunError("\n".join(map(str, named))) from None
