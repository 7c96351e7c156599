"""Checks of one publication's file: are its rows, individuals and links whole."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from seriatim.knowledge.checks.base import Check
from seriatim.knowledge.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.draft import Draft
    from seriatim.knowledge.yamltext import Document, Path
    from seriatim.model.series import At, Course, Link, Series


class SeriesFileName(Check):
    """Why: course ids begin with the series' id, and people look for the file by it.

    Avoid: renaming one of them. Prefer: `cases/<id>.yaml`, never reused.
    """

    codes = ("S409",)

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """S409: id and file name differ."""
        for series, document in draft.series:
            if PurePosixPath(document.path).stem != series.id:
                yield document.problem("S409", ("id",), f"id {series.id} is not the file's name")


class RowsOnce(Check):
    """Why: a row cited twice is a patient counted twice; a gap is a patient lost.

    Avoid: copying a block and forgetting its row. Prefer: every row from 1 on, once.
    """

    codes = ("S401", "S402", "S408")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """S401: a row or id twice. S402: the id is not the place. S408: a row is missing."""
        for series, document in draft.series:
            first: dict[str, int] = {}
            rows: dict[str, dict[int, int]] = {}
            for position, course in enumerate(series.courses):
                path: Path = ("courses", position)
                if course.id in first:
                    line = document.place(("courses", first[course.id], "id"))[0]
                    message = f"course {course.id} stands twice (first in line {line})"
                    yield document.problem("S401", (*path, "id"), message)
                    continue
                first[course.id] = position
                yield from self._place(document, path, course)
                yield from self._row(document, position, course.at, rows)
            for table, found in rows.items():
                yield from self._gaps(document, table, found)

    def _place(self, document: Document, path: Path, course: Course) -> Iterator[Diagnostic]:
        at = course.at
        if course.id.startswith("C"):
            if at.table is not None or at.section is None or at.quote is None:
                yield document.problem(
                    "S402",
                    (*path, "at"),
                    f"course {course.id} is told in prose",
                    expected="section and quote, no table",
                )
        elif at.table is None or at.row is None:
            yield document.problem(
                "S402",
                (*path, "at"),
                f"course {course.id} stands in a table",
                expected="table and row",
            )
        elif course.id != f"T{at.table}R{at.row}":
            yield document.problem(
                "S402", (*path, "id"), f"course {course.id} stands at T{at.table}R{at.row}"
            )

    def _row(
        self, document: Document, position: int, at: At, rows: dict[str, dict[int, int]]
    ) -> Iterator[Diagnostic]:
        if at.table is None or at.row is None:
            return
        numbers = rows.setdefault(at.table, {})
        if at.row in numbers:
            line = document.place(("courses", numbers[at.row], "at", "row"))[0]
            yield document.problem(
                "S401",
                ("courses", position, "at", "row"),
                f"Table {at.table} row {at.row} is cited twice (first in line {line})",
            )
        numbers.setdefault(at.row, position)

    def _gaps(self, document: Document, table: str, rows: dict[int, int]) -> Iterator[Diagnostic]:
        for before, after in pairwise((0, *sorted(rows))):
            if after - before > 1:
                first, last = before + 1, after - 1
                listed = f"row {first}" if first == last else f"rows {first} to {last}"
                yield document.problem(
                    "S408",
                    ("courses", rows[after], "at", "row"),
                    f"Table {table} has row {after} but no {listed}",
                    expected="every row from 1 on",
                )


class IndividualsAndLinks(Check):
    """Why: a cross-over patient counted twice, or two taken for one, changes every count.

    Avoid: one individual for rows that are only probably the same person. Prefer: one individual
    where the print says so, a probable link otherwise.
    """

    codes = ("S405", "S406", "S410")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """S405: individual unknown or unused. S406: link broken. S410: rows of one differ."""
        for series, document in draft.series:
            yield from self._individuals(series, document)
            yield from self._links(series, document)
            yield from self._same_person(series, document)

    def _individuals(self, series: Series, document: Document) -> Iterator[Diagnostic]:
        known = [each.id for each in series.individuals]
        used = Counter(each.individual for each in series.courses)
        for position, course in enumerate(series.courses):
            if course.individual not in known:
                yield document.problem(
                    "S405",
                    ("courses", position, "individual"),
                    f"unknown individual {course.individual!r}",
                    expected="an id of individuals",
                    nearest=nearest(course.individual, known),
                )
        for position, each in enumerate(known):
            if each in known[:position] or each not in used:
                reason = "stands twice" if each in known[:position] else "has no course"
                yield document.problem(
                    "S405", ("individuals", position, "id"), f"individual {each} {reason}"
                )

    def _links(self, series: Series, document: Document) -> Iterator[Diagnostic]:
        courses = {each.id: each for each in series.courses}
        for position, link in enumerate(series.links):
            path: Path = ("links", position, "courses")
            unknown = [(i, each) for i, each in enumerate(link.courses) if each not in courses]
            for index, each in unknown:
                yield document.problem(
                    "S406",
                    (*path, index),
                    f"unknown course {each!r}",
                    expected="a course of this file",
                    nearest=nearest(each, courses),
                )
            if not unknown:
                yield from self._link(document, path, link, courses)

    def _link(
        self, document: Document, path: Path, link: Link, courses: dict[str, Course]
    ) -> Iterator[Diagnostic]:
        first, second = (courses[each] for each in link.courses)
        if first is second:
            yield document.problem(
                "S406", (*path, 1), f"{first.id} is linked to itself", expected="two courses"
            )
        elif (first.individual == second.individual) != (link.certainty == "stated"):
            people = f"{first.individual} and {second.individual}"
            if first.individual == second.individual:
                people = f"{first.individual} alone"
            yield document.problem(
                "S406",
                path,
                f"a {link.certainty} link of {people}",
                expected="one individual" if link.certainty == "stated" else "two individuals",
            )

    def _same_person(self, series: Series, document: Document) -> Iterator[Diagnostic]:
        linked = {frozenset(link.courses) for link in series.links}
        seen: dict[str, Course] = {}
        for position, course in enumerate(series.courses):
            other = seen.setdefault(course.individual, course)
            if other.id == course.id:
                continue
            path: Path = ("courses", position)
            if frozenset((other.id, course.id)) not in linked:
                yield document.problem(
                    "S406",
                    (*path, "individual"),
                    f"{other.id} and {course.id} are one individual, without a link",
                    expected="a stated link between the two",
                )
            if other.sex and course.sex and other.sex.sex != course.sex.sex:
                yield self._differ(document, (*path, "sex"), other, course, "sex")
            if other.diagnosis.concept != course.diagnosis.concept:
                yield self._differ(document, (*path, "diagnosis"), other, course, "diagnosis")

    def _differ(
        self, document: Document, path: Path, first: Course, second: Course, what: str
    ) -> Diagnostic:
        people = f"{first.id} and {second.id} are both {first.individual}"
        return document.problem("S410", path, f"{people}, but the {what} differs")


class StudyWhole(Check):
    """Why: a period, a count or a level the wrong way round is shown as it stands.

    Avoid: a level twice, or its upper bound as its lower. Prefer: each level once, with the bounds
    that are printed.
    """

    codes = ("S411", "S413")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """S411: low over high. S413: a level stands twice."""
        for series, document in draft.series:
            study = series.study
            if study.period.first > study.period.last:
                message = f"first {study.period.first} is after last {study.period.last}"
                yield document.problem("S411", ("study", "period", "first"), message)
            if study.excluded.n > study.identified.n:
                message = f"{study.excluded.n} excluded of {study.identified.n} identified"
                yield document.problem("S411", ("study", "excluded", "n"), message)
            levels = [each.level for each in series.outcome.levels]
            for position, each in enumerate(series.outcome.levels):
                path: Path = ("outcome", "levels", position)
                if each.level in levels[:position]:
                    message = f"level {each.level} stands twice"
                    yield document.problem("S413", (*path, "level"), message)
                low = max(_given(each.at_least, each.above), default=None)
                high = min(_given(each.at_most, each.below), default=None)
                if low is not None and high is not None and low > high:
                    message = f"level {each.level} from {low:g} to {high:g}"
                    yield document.problem("S411", path, message)


def _given(*bounds: float | None) -> list[float]:
    return [each for each in bounds if each is not None]


CHECKS = (SeriesFileName, RowsOnce, IndividualsAndLinks, StudyWhole)
