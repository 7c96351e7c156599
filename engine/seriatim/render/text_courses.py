"""The cited courses one by one, failures first, with all that was printed of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.render.beside import reasons_open
from seriatim.render.canvas import Span, Text, cells
from seriatim.render.counting import events as counted_events
from seriatim.render.courses import course_events, dose, links, place, shared, told_of
from seriatim.render.groups import as_here, label_of, lines
from seriatim.render.words import listed, person, plural

if TYPE_CHECKING:
    from seriatim.model.evidence import Case, Finding
    from seriatim.render.view import View

NARROW = 90
NARROW_INDENT = 10
"""On a narrow terminal a course goes on under its patient, not under its dose."""

RELATION = {"direct": "", "ambiguous": " (may not be this diagnosis)", "indirect": " (indirect)"}


def write_courses(view: View) -> None:
    """Every finding with its groups and its courses."""
    for finding in view.report.findings:
        names = listed(each.name for each in finding.by_diagnosis)
        number = plural(finding.n_courses, "course")
        unlike = {case.response.level for case in view.of(finding)}
        order = ", failures first" if len(unlike) > 1 else ""
        view.canvas.heading(
            f"{finding.name.upper()} in {names}{RELATION[finding.relation]}: {number}{order}"
        )
        if finding.relation == "ambiguous":
            _open(view, finding)
        _groups(view, finding)
        _courses(view, finding)


def _open(view: View, finding: Finding) -> None:
    """Why the diagnosis is open: what is said of the printed term, else of the typed one."""
    for each in reasons_open(view.report, finding):
        if each in view.said:
            continue
        view.said.add(each)
        mark = Span(view.glyphs.warning, "red")
        view.canvas.row([(mark, 2)], [each], indent=2)


def _groups(view: View, finding: Finding) -> None:
    found = lines(finding, view.ids, view.cases)
    shown = as_here(found)
    for each in found:
        if each is not shown:
            label = label_of(view.report, each)
            view.canvas.write(f"{label}: {each.said}", indent=2, hang=4)
    if len(finding.by_diagnosis) > 1:
        for group in finding.by_diagnosis:
            said = counted_events(group, view.ids)
            view.canvas.write(f"{group.name}: {said}", indent=2, hang=4)


def _courses(view: View, finding: Finding) -> None:
    cases = view.of(finding)
    rows = [_columns(view, each) for each in cases]
    widths = [max(cells(_text(row[at])) for row in rows) + 2 for at in range(len(rows[0]))]
    several = len(finding.by_diagnosis) > 1
    for case, row in zip(cases, rows, strict=True):
        columns = [(view.mark(case.response.level), 2), *zip(row, widths, strict=True)]
        under = NARROW_INDENT if view.canvas.width < NARROW else None
        view.canvas.row(columns, _rest(view, case, several=several), indent=2, under=under)
        if view.why:
            _compared(view, case)


def _text(text: Text) -> str:
    return text if isinstance(text, str) else text.text


def _columns(view: View, case: Case) -> list[Text]:
    months = "months ?" if case.months is None else f"{case.months:g} mo"
    return [
        view.courses([case.course]),
        person(case.age, case.sex, " ") or "age, sex ?",
        view.response(case.response.level),
        months,
    ]


def _rest(view: View, case: Case, *, several: bool) -> list[Text]:
    printed = case.diagnosis.name or f"{case.diagnosis.printed} as printed"
    parts: list[Text] = [*([f"{printed}:"] if several else []), dose(case)]
    happened = course_events(case)
    parts.append(Span(happened, "bold") if case.adverse_events else happened)
    parts += told_of(case)
    parts += [shared(case, view.report.profile), *links(case, view.ids), place(case)]
    return _dotted(parts, view.glyphs.dot, skip=1 if several else 0)


def _dotted(parts: list[Text], dot: str, *, skip: int) -> list[Text]:
    found: list[Text] = []
    for position, each in enumerate(parts):
        if position:
            found.append(" " if position <= skip else f"\u00a0{dot} ")
        found.append(each)
    return found


def _compared(view: View, case: Case) -> None:
    """What the course has in common with the patient and what not."""
    for word, said in (
        ("same", case.matched_on),
        ("differs", case.differs_on),
        ("not known", case.unknown_on),
    ):
        if said:
            view.canvas.write(Span(f"{word}: {'; '.join(said)}", "dim"), indent=10, hang=2)
    if case.note:
        view.canvas.write(Span(f"note: {case.note}", "dim"), indent=10, hang=2)
