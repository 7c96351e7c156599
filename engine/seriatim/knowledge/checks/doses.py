"""Checks of doses: are amount, unit and interval those that the cell prints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seriatim.knowledge.checks.base import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.draft import Draft
    from seriatim.knowledge.yamltext import Document, Path
    from seriatim.model.series import Amount, DoseCell, Every

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORD = re.compile(r"[a-z]+")
_UNIT_AFTER = re.compile(
    r"\s*(mg\s*/\s*kg|mg|mcg|\u00b5g|\u03bcg|micrograms?|g(?![a-z]))", re.IGNORECASE
)
_UNIT_NAMES = {
    "mcg": "microgram",
    "\u00b5g": "microgram",
    "\u03bcg": "microgram",
    "micrograms": "microgram",
}
_INTERVAL_WORDS = {
    "hour": re.compile(r"(?<![a-z])q?(?:h|hrs?|hours?|hourly)(?![a-z])", re.IGNORECASE),
    "day": re.compile(r"(?<![a-z])q?(?:d|days?|daily)(?![a-z])", re.IGNORECASE),
    "week": re.compile(r"(?<![a-z])q?(?:w|wks?|weeks?|weekly)(?![a-z])", re.IGNORECASE),
    "month": re.compile(r"(?<![a-z])q?(?:mo|months?|monthly)(?![a-z])", re.IGNORECASE),
}
# As prose says it: "every other week" is two weeks, "twice daily" is every 12 hours.
_COUNT_WORDS = {
    "other": 2,
    "second": 2,
    "two": 2,
    "third": 3,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "ten": 10,
    "twelve": 12,
}
_TIMES_A_DAY = {
    12: re.compile(r"\b(?:twice|two times|b\.?i\.?d)\b", re.IGNORECASE),
    8: re.compile(r"\b(?:thrice|three times|t\.?i\.?d)\b", re.IGNORECASE),
}


class DosesAgree(Check):
    """Why: a dose that is not the printed one could be given to someone.

    Avoid: adding a unit that the print leaves out. Prefer: `unit: null` and a note.
    """

    codes = ("S403", "S411")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """S403: amount, unit or interval is not in the cell. S411: low over high."""
        for series, document in draft.series:
            for position, course in enumerate(series.courses):
                if course.dose:
                    path: Path = ("courses", position, "dose", "regimens")
                    yield from self._dose(document, path, course.dose)

    def _dose(self, document: Document, path: Path, dose: DoseCell) -> Iterator[Diagnostic]:
        for position, regimen in enumerate(dose.regimens):
            where = (*path, position)
            if regimen.amount:
                yield from self._amount(document, (*where, "amount"), regimen.amount, dose.printed)
            elif not regimen.as_needed:
                yield document.problem("S403", where, "a regimen with neither amount nor as_needed")
            if regimen.every:
                yield from self._every(document, (*where, "every"), regimen.every, dose.printed)

    def _amount(
        self, document: Document, path: Path, amount: Amount, printed: str
    ) -> Iterator[Diagnostic]:
        if amount.low > amount.high:
            message = f"low {amount.low:g} is over high {amount.high:g}"
            yield document.problem("S411", (*path, "low"), message)
        for key, number in (("low", amount.low), ("high", amount.high)):
            if number not in _numbers_in(printed) and not (key == "high" and number == amount.low):
                yield document.problem(
                    "S403", (*path, key), f"{number:g} where {printed!r} is printed"
                )
        units = _units_of(amount.high, printed)
        if units is not None and amount.unit not in units:
            shown = amount.unit or "no unit"
            yield document.problem("S403", (*path, "unit"), f"{shown} where {printed!r} is printed")

    def _every(
        self, document: Document, path: Path, every: Every, printed: str
    ) -> Iterator[Diagnostic]:
        often = _TIMES_A_DAY.get(int(every.count)) if every.unit == "hour" else None
        if often and often.search(printed):
            return
        words = {_COUNT_WORDS.get(each) for each in _WORD.findall(printed.lower())}
        if every.count not in {1, *words, *_numbers_in(printed)}:
            yield document.problem(
                "S403", (*path, "count"), f"every {every.count:g} where {printed!r} is printed"
            )
        if not _INTERVAL_WORDS[every.unit].search(_NUMBER.sub(" ", printed)):
            yield document.problem(
                "S403", (*path, "unit"), f"{every.unit} where {printed!r} is printed"
            )


def _numbers_in(printed: str) -> list[float]:
    return [float(each) for each in _NUMBER.findall(printed)]


def _units_of(number: float, printed: str) -> set[str | None] | None:
    """Collect the units printed after a number (None: without one); None if it is not printed."""
    units: set[str | None] = set()
    found = False
    for match in _NUMBER.finditer(printed):
        if float(match.group()) != number:
            continue
        found = True
        after = _UNIT_AFTER.match(printed, match.end())
        name = after.group(1).lower().replace(" ", "") if after else None
        units.add(_UNIT_NAMES.get(name, name) if name else None)
    return units if found else None


CHECKS = (DosesAgree,)
