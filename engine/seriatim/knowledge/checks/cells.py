"""Checks of the cells of a course: does each normalised value say what its cell prints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from seriatim.knowledge.checks.base import Check, unknown_term
from seriatim.model.base import Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.draft import Draft
    from seriatim.knowledge.yamltext import Document, Path
    from seriatim.model.series import Course, EventsCell, OutcomeDefinition, TherapyCell
    from seriatim.model.terms import Kind

DASHES = frozenset({"-", "--", "\N{EN DASH}", "\N{EM DASH}", "none", "None", "n/a", "N/A"})
_WORD = re.compile(r"[a-z]+")
_SEX_WORDS = {
    "female": frozenset({"f", "female", "woman", "girl"}),
    "male": frozenset({"m", "male", "man", "boy"}),
}
_LEVELS = frozenset(get_args(Response))
_DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(?:[\s-]*(day|week|month|year))?", re.IGNORECASE)
CLOSE_ENOUGH = 0.05
"""How far a duration may be from a printed one in another unit, in years or months."""


class CellsAgree(Check):
    """Why: a normalised value that is not what its cell prints is a wrong fact with a citation.

    Avoid: correcting the print. Prefer: the cell as printed, and the number it holds.
    """

    codes = ("S403", "S404")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """S403: value is not in the cell. S404: therapies or events differ in number."""
        for series, document in draft.series:
            for position, course in enumerate(series.courses):
                base: Path = ("courses", position)
                yield from self._numbers(document, base, course)
                yield from self._sex(document, base, course)
                yield from self._response(document, base, course, series.outcome)
                for name, cell in (
                    ("concurrent", course.concurrent),
                    ("previous", course.previous),
                ):
                    if cell is not None:
                        yield from self._therapies(document, (*base, name, "drugs"), cell)
                if course.adverse_events is not None:
                    path = (*base, "adverse_events", "events")
                    yield from self._events(document, path, course.adverse_events)

    def _numbers(self, document: Document, base: Path, course: Course) -> Iterator[Diagnostic]:
        found: list[tuple[str, str, float, str]] = []
        if course.age:
            found.append(("age", "years", course.age.years, course.age.printed))
        if course.months:
            found.append(("months", "months", course.months.months, course.months.printed))
        for cell, key, number, printed in found:
            if not _lasts(number, key.removesuffix("s"), printed):
                yield document.problem(
                    "S403", (*base, cell, key), f"{cell} {number:g} where {printed!r} is printed"
                )

    def _sex(self, document: Document, base: Path, course: Course) -> Iterator[Diagnostic]:
        if course.sex is None:
            return
        words = set(_WORD.findall(course.sex.printed.lower()))
        said = {sex for sex, names in _SEX_WORDS.items() if names & words}
        stated = {course.sex.sex} & set(_SEX_WORDS)
        if said != stated:
            yield document.problem(
                "S403",
                (*base, "sex", "sex"),
                f"sex {course.sex.sex} where {course.sex.printed!r} is printed",
            )

    def _response(
        self, document: Document, base: Path, course: Course, outcome: OutcomeDefinition
    ) -> Iterator[Diagnostic]:
        """A level's own name, or the words that the outcome gives it, mean that level."""
        if course.response is None:
            return
        printed, level = course.response.printed, course.response.level
        word = _plain(printed)
        defined = {each.level for each in outcome.levels if _plain(each.printed) == word}
        said = defined or _LEVELS & {word}
        if said and level not in said:
            yield document.problem(
                "S403",
                (*base, "response", "level"),
                f"level {level} where {printed!r} is printed",
                expected=" or ".join(sorted(said)),
            )

    def _therapies(self, document: Document, path: Path, cell: TherapyCell) -> Iterator[Diagnostic]:
        lines = [each for each in cell.printed if each not in DASHES]
        if len(lines) != len(cell.drugs):
            yield document.problem(
                "S404",
                path,
                f"{len(lines)} therapies printed, {len(cell.drugs)} drugs",
                expected="one drug for each line, in the order of print",
            )
        for index, drug in enumerate(cell.drugs):
            if drug in cell.drugs[:index]:
                message = f"{drug} stands twice, and counts as two therapies"
                yield document.problem("S404", (*path, index), message, severity="warning")

    def _events(self, document: Document, path: Path, cell: EventsCell) -> Iterator[Diagnostic]:
        printed = 0 if cell.printed in DASHES else len(cell.printed.split(","))
        if len(cell.events) != printed:
            yield document.problem(
                "S404",
                path,
                f"{len(cell.events)} events where {cell.printed!r} is printed",
                expected="one event for each that is printed",
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
        if cell.concept is None and not cell.could_be:
            yield document.problem(
                "S407", path, "a diagnosis that means nothing", expected="concept or could_be"
            )
        elif cell.concept is not None and cell.could_be:
            yield document.problem(
                "S407",
                (*path, "could_be"),
                "a diagnosis both settled and open",
                expected="either concept or could_be",
            )
        elif cell.could_be and cell.why is None:
            yield document.problem(
                "S407", path, "an open diagnosis without a reason", expected="why it is open"
            )


def _plain(printed: str) -> str:
    return " ".join(printed.split()).casefold()


def _lasts(number: float, unit: str, printed: str) -> bool:
    """Whether a cell prints this many years or months, or as much in another unit."""
    for match in _SPAN.finditer(printed):
        said = (match.group(2) or unit).lower()
        value = float(match.group(1)) * _DAYS[said] / _DAYS[unit]
        if abs(value - number) <= (CLOSE_ENOUGH if said != unit else 0):
            return True
    return False


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


CHECKS = (CellsAgree, CellTerms)
