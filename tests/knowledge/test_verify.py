"""Every printed cell is found in the text of the document, and what is not there is reported."""

from __future__ import annotations

import os
import re
import time
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.knowledge.load import load_knowledge
from seriatim.knowledge.verify import NotTextError, Verification, cells_of, verify
from seriatim.model.series import At, Course, Series

SERIES = "nyu-2022-il1"
ROOT = Path(__file__).resolve().parents[2]

LETTER = "SERIATIM_LETTER"
Rows = dict[str, list[tuple[str, list[str]]]]
some = settings(max_examples=25, deadline=None)


@cache
def shipped() -> Series:
    """Not a fixture: it would be printed in full with every example that fails."""
    return load_knowledge(ROOT).series[SERIES]


@pytest.fixture(name="series")
def _series() -> Series:
    return shipped()


def chance(seed: int = 1) -> Random:
    return Random(seed)  # noqa: S311 - it breaks lines


def rows_of(series: Series) -> list[tuple[Course, list[tuple[str, list[str]]]]]:
    return [(c, [(name, list(lines)) for name, lines in cells_of(c)]) for c in series.courses]


def wrapped(cell: str, random: Random) -> str:
    """A cell broken over lines as an extraction breaks it: at blanks, or hyphenated in a word."""
    out = cell[0]
    for before, each in pairwise(cell):
        if each == " ":
            out += random.choice([" ", "\n", " \n"])
        elif before.isalpha() and each.islower() and random.random() < 0.1:
            out += random.choice(["-\n", "- \n"]) + each
        else:
            out += each
    return out


def printed(
    series: Series, random: Random, rows: list[tuple[Course, list[tuple[str, list[str]]]]]
) -> str:
    """A document of the series' own cells, with headings, claims and levels in between."""
    parts, table = ["LETTERS TO THE EDITOR"], None
    for course, cells in rows:
        if course.at.table != table:
            table = course.at.table
            parts.append(f"TABLE {table}.\nAge Gender Diagnosis Dose")
        lines = [wrapped(line, random) for _name, lines in cells for line in lines]
        parts.append("".join(line + random.choice([" ", "\n", "\n\n"]) for line in lines))
    parts += [f"({wrapped(each.printed, random)})" for each in series.claims]
    parts += [wrapped(each.printed, random) for each in series.outcome.levels]
    return "\n".join(parts)


def checked(series: Series, text: str) -> Verification:
    data = text.encode()
    document = series.document.model_copy(update={"sha256": sha256(data).hexdigest()})
    return verify(series.model_copy(update={"document": document}), data)


@some
@given(seed=st.integers(0, 10**6))
def test_all_is_found_however_the_lines_are_wrapped(seed: int) -> None:
    series = shipped()
    found = checked(series, printed(series, chance(seed), rows_of(series)))
    assert found.problems == ()
    assert found.ok
    assert {each.place for each in found.rows} == {"whole"}
    in_rows = [each for each in found.cells if each.place == "in its row"]
    assert len(in_rows) == 9 * 24


@some
@given(seed=st.integers(0, 10**6), row=st.integers(0, 23), position=st.integers(0, 8))
def test_a_changed_cell_is_reported_with_what_stands_there(
    seed: int, row: int, position: int
) -> None:
    series = shipped()
    rows = rows_of(series)
    course, cells = rows[row]
    name = cells[position][0]
    cells[position] = (name, ["Z"])
    found = checked(series, printed(series, chance(seed), rows))
    assert [row.course for row in found.rows if row.place != "whole"] == [course.id]
    wrong = [each for each in found.cells if each.place not in {"in its row", "found"}]
    assert [(each.owner, each.cell) for each in wrong] == [(course.id, name)]
    assert wrong[0].instead == "Z"
    assert str(wrong[0]).endswith("stands there")


@pytest.mark.parametrize("position", [0, 7, 13, 23])
def test_a_missing_row_is_reported(series: Series, position: int) -> None:
    rows = rows_of(series)
    gone, _cells = rows.pop(position)
    found = checked(series, printed(series, chance(), rows))
    assert [(row.course, row.place) for row in found.rows if row.place != "whole"] == [
        (gone.id, "not whole")
    ]
    places = {each.place for each in found.cells if each.owner == gone.id}
    assert "in its row" not in places


