"""Which courses to export: by id, in full or short, and by series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.errors import ProfileError, ProfileProblem
from seriatim.evidence.filters import unknown_series
from seriatim.knowledge.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.knowledge.library import CourseView, KnowledgeBase


def courses_named(
    knowledge: KnowledgeBase, ids: Sequence[str] = (), series: str | None = None
) -> tuple[CourseView, ...]:
    """The courses of these ids, or all of the library or of a series, in its order.

    `T2R4` stands for `<series>/T2R4` if only one series has it. Raises ProfileError with every
    id that is not known.
    """
    if series is not None and series not in knowledge.series:
        raise unknown_series(series, knowledge.series)
    problems: list[ProfileProblem] = []
    scope = {
        name: view for name, view in knowledge.courses.items() if series in {None, view.series}
    }
    wanted: set[str] = set()
    for each in ids:
        found = [name for name in scope if each in {name, name.rpartition("/")[2]}]
        if len(found) == 1:
            wanted.add(found[0])
        else:
            problems.append(_problem(each, found, scope))
    if problems:
        raise ProfileError(problems)
    return tuple(view for name, view in scope.items() if not ids or name in wanted)


def _problem(wanted: str, found: Sequence[str], scope: dict[str, CourseView]) -> ProfileProblem:
    if found:
        return ProfileProblem("course", f"{wanted!r} is a course of several series", tuple(found))
    near = nearest(wanted, scope)
    return ProfileProblem("course", f"{wanted!r} is not a course of this library", near)
