"""Holds a series against the text of its document: every printed cell, row by row."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from seriatim.errors import SeriatimError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from seriatim.model.series import Course, Series

Place = Literal["in its row", "found", "found, not in its row", "not found"]
"""`found` is for what has no row: claims, levels of the outcome and courses told in prose."""

RowPlace = Literal["whole", "out of order", "not whole"]

_BLANKS_AND_HYPHENS = re.compile(r"[\s-]+")
LONGEST_OTHER_CELL = 200
"""How much text may stand where one cell of a row differs from its transcription."""


class NotTextError(SeriatimError):
    """The document is not text; the message says what is wanted."""


@dataclass(frozen=True, slots=True)
class CellCheck:
    """One printed cell, claim or level, and where the document has it.

    `owner` is a course id, the id of a claim or a level. `instead` is what stands in its place if
    all else of its row was found.
    """

    owner: str
    cell: str
    printed: str
    place: Place
    instead: str | None = None

    def __str__(self) -> str:
        text = f"{self.owner} {self.cell} {self.printed!r}: {self.place}"
        return f"{text}; {self.instead!r} stands there" if self.instead is not None else text


@dataclass(frozen=True, slots=True)
class RowCheck:
    """One row of a table: found as one run, after the row before it, or not."""

    course: str
    place: RowPlace


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of every printed cell of a series in a document."""

    series: str
    expected_sha256: str
    sha256: str
    rows: tuple[RowCheck, ...]
    cells: tuple[CellCheck, ...]

    @property
    def same_document(self) -> bool:
        """Whether this is, byte for byte, the document that was transcribed."""
        return self.sha256 == self.expected_sha256

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that is not as transcribed, in words."""
        found = []
        if not self.same_document:
            found.append(
                f"document: sha256 {self.sha256}, not {self.expected_sha256}: "
                "another document, or another extraction of it"
            )
        found += [f"{row.course}: row {row.place}" for row in self.rows if row.place != "whole"]
        found += [str(each) for each in self.cells if each.place not in {"in its row", "found"}]
        return tuple(found)

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return not self.problems


def verify(series: Series, document: bytes) -> Verification:
    """Look for every printed cell, claim and level of `series` in the text of its document.

    Raises NotTextError if the document is a PDF or not UTF-8. Rows are taken as the cells in their
    order of print; white space is left aside, and so are hyphens at the end of a line.
    """
    text = unicodedata.normalize("NFC", _decode(document))
    rows, cells = _Rows(series, text).check()
    cells += [
        CellCheck(owner, what, printed, "found" if _find(text, [printed]) else "not found")
        for owner, what, printed in _without_row(series)
    ]
    return Verification(
        series=series.id,
        expected_sha256=series.document.sha256,
        sha256=sha256(document).hexdigest(),
        rows=tuple(rows),
        cells=tuple(cells),
    )


def cells_of(course: Course) -> list[tuple[str, tuple[str, ...]]]:
    """Name the printed cells of a course, in the order of the columns, line by line."""
    found: list[tuple[str, tuple[str, ...] | None]] = [
        ("age", (course.age.printed,) if course.age else None),
        ("sex", (course.sex.printed,) if course.sex else None),
        ("diagnosis", (course.diagnosis.printed,)),
        ("dose", (course.dose.printed,) if course.dose else None),
        ("concurrent", course.concurrent.printed if course.concurrent else None),
        ("previous", course.previous.printed if course.previous else None),
        ("months", (course.months.printed,) if course.months else None),
        ("response", (course.response.printed,) if course.response else None),
        ("adverse_events", (course.adverse_events.printed,) if course.adverse_events else None),
    ]
    return [(name, lines) for name, lines in found if lines is not None]


def _decode(document: bytes) -> str:
    if document[:1024].lstrip().startswith(b"%PDF"):
        raise NotTextError(
            "the document is a PDF; text is wanted, as extracted from its pages (the series says "
            "under document.note how it was read)"
        )
    try:
        return document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotTextError(
            f"the document is not text in UTF-8 (byte {error.start} is "
            f"0x{document[error.start]:02x}); save the text of its pages as UTF-8"
        ) from error


def _without_row(series: Series) -> Iterator[tuple[str, str, str]]:
    for course in series.courses:
        if course.at.table is None:
            for name, lines in cells_of(course):
                yield from ((course.id, name, line) for line in lines)
            if course.at.quote is not None:
                yield course.id, "quote", course.at.quote
    for level in series.outcome.levels:
        yield level.level, "outcome level", level.printed
    for claim in series.claims:
        yield claim.id, "claim", claim.printed


class _Rows:
    """The rows of the tables of a series, looked for in the text of its document."""

    def __init__(self, series: Series, text: str) -> None:
        self.text = text
        tables: dict[str, list[Course]] = {}
        for course in series.courses:
            if course.at.table is not None:
                tables.setdefault(course.at.table, []).append(course)
        self.tables = [sorted(rows, key=lambda c: c.at.row or 0) for rows in tables.values()]
        self.whole: dict[str, tuple[int, int]] = {}
        self.late: set[str] = set()

    def check(self) -> tuple[list[RowCheck], list[CellCheck]]:
        for courses in self.tables:
            self._find_whole(courses)
        rows, cells = [], []
        for course in (each for courses in self.tables for each in courses):
            place: RowPlace = "whole" if course.id in self.whole else "not whole"
            rows.append(RowCheck(course.id, "out of order" if course.id in self.late else place))
            cells += self._cells(course)
        return rows, cells

    def _find_whole(self, courses: Sequence[Course]) -> None:
        """Find each row after the one before it; then, anywhere, those that are still missing."""
        after = 0
        for course in courses:
            if found := _find(self.text, _lines(cells_of(course)), after):
                self.whole[course.id] = found.span()
                after = found.end()
        for course in courses:
            if course.id not in self.whole and (span := self._free(_lines(cells_of(course)))):
                self.whole[course.id] = span
                self.late.add(course.id)

    def _free(self, pieces: Sequence[str | None]) -> tuple[int, int] | None:
        """Find a run that no other row has taken."""
        after = 0
        while found := _find(self.text, pieces, after):
            start, end = found.span()
            if all(end <= left or right <= start for left, right in self.whole.values()):
                return start, end
            after = start + 1
        return None

    def _cells(self, course: Course) -> list[CellCheck]:
        cells = cells_of(course)
        if course.id in self.whole:
            return [_checked(course, name, lines, "in its row") for name, lines in cells]
        for odd, (name, _lines_of_it) in enumerate(cells):
            pieces = [*_lines(cells[:odd]), None, *_lines(cells[odd + 1 :])]
            span = self._free(pieces) if len(cells) > 1 else None
            if span is not None:
                instead = _find(self.text, pieces, span[0])
                other = " ".join(instead["other"].split()) if instead else None
                return [
                    self._elsewhere(course, each, lines, other)
                    if each == name
                    else _checked(course, each, lines, "in its row")
                    for each, lines in cells
                ]
        return [self._elsewhere(course, name, lines, None) for name, lines in cells]

    def _elsewhere(
        self, course: Course, name: str, lines: tuple[str, ...], instead: str | None
    ) -> CellCheck:
        found = _find(self.text, list(lines)) is not None
        return _checked(
            course, name, lines, "found, not in its row" if found else "not found", instead
        )


def _checked(
    course: Course, name: str, lines: tuple[str, ...], place: Place, instead: str | None = None
) -> CellCheck:
    return CellCheck(course.id, name, " / ".join(lines), place, instead)


def _lines(cells: Iterable[tuple[str, tuple[str, ...]]]) -> list[str | None]:
    return [line for _name, lines in cells for line in lines]


def _find(text: str, pieces: Sequence[str | None], start: int = 0) -> re.Match[str] | None:
    """Find the pieces as one run; None stands for one cell that may read otherwise."""
    bare = _bare(text)
    if any(_without_blanks(each) not in bare for each in pieces if each is not None):
        return None  # a pattern takes long over a long text in which it finds nothing
    return _pattern(tuple(pieces)).search(text, start)


@lru_cache(maxsize=1)
def _bare(text: str) -> str:
    return _without_blanks(text)


def _without_blanks(text: str) -> str:
    """The text without blanks and hyphens, either of which a line break may add."""
    return _BLANKS_AND_HYPHENS.sub("", unicodedata.normalize("NFC", text))


def _pattern(pieces: tuple[str | None, ...]) -> re.Pattern[str]:
    written = [each if each is None else _compact(each) for each in pieces]
    parts: list[str] = []
    for position, each in enumerate(written):
        before = written[position - 1] if position else None
        if position:
            glued = before and each and _same_kind(before[-1], each[0])
            parts.append(r"\s+" if glued or each is None or before is None else r"\s*")
        if each is not None:
            parts.append(_spell(each))
        elif position in {0, len(written) - 1}:
            parts.append(r"(?P<other>\S+)")
        else:
            parts.append(rf"(?P<other>\S.{{0,{LONGEST_OTHER_CELL}}}?)")
    first, last = written[0], written[-1]
    opening = r"(?<![\w.])" if first is None or first[0].isalnum() else ""
    closing = r"(?!\w|\.\d)" if last is None or last[-1].isalnum() else ""
    return re.compile(opening + "".join(parts) + closing, re.DOTALL)


def _compact(printed: str) -> str:
    return "".join(unicodedata.normalize("NFC", printed).split())


def _spell(compact: str) -> str:
    """Spell a cell so that it may be wrapped anywhere, with a hyphen before a small letter."""
    parts = [re.escape(compact[0])]
    for before, each in pairwise(compact):
        wrapped = each.islower() and before.isalpha()
        parts.append((r"(?:-[^\S\n]*\n)?\s*" if wrapped else r"\s*") + re.escape(each))
    return "".join(parts)


def _same_kind(left: str, right: str) -> bool:
    """Whether two characters would read as one word or number if they stood together."""
    return (left.isdigit() and right.isdigit()) or (left.isalpha() and right.isalpha())