def test_rows_out_of_order_are_reported(series: Series) -> None:
    rows = rows_of(series)
    rows[2], rows[8] = rows[8], rows[2]
    found = checked(series, printed(series, chance(), rows))
    late = [row.course for row in found.rows if row.place == "out of order"]
    assert late
    assert set(late) < {course.id for course, _cells in rows[2:9]} | {"T1R3", "T1R9"}
    assert any("row out of order" in each for each in found.problems)


def test_another_document_is_reported(series: Series) -> None:
    text = printed(series, chance(), rows_of(series))
    found = verify(series, text.encode())
    assert not found.same_document
    assert len(found.problems) == 1
    assert "another extraction" in found.problems[0]


@pytest.mark.parametrize(("cell", "number"), [("age", "148"), ("age", "4 8 8"), ("months", "51")])
def test_a_number_is_not_found_inside_a_longer_one(series: Series, cell: str, number: str) -> None:
    rows = rows_of(series)
    cells = rows[0][1]
    cells[[name for name, _lines in cells].index(cell)] = (cell, [number])
    found = checked(series, printed(series, chance(), rows))
    assert [(each.owner, each.cell) for each in found.cells if each.instead is not None] == [
        ("T1R1", cell)
    ]


def test_a_hyphen_that_is_printed_survives(series: Series) -> None:
    text = printed(series, chance(), rows_of(series)).replace(
        "6-mercaptopurine", "6-\nmercapto-\npurine"
    )
    assert checked(series, text).ok
    text = printed(series, chance(), rows_of(series)).replace(
        "6-mercaptopurine", "6 mercaptopurine"
    )
    assert not checked(series, text).ok


def test_claims_and_levels_are_looked_for(series: Series) -> None:
    text = printed(series, chance(), rows_of(series))
    found = checked(series, re.sub(r"\(53[^)]*\)", "", text).replace("<25%", "<26%"))
    assert [(each.owner, each.place) for each in found.cells if each.place == "not found"] == [
        ("none", "not found"),
        ("identified", "not found"),
    ]


def test_a_course_told_in_prose_has_its_cells_and_quotation_found_anywhere(series: Series) -> None:
    told = series.courses[0].model_copy(
        update={"id": "C1", "at": At(section="case", quote="started on anakinra")}
    )
    rows = rows_of(series)
    text = printed(series, chance(), rows)
    prose = series.model_copy(update={"courses": (*series.courses, told)})
    found = [each for each in checked(prose, text).cells if each.owner == "C1"]
    assert {each.place for each in found if each.cell != "quote"} == {"found"}
    assert [each.place for each in found if each.cell == "quote"] == ["not found"]
    again = checked(prose, f"{text}\nwas started\non ana-\nkinra")
    assert all(each.place != "not found" for each in again.cells)


@pytest.mark.parametrize(
    ("document", "says"),
    [(b"%PDF-1.7 ...", "text is wanted"), (b"\xef\xbb\xbf%PDF", None), (b"caf\xe9", "UTF-8")],
)
def test_what_is_not_text_is_refused(series: Series, document: bytes, says: str | None) -> None:
    if says is None:
        assert not verify(series, document).ok
        return
    with pytest.raises(NotTextError, match=says):
        verify(series, document)


def test_the_published_letter_itself(series: Series) -> None:
    place = os.environ.get(LETTER)
    if not place:
        pytest.skip(f"the letter is not part of the project; set {LETTER} to its text to check it")
    found = verify(series, Path(place).read_bytes())
    assert found.problems == ()
    assert sum(row.place == "whole" for row in found.rows) == 24


def test_a_long_document_without_the_cells_is_soon_done() -> None:
    begun = time.perf_counter()
    found = verify(shipped(), b"a " * 1_000_000)
    assert time.perf_counter() - begun < 10
    assert {each.place for each in found.cells} == {"not found"}
