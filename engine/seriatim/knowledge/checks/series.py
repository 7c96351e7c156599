"""Checks of one publication's file: does it hang together, and does each cell say what it prints."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from seriatim.knowledge.checks.base import Check, unknown_term
from seriatim.knowledge.nearest import nearest
from seriatim.model.selector import Selector
from seriatim.model.terms import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.draft import Draft
    from seriatim.knowledge.yamltext import Document, Path
    from seriatim.model.series import Course, DoseCell, Series

DASHES = frozenset({"-", "--", "–", "—", "none", "None", "n/a", "N/A"})
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SELECTOR_KINDS: dict[str, tuple[Kind, ...]] = {
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
            rows: dict[str, list[int]] = {}
            for position, course in enumerate(series.courses):
                path = ("courses", position, "id")
                line = document.place(path)[0]
                if course.id in first:
                    yield document.problem(
                        "S401", path, f"course {course.id} stands twice (first: {first[course.id]})"
                    )
                first.setdefault(course.id, line)
                yield from self._place(document, position, course, rows)
            for table, numbers in rows.items():
                missing = sorted(set(range(1, max(numbers) + 1)) - set(numbers))
                if missing:
                    listed = ", ".join(map(str, missing))
                    yield document.problem(
                        "S408", ("courses",), f"Table {table} has no row {listed}"
                    )

    def _place(
        self, document: Document, position: int, course: Course, rows: dict[str, list[int]]
    ) -> Iterator[Diagnostic]:
        at = course.at
        path = ("courses", position, "at")
        if course.id.startswith("C"):
            if at.section is None or at.quote is None:
                yield document.problem(
                    "S402", path, f"course {course.id} is told in prose", expected="section, quote"
                )
            return
        if at.table is None or at.row is None:
            yield document.problem("S402", path, "a table course", expected="table and row")
            return
        if course.id != f"T{at.table}R{at.row}":
            yield document.problem(
                "S402", path, f"course {course.id} stands at T{at.table}R{at.row}"
            )
        numbers = rows.setdefault(at.table, [])
        if at.row in numbers:
            yield document.problem(
                "S401", (*path, "row"), f"Table {at.table} row {at.row} is cited twice"
            )
        numbers.append(at.row)


class CellsAgree(Check):
    """Why: a normalised value that is not what its cell prints is a wrong fact with a citation.
    Avoid: correcting the print. Prefer: the cell as printed, and the number it holds.
    """

    codes = ("S403", "S404", "S411")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """S403: value is not in the cell. S404: therapies differ in number. S411: low over high."""
        for series, document in draft.series:
            for position, course in enumerate(series.courses):
                yield from self._course(document, position, course)

    def _course(self, document: Document, position: int, course: Course) -> Iterator[Diagnostic]:
        base: Path = ("courses", position)
        numbers = (
            ("age", "years", course.age and (course.age.printed, course.age.years)),
            ("months", "months", course.months and (course.months.printed, course.months.months)),
        )
        for cell, key, pair in numbers:
            if pair and pair[1] not in [float(each) for each in _NUMBER.findall(pair[0])]:
                yield document.problem(
                    "S403", (*base, cell, key), f"{cell} {pair[1]:g} where {pair[0]!r} is printed"
                )
        if course.sex and course.sex.printed[:1].lower() != course.sex.sex[:1]:
            yield document.problem(
                "S403", (*base, "sex", "sex"), f"{course.sex.sex}: {course.sex.printed!r} is printed"
            )
        if course.dose:
            yield from self._dose(document, (*base, "dose"), course.dose)
        for name, therapies in (("concurrent", course.concurrent), ("previous", course.previous)):
            if therapies is None:
                continue
            lines = [each for each in therapies.printed if each not in DASHES]
            if len(lines) != len(therapies.drugs):
                yield document.problem(
                    "S404",
                    (*base, name),
                    f"{len(lines)} therapies printed, {len(therapies.drugs)} drugs",
                    expected="one drug a line, in order",
                )
        events = course.adverse_events
        if events and len(events.events) != (
            0 if events.printed in DASHES else len(events.printed.split(","))
        ):
            yield document.problem(
                "S404",
                (*base, "adverse_events"),
                f"{len(events.events)} events for {events.printed!r}",
                expected="one event for each that is printed",
            )

    def _dose(self, document: Document, path: Path, dose: DoseCell) -> Iterator[Diagnostic]:
        printed = [float(each) for each in _NUMBER.findall(dose.printed)]
        for position, regimen in enumerate(dose.regimens):
            where = (*path, "regimens", position)
            if regimen.amount:
                low, high = regimen.amount.low, regimen.amount.high
                if low > high:
                    yield document.problem("S411", where, f"low {low:g} is over high {high:g}")
                for number in {low, high}:
                    if number not in printed:
                        yield document.problem(
                            "S403", where, f"{number:g} where {dose.printed!r} is printed"
                        )
                unit = regimen.amount.unit
                if unit and unit not in dose.printed:
                    yield document.problem(
                        "S403", where, f"unit {unit} where {dose.printed!r} is printed"
                    )
            elif not regimen.as_needed:
                yield document.problem("S403", where, "a regimen with neither amount nor as_needed")
            every = regimen.every
            if every and every.count != 1 and every.count not in printed:
                yield document.problem(
                    "S403", where, f"every {every.count:g} where {dose.printed!r} is printed"
                )


class CellTerms(Check):
    """Why: a diagnosis or drug that no term names can match no patient.
    Avoid: the printed words as an id. Prefer: an id of cases/terms/; an open term as `could_be`
    with the reason.
    """

    codes = ("T301", "S407", "S413")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """T301: unknown term. S407: diagnosis neither settled nor open. S413: unknown level."""
        for series, document in draft.series:
            levels = {each.level for each in series.outcome.levels}
            for position, course in enumerate(series.courses):
                for path, term, kind in _terms_of(course):
                    where = ("courses", position, *path)
                    if problem := unknown_term(draft, document, where, term, kind):
                        yield problem
                yield from self._diagnosis(document, position, course)
                if course.response and course.response.level not in levels:
                    yield document.problem(
                        "S413",
                        ("courses", position, "response", "level"),
                        f"level {course.response.level} is not defined under outcome",
                    )
            for position, person in enumerate(series.individuals):
                for index, also in enumerate(person.also):
                    where = ("individuals", position, "also", index, "concept")
                    if problem := unknown_term(draft, document, where, also.concept, "diagnosis"):
                        yield problem

    def _diagnosis(self, document: Document, position: int, course: Course) -> Iterator[Diagnostic]:
        cell = course.diagnosis
        path = ("courses", position, "diagnosis")
        if (cell.concept is None) == (not cell.could_be):
            yield document.problem(
                "S407", path, "diagnosis", expected="either concept or could_be, not both"
            )
        elif cell.could_be and cell.why is None:
            yield document.problem("S407", path, "an open diagnosis", expected="why it is open")


class IndividualsAndLinks(Check):
    """Why: a cross-over patient counted twice, or two patients taken for one, changes every count.
    Avoid: one individual for rows that are only probably the same person. Prefer: one individual
    where the print says so, a probable link otherwise.
    """

    codes = ("S405", "S406", "S410")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """S405: individual unknown or unused. S406: link broken. S410: rows of one differ."""
        for series, document in draft.series:
            known = [each.id for each in series.individuals]
            used = Counter(each.individual for each in series.courses)
            for position, course in enumerate(series.courses):
                if course.individual not in known:
                    yield document.problem(
                        "S405",
                        ("courses", position, "individual"),
                        f"unknown individual {course.individual}",
                        nearest=nearest(course.individual, known),
                    )
            for position, each in enumerate(known):
                if each in known[:position] or each not in used:
                    reason = "stands twice" if each in known[:position] else "has no course"
                    yield document.problem(
                        "S405", ("individuals", position), f"individual {each} {reason}"
                    )
            yield from self._links(series, document)
            yield from self._same_person(series, document)

    def _links(self, series: Series, document: Document) -> Iterator[Diagnostic]:
        courses = {each.id: each for each in series.courses}
        for position, link in enumerate(series.links):
            path = ("links", position, "courses")
            ends = [courses.get(each) for each in link.courses]
            for index, end in enumerate(ends):
                if end is None:
                    yield document.problem(
                        "S406",
                        (*path, index),
                        f"unknown course {link.courses[index]}",
                        nearest=nearest(link.courses[index], courses),
                    )
            first, second = ends
            if first is None or second is None:
                continue
            same = first.individual == second.individual
            if same != (link.certainty == "stated") or first is second:
                expected = "one individual" if link.certainty == "stated" else "two individuals"
                yield document.problem(
                    "S406", path, f"a {link.certainty} link", expected=expected
                )

    def _same_person(self, series: Series, document: Document) -> Iterator[Diagnostic]:
        linked = {frozenset(link.courses) for link in series.links}
        seen: dict[str, Course] = {}
        for position, course in enumerate(series.courses):
            other = seen.setdefault(course.individual, course)
            if other is course:
                continue
            path = ("courses", position, "individual")
            if frozenset((other.id, course.id)) not in linked:
                yield document.problem(
                    "S406", path, f"{other.id} and {course.id} are one individual, without a link"
                )
            if (other.sex and course.sex and other.sex.sex != course.sex.sex) or (
                other.diagnosis.concept != course.diagnosis.concept
            ):
                yield document.problem(
                    "S410", path, f"sex or diagnosis differs between {other.id} and {course.id}"
                )


class ClaimsWhole(Check):
    """Why: a claim that recomputes nothing, or something else, is a contradiction missed.
    Avoid: two ways of recomputing in one claim. Prefer: one, or `cannot_check` with the reason.
    """

    codes = ("C501", "C502", "C503", "C504", "T301")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """C501: id twice. C502: unknown claim. C503: not one way to recompute. C504: no value."""
        for series, document in draft.series:
            ids = [each.id for each in series.claims]
            for position, claim in enumerate(series.claims):
                base: Path = ("claims", position)
                if claim.id in ids[:position]:
                    yield document.problem("C501", (*base, "id"), f"claim {claim.id} stands twice")
                if claim.recompute is None and claim.cannot_check is None:
                    yield document.problem(
                        "C503", base, "nothing to check", expected="recompute or cannot_check"
                    )
                if claim.cannot_check is None and claim.value is None:
                    yield document.problem("C504", base, "no printed value to hold the rows against")
                hows = [("recompute", claim.recompute)] if claim.recompute else []
                for how_name, how in hows:
                    given = [name for name, value in how if value not in (None, ())]
                    if len(given) != 1:
                        yield document.problem(
                            "C503",
                            (*base, how_name),
                            f"{' and '.join(given) or 'nothing'}",
                            expected="exactly one way to recompute",
                        )
                    yield from self._references(document, (*base, how_name), how, series)
            value = document.value
            for path, selector in _selectors(("claims",), value.get("claims")):
                yield from selector_terms(draft, document, path, selector)
            for path, selector in _selectors(("limits",), value.get("limits")):
                yield from selector_terms(draft, document, path, selector)

    def _references(
        self, document: Document, path: Path, how: Any, series: Series
    ) -> Iterator[Diagnostic]:
        values = {each.id: each.value for each in series.claims}
        named = {
            "sum_of_claims": how.sum_of_claims,
            "difference_of_claims": how.difference_of_claims or (),
            "percent_of_claims": how.percent_of_claims or (),
        }
        for key, ids in named.items():
            for index, claim in enumerate(ids):
                where = (*path, key, index)
                if claim not in values:
                    yield document.problem(
                        "C502", where, f"unknown claim {claim!r}", nearest=nearest(claim, values)
                    )
                elif isinstance(values[claim], bool) or not isinstance(values[claim], (int, float)):
                    yield document.problem("C502", where, f"claim {claim} has no number")


def _terms_of(course: Course) -> Iterator[tuple[Path, str, Kind]]:
    yield ("drug",), course.drug, "drug"
    if course.diagnosis.concept:
        yield ("diagnosis", "concept"), course.diagnosis.concept, "diagnosis"
    for index, each in enumerate(course.diagnosis.could_be):
        yield ("diagnosis", "could_be", index), each, "diagnosis"
    for name, cell in (("concurrent", course.concurrent), ("previous", course.previous)):
        for index, drug in enumerate(cell.drugs if cell else ()):
            yield (name, "drugs", index), drug, "drug"
    events = course.adverse_events.events if course.adverse_events else ()
    for index, event in enumerate(events):
        yield ("adverse_events", "events", index), event, "event"


def _selectors(path: Path, value: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every mapping below `value` that can only be a selector, with its path."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _selectors((*path, index), each)
    elif isinstance(value, dict):
        if value and all(key in Selector.model_fields for key in value):
            yield path, value
        else:
            for key, each in value.items():
                yield from _selectors((*path, key), each)


def selector_terms(
    draft: Draft, document: Document, path: Path, selector: dict[str, Any]
) -> Iterator[Diagnostic]:
    """T301 for every term of a selector that is not known; `$variables` are left alone."""
    for key, kinds in _SELECTOR_KINDS.items():
        term = selector.get(key)
        if not isinstance(term, str) or term.startswith("$") or term in _WORDS.get(key, ()):
            continue
        if problem := unknown_term(draft, document, (*path, key), term, *kinds):
            yield problem
    linked = selector.get("linked")
    if isinstance(linked, dict):
        drug = linked.get("drug")
        if isinstance(drug, str) and not drug.startswith("$"):
            where = (*path, "linked", "drug")
            if problem := unknown_term(draft, document, where, drug, "drug", "class"):
                yield problem


CHECKS = (SeriesFileName, RowsOnce, CellsAgree, CellTerms, IndividualsAndLinks, ClaimsWhole)
