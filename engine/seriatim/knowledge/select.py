"""Evaluates a `Selector` over the courses of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from seriatim.knowledge.lexicon import Lexicon
    from seriatim.knowledge.library import CourseView
    from seriatim.model.selector import Linked, Selector
    from seriatim.model.series import TherapyCell

    Test = Callable[[CourseView, Selector], bool]


class Selection:
    """Selects among a fixed set of courses."""

    def __init__(self, courses: Iterable[CourseView], lexicon: Lexicon) -> None:
        self.courses: Mapping[str, CourseView] = {each.id: each for each in courses}
        self.lexicon = lexicon
        self._of_drug: dict[str, list[CourseView]] = {}
        self._of_diagnosis: dict[str | None, list[CourseView]] = {}
        for view in self.courses.values():
            drug = view.course.drug
            for each in {drug, *lexicon.ancestors.get(drug, ())}:
                self._of_drug.setdefault(each, []).append(view)
            self._of_diagnosis.setdefault(view.diagnosis, []).append(view)
        self._tests: dict[str, Test] = {
            "series": lambda c, want: c.series == want.series,
            "table": lambda c, want: c.course.at.table == want.table,
            "drug": lambda c, want: self._is(c.course.drug, want.drug),
            "diagnosis": lambda c, want: c.diagnosis == want.diagnosis,
            "could_be": lambda c, want: want.could_be in c.could_be,
            "also": lambda c, want: any(a.concept == want.also for a in c.individual.also),
            "previous": lambda c, want: self._given(c.course.previous, want.previous),
            "concurrent": lambda c, want: self._given(c.course.concurrent, want.concurrent),
            "previous_count": _count,
            "probably_after": lambda c, want: self._probably_after(c, want.probably_after),
            "response": lambda c, want: _responded(c, want.response),
            "event": lambda c, want: self._had(c, want.event),
            "marked": lambda c, want: want.marked in c.course.diagnosis.marks,
            "dosing": lambda c, want: _dosed(c, want.dosing),
            "linked": lambda c, want: self._linked(c, want.linked),
            "age": _aged,
            "courses": lambda c, want: (
                not want.courses or c.id in want.courses or c.course.id in want.courses
            ),
        }

    def select(self, selector: Selector) -> tuple[CourseView, ...]:
        """Return the courses for which every given test holds, in the order of the library."""
        tests = [self._tests[field] for field, given in vars(selector).items() if given is not None]
        if selector.diagnosis is not None:
            among: Iterable[CourseView] = self._of_diagnosis.get(selector.diagnosis, ())
        elif selector.drug is not None:
            among = self._of_drug.get(selector.drug, ())
        else:
            among = self.courses.values()
        return tuple(c for c in among if all(test(c, selector) for test in tests))

    def _is(self, drug: str, wanted: str | None) -> bool:
        return drug == wanted or wanted in self.lexicon.ancestors.get(drug, ())

    def _given(self, cell: TherapyCell | None, wanted: str | None) -> bool:
        if cell is None:
            return False
        if wanted == "nothing":
            return not cell.drugs
        return any(self._is(drug, wanted) for drug in cell.drugs)

    def _had(self, view: CourseView, event: str | None) -> bool:
        cell = view.course.adverse_events
        if cell is None:
            return False
        if event == "any":
            return bool(cell.events)
        if event == "nothing":
            return not cell.events
        return any(self._is(each, event) for each in cell.events)

    def _probably_after(self, course: CourseView, drug: str | None) -> bool:
        if self._given(course.course.previous, drug):
            return False
        return any(
            link.certainty == "probable"
            and link.follows
            and self._is(self.courses[link.course].course.drug, drug)
            for link in course.links
            if link.course in self.courses
        )

    def _linked(self, course: CourseView, want: Linked | None) -> bool:
        if want is None:
            return True
        for link in course.links:
            other = self.courses.get(link.course)
            if (
                other is not None
                and (want.certainty is None or link.certainty == want.certainty)
                and (want.drug is None or self._is(other.course.drug, want.drug))
                and (want.response is None or _responded(other, want.response))
            ):
                return True
        return False


def _count(view: CourseView, want: Selector) -> bool:
    cell = view.course.previous
    return (
        cell is not None
        and want.previous_count is not None
        and (want.previous_count.holds(len(cell.drugs)))
    )


def _responded(view: CourseView, levels: object) -> bool:
    cell = view.course.response
    if cell is None:
        return False
    return cell.level == levels if isinstance(levels, str) else cell.level in tuple(levels or ())  # type: ignore[arg-type]


def _dosed(view: CourseView, kind: str | None) -> bool:
    cell = view.course.dose
    regimens = cell.regimens if cell else ()
    if kind in ("flare", "taper"):
        return any(each.role == kind for each in regimens)
    amounts = [each.amount for each in regimens if each.amount]
    if kind == "range":
        return any(each.high > each.low for each in amounts)
    return any(each.unit is None for each in amounts)


def _aged(view: CourseView, want: Selector) -> bool:
    return (
        view.course.age is not None
        and want.age is not None
        and (want.age.holds(view.course.age.years))
    )
