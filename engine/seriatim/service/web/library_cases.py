"""A published course as its page shows it: each printed cell beside what it was taken to mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.render.words import listed, person, plural, upper_first, years

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from seriatim.knowledge.claims import Recomputed
    from seriatim.knowledge.library import CourseView
    from seriatim.model.evidence import CitedLink, CourseCase
    from seriatim.model.rule import Rule
    from seriatim.model.series import (
        AgeCell,
        Also,
        Amount,
        Course,
        DiagnosisCell,
        DoseCell,
        EventsCell,
        Every,
        MonthsCell,
        OutcomeLevel,
        Regimen,
        ResponseCell,
        Series,
        SexCell,
        TherapyCell,
    )
    from seriatim.service.web.library_index import Index

NOT_PRINTED = "not printed: unknown"
NONE_PRINTED = "none printed (a dash)"
NO_ROUTE = "route not printed"
OF_HEADING = "From the heading of a column of Table {}; not a cell of the row."


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its lines as printed (None if the publication has none), and what they mean."""

    name: str
    printed: tuple[str, ...] | None
    means: tuple[str, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything that the page of a course shows."""

    case: CourseCase
    series: Series
    cells: tuple[Cell, ...]
    individual: str
    """The individual as the library numbers it."""
    individual_note: str | None
    also: tuple[Also, ...]
    links: tuple[CitedLink, ...]
    level: OutcomeLevel | None
    """The definition of the printed level of response."""
    claims: tuple[Recomputed, ...]
    rules: tuple[Rule, ...]
    previous: str | None
    following: str | None
    """The courses before and after it in print."""

    @property
    def title(self) -> str:
        """`Anakinra in Behçet's disease: partial response`."""
        printed = f"\u201c{self.case.diagnosis.printed}\u201d as printed"
        diagnosis = self.case.diagnosis.name or printed
        level = self.case.response.level
        said = {None: "response not printed", "none": "no response"}.get(level, f"{level} response")
        return f"{upper_first(self.case.drug_name)} in {diagnosis}: {said}"

    @property
    def who(self) -> str:
        """`woman of 30`, as far as it is printed."""
        return person(self.case.age, self.case.sex) or "age and sex not printed"


def case_view(index: Index, course: str) -> CaseView:
    """One course of the library by its id `<series>/<row>`."""
    view, case = index.known.courses[course], index.cases[course]
    series = index.known.series[view.series]
    names = list(index.rows[view.series].courses)
    at = names.index(course)
    return CaseView(
        case=case,
        series=series,
        cells=tuple(_cells(view, series, index.known.lexicon.name)),
        individual=view.course.individual,
        individual_note=view.individual.note,
        also=view.individual.also,
        links=case.linked,
        level=_level(view.course, series),
        claims=tuple(index.claims_of(course)),
        rules=tuple(index.rules[each] for each in index.rules_of.get(course, ())),
        previous=names[at - 1] if at else None,
        following=names[at + 1] if at + 1 < len(names) else None,
    )


def _level(course: Course, series: Series) -> OutcomeLevel | None:
    if course.response is None:
        return None
    found = (each for each in series.outcome.levels if each.level == course.response.level)
    return next(found, None)


def _cells(view: CourseView, series: Series, name: Callable[[str], str]) -> Iterable[Cell]:
    """The cells in the order in which a table of the kind has them."""
    course = view.course
    yield _drug(course, series.headings.get(course.at.table or ""), name)
    age, sex, months, response = course.age, course.sex, course.months, course.response
    yield _plain("Age", age, _age(age.years) if age else "")
    yield _plain("Sex", sex, sex.sex if sex else "")
    yield _diagnosis(course.diagnosis, name)
    yield _dose(course.dose)
    yield _therapies("Given alongside", course.concurrent, name)
    yield _therapies("Prior therapies", course.previous, name)
    yield _plain("Months", months, _months(months.months) if months else "")
    yield _plain("Response", response, response.level if response else "")
    yield _events(course.adverse_events, name)


def _drug(course: Course, heading: str | None, name: Callable[[str], str]) -> Cell:
    """The drug and its route; no route where nothing that is printed can be shown for it."""
    if heading is None:
        return Cell("Drug", None, (name(course.drug), NO_ROUTE))
    means = (name(course.drug), course.route or NO_ROUTE)
    return Cell("Drug", (heading,), means, (OF_HEADING.format(course.at.table),))


def _plain(
    name: str, cell: AgeCell | SexCell | MonthsCell | ResponseCell | None, means: str
) -> Cell:
    return Cell(name, (cell.printed,), (means,)) if cell else Cell(name, None, (NOT_PRINTED,))


def _age(age: float) -> str:
    said = years(age)
    return said if said.endswith(("month", "months")) else f"{said} years"


def _months(months: float) -> str:
    return f"{months:g} month{'' if months == 1 else 's'}"


def _diagnosis(cell: DiagnosisCell, name: Callable[[str], str]) -> Cell:
    if cell.concept is not None:
        means = [name(cell.concept)]
    else:
        means = [f"open: {listed(map(name, cell.could_be), 'or')}"]
    remarks = [*([cell.why] if cell.why else [])]
    if cell.marks:
        remarks.append(f"Marked {', '.join(cell.marks)}.")
    return Cell("Diagnosis", (cell.printed,), tuple(means), tuple(remarks))


def _dose(cell: DoseCell | None) -> Cell:
    if cell is None:
        return Cell("Dose", None, (NOT_PRINTED,))
    notes = (each.note for each in cell.regimens if each.note and not _is_of_unit(each))
    remarks = tuple(f"{upper_first(note.rstrip('.'))}." for note in notes)
    return Cell("Dose", (cell.printed,), tuple(map(regimen, cell.regimens)), remarks)


def _is_of_unit(each: Regimen) -> bool:
    """Whether its note says of a unit what the words of the amount say already."""
    return each.amount is not None and each.amount.unit is None and "unit" in (each.note or "")


def regimen(each: Regimen) -> str:
    """`maintenance: 150 mg every 28 days`; a unit that is not printed is not supplied."""
    parts = [
        *([_amount(each.amount)] if each.amount else []),
        *([_every(each.every)] if each.every else []),
        *(["as needed"] if each.as_needed else []),
    ]
    return f"{each.role}: {' '.join(parts) or 'amount and interval not printed'}"


def _amount(of: Amount) -> str:
    said = f"{of.low:g}" if of.low == of.high else f"{of.low:g}\u2013{of.high:g}"
    return f"{said} {of.unit}" if of.unit else f"{said} (no unit printed)"


def _every(of: Every) -> str:
    return f"every {of.unit}" if of.count == 1 else f"every {plural_of(of.count, of.unit)}"


def plural_of(count: float, unit: str) -> str:
    """`28 days`."""
    return plural(int(count), unit) if count == int(count) else f"{count:g} {unit}s"


def _therapies(title: str, cell: TherapyCell | None, name: Callable[[str], str]) -> Cell:
    if cell is None:
        return Cell(title, None, (NOT_PRINTED,))
    return Cell(title, cell.printed, tuple(map(name, cell.drugs)) or (NONE_PRINTED,))


def _events(cell: EventsCell | None, name: Callable[[str], str]) -> Cell:
    if cell is None:
        return Cell("Adverse events", None, (NOT_PRINTED,))
    return Cell(
        "Adverse events", (cell.printed,), tuple(map(name, cell.events)) or ("none (printed)",)
    )
