"""The knowledge as one frozen whole: series, terms, labels, rules, and views over the courses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seriatim.knowledge.lexicon import Lexicon
    from seriatim.knowledge.yamltext import Document
    from seriatim.model.label import Label
    from seriatim.model.rule import Library, Rule, Vocabulary
    from seriatim.model.series import Course, Individual, Link, Series


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link seen from one course: the other course, and whether this one came after it."""

    course: str
    follows: bool
    certainty: str
    basis: str
    against: str | None


@dataclass(frozen=True, slots=True)
class CourseView:
    """A course with what its series and its links add; `id` is `<series>/T<table>R<row>`.

    `could_be` holds every diagnosis an unsettled or broader printed term could mean.
    """

    id: str
    series: str
    course: Course
    individual: Individual
    links: tuple[LinkView, ...]
    diagnosis: str | None
    could_be: tuple[str, ...]
    order: int
    """Position in the library: series by id, then as printed."""

    @property
    def individual_id(self) -> str:
        """The individual, unique across series."""
        return f"{self.series}/{self.course.individual}"


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """Everything that is known, checked, with one hash over the files it was read from."""

    hash: str
    library: Library
    series: Mapping[str, Series]
    """The active ones: only these are cited and counted."""
    not_cited: Mapping[str, Series]
    """Drafts and what was retired: checked, and to be verified, but in no answer."""
    courses: Mapping[str, CourseView]
    lexicon: Lexicon
    labels: tuple[Label, ...]
    vocabulary: Vocabulary
    rules: tuple[Rule, ...]
    documents: Mapping[str, Document] = field(repr=False)
    """Each file as read, for the places of diagnostics: `rules/<family>/<id>.yaml` and so on."""

    @property
    def version(self) -> str:
        """`2026.11.0 (3f9c…)`-like."""
        return f"{self.library.version} ({self.hash[:12]})"


def views_of(series: Series, lexicon: Lexicon, start: int) -> list[CourseView]:
    """Return the courses of one series, in the order of print."""
    individuals = {each.id: each for each in series.individuals}
    views = []
    for position, course in enumerate(series.courses):
        diagnosis = course.diagnosis.concept
        could_be = set(course.diagnosis.could_be)
        if diagnosis is not None:
            could_be.update(lexicon.descendants.get(diagnosis, ()))
        views.append(
            CourseView(
                id=f"{series.id}/{course.id}",
                series=series.id,
                course=course,
                individual=individuals[course.individual],
                links=_links_of(course.id, series.id, series.links),
                diagnosis=diagnosis,
                could_be=tuple(sorted(could_be)),
                order=start + position,
            )
        )
    return views


def _links_of(course: str, series: str, links: tuple[Link, ...]) -> tuple[LinkView, ...]:
    found = []
    for link in links:
        if course in link.courses:
            earlier, later = link.courses
            follows = course == later
            other = f"{series}/{earlier if follows else later}"
            found.append(LinkView(other, follows, link.certainty, link.basis, link.against))
    return tuple(found)
