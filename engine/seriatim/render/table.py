"""Published courses as a list for a terminal, as Markdown and as CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

from seriatim.render.canvas import Span, cells
from seriatim.render.courses import course_events, dose, links, place, told_of
from seriatim.render.glyphs import STYLES
from seriatim.render.markup import table
from seriatim.render.words import person, plural, response, short, short_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seriatim.model.evidence import CitedDrug, CourseCase
    from seriatim.render.canvas import Canvas, Text
    from seriatim.render.glyphs import Glyphs

FORMULA = re.compile(r"[\t\n]|[\s\ufeff\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet takes for the beginning of a formula."""
NONE_GIVEN = "none"
"""A list that is printed as empty; a cell that is not printed at all stays empty."""


def write_cases(canvas: Canvas, cases: Sequence[CourseCase], glyphs: Glyphs) -> None:
    """One course a paragraph, in the order of print."""
    ids = short_ids(cases)
    rows = [_columns(each, ids) for each in cases]
    widths = [max(cells(row[at]) for row in rows) + 2 for at in range(4)] if rows else []
    for case, row in zip(cases, rows, strict=True):
        level = case.response.level
        style = STYLES.get(level or "")
        texts: list[Text] = [*row[:3], Span(row[3], style)]
        mark = Span(glyphs.of(level), style)
        columns = [(mark, 2), *zip(texts, widths, strict=True)]
        canvas.row(columns, [f" {glyphs.dot} ".join(_rest(case, ids))])
    canvas.blank()
    canvas.write(f"{plural(len(cases), 'course')}.")


def _columns(case: CourseCase, ids: dict[str, str]) -> list[str]:
    return [
        short(case.course, ids),
        case.drug_name,
        person(case.age, case.sex, " "),
        response(case.response.level),
    ]


def _rest(case: CourseCase, ids: dict[str, str]) -> list[str]:
    months = "months not printed" if case.months is None else f"{case.months:g} months"
    before = ", ".join(each.name for each in case.previous or ())
    return [
        case.diagnosis.name or f"{case.diagnosis.printed} as printed",
        dose(case),
        months,
        course_events(case),
        *([f"before: {before}"] if before else []),
        *told_of(case),
        *links(case, ids),
        place(case),
    ]


def cases_markdown(cases: Sequence[CourseCase]) -> str:
    """A table of the courses."""
    ids = short_ids(cases)
    head = ("Course", "Drug", "Patient", "Response", "Details")
    rows = ((*_columns(each, ids), "; ".join(_rest(each, ids))) for each in cases)
    return "\n".join(table(head, rows)) + "\n"


def cases_csv(cases: Sequence[CourseCase]) -> str:
    """Every field of every course, one row a course; no cell can be taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerows([_safe(read(each)) for read in FIELDS.values()] for each in cases)
    return out.getvalue()


def _safe(value: object) -> str:
    """The value as text; an apostrophe before what would begin a formula."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if FORMULA.match(text) else text


def _joined(values: Sequence[str] | None) -> str | None:
    return None if values is None else "; ".join(values) or NONE_GIVEN


def _drugs(cell: tuple[CitedDrug, ...] | None, field: str) -> str | None:
    return None if cell is None else _joined([getattr(each, field) for each in cell])


def _as_json(case: CourseCase, field: str) -> str:
    plain = case.model_dump(mode="json")[field]
    regimens = plain["regimens"] if field == "dose" else plain
    return json.dumps(regimens, ensure_ascii=False)


FIELDS: dict[str, Callable[[CourseCase], object]] = {
    "course": lambda c: c.course,
    "individual": lambda c: c.individual,
    "citation": lambda c: c.citation,
    "series": lambda c: c.at.series,
    "table": lambda c: c.at.table,
    "row": lambda c: c.at.row,
    "section": lambda c: c.at.section,
    "page": lambda c: c.at.page,
    "quote": lambda c: c.at.quote,
    "read": lambda c: c.at.read,
    "age": lambda c: c.age,
    "sex": lambda c: c.sex,
    "diagnosis_printed": lambda c: c.diagnosis.printed,
    "diagnosis": lambda c: c.diagnosis.concept,
    "diagnosis_name": lambda c: c.diagnosis.name,
    "diagnosis_could_be": lambda c: "; ".join(c.diagnosis.could_be),
    "diagnosis_why": lambda c: c.diagnosis.why,
    "diagnosis_marks": lambda c: "; ".join(c.marks),
    "also": lambda c: "; ".join(c.also),
    "drug": lambda c: c.drug,
    "drug_name": lambda c: c.drug_name,
    "route": lambda c: c.route,
    "dose_printed": lambda c: c.dose.printed,
    "dose_regimens": lambda c: _as_json(c, "dose"),
    "concurrent_printed": lambda c: _drugs(c.concurrent, "printed"),
    "concurrent": lambda c: _drugs(c.concurrent, "drug"),
    "previous_printed": lambda c: _drugs(c.previous, "printed"),
    "previous": lambda c: _drugs(c.previous, "drug"),
    "months": lambda c: c.months,
    "response_printed": lambda c: c.response.printed,
    "response": lambda c: c.response.level,
    "adverse_events_printed": lambda c: c.adverse_events_printed,
    "adverse_events": lambda c: _joined(
        None if c.adverse_events is None else [each.event for each in c.adverse_events]
    ),
    "linked": lambda c: _as_json(c, "linked"),
    "note": lambda c: c.note,
}
