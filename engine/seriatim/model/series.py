"""A published case series: its citation, its courses cell by cell, its links and its claims."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from seriatim.model.base import Certainty, Day, Frozen, Response, Sex, Slug, Text
from seriatim.model.selector import Range, Selector

Read = Literal["table", "full text", "abstract"]
CourseId = Annotated[str, StringConstraints(pattern=r"^(T[0-9]+R[1-9][0-9]*|C[1-9][0-9]*)$")]
Printed = Annotated[str, StringConstraints(pattern=r"\S")]
"""A cell's text as printed, line breaks and their hyphens taken out."""


class Citation(Frozen):
    """The publication, as its publisher's page gives it; what was not seen is left out."""

    title: Text
    authors: tuple[Text, ...] = Field(min_length=1)
    journal: Text
    year: int = Field(ge=1900, le=2100)
    issued: Text
    volume: Text | None = None
    issue: Text | None = None
    first_page: Text | None = None
    published_online: Day | None = None
    publisher_id: Text | None = None
    institution: Text | None = None
    kind: Text

    @property
    def name(self) -> str:
        """`Gutierrez et al. 2022`: what a reader looks for."""
        return f"{self._who} {self.year}"

    @property
    def noun(self) -> str:
        """`letter`, or `publication` for any other kind."""
        return "letter" if self.kind.startswith("letter") else "publication"

    @property
    def short(self) -> str:
        """`Gutierrez et al., J Drugs Dermatol 2022;21(2):206`-like, from the fields."""
        return f"{self._who}, {self._issue}"

    @property
    def full(self) -> str:
        """Every author, the title, and the place with the kind of publication."""
        return f"{', '.join(self.authors)}. {self.title}. {self.place}."

    @property
    def place(self) -> str:
        """`J Drugs Dermatol 2022;21(2):206 (letter to the editor, the institution)`-like."""
        return f"{self._issue} ({', '.join(filter(None, (self.kind, self.institution)))})"

    @property
    def _who(self) -> str:
        return self.authors[0].split()[-1] + (" et al." if len(self.authors) > 1 else "")

    @property
    def _issue(self) -> str:
        volume = f";{self.volume}" if self.volume else ""
        issue = f"({self.issue})" if self.issue else ""
        page = f":{self.first_page}" if self.first_page else ""
        return f"{self.journal} {self.year}{volume}{issue}{page}"


class DocumentRead(Frozen):
    """Which document was transcribed, so that anyone can check that they hold the same."""

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    read: Read
    note: Text


class At(Frozen):
    """Where something is printed: a table's row, or a section; page where it is known."""

    table: Text | None = None
    row: int | None = Field(default=None, ge=1)
    section: Text | None = None
    page: int | None = Field(default=None, ge=1)
    quote: Text | None = None

    def __str__(self) -> str:
        if self.table is not None:
            tables = "Tables" if " and " in self.table else "Table"
            text = f"{tables} {self.table}" + (f" row {self.row}" if self.row else "")
        else:
            text = self.section or "text"
        return f"{text}, p. {self.page}" if self.page else text


class AgeCell(Frozen):
    """Age in years."""

    printed: Printed
    years: float = Field(ge=0, le=130)


class SexCell(Frozen):
    """Sex, from a column that may be headed gender."""

    printed: Printed
    sex: Sex


class DiagnosisCell(Frozen):
    """Diagnosis: one concept, or the several that an unexplained term could mean."""

    printed: Printed
    concept: Slug | None = None
    could_be: tuple[Slug, ...] = ()
    why: Text | None = None
    marks: tuple[Text, ...] = ()


class Amount(Frozen):
    """A dose: one value or a range, in a unit, or without one if none is printed."""

    low: float = Field(gt=0)
    high: float = Field(gt=0)
    unit: Literal["mg", "mg/kg", "g", "microgram"] | None


class Every(Frozen):
    """The interval between doses in the unit that is printed."""

    count: float = Field(gt=0)
    unit: Literal["hour", "day", "week", "month"]


class Regimen(Frozen):
    """One way in which the drug was given."""

    role: Literal["maintenance", "flare", "taper"]
    amount: Amount | None = None
    every: Every | None = None
    as_needed: bool = False
    note: Text | None = None


class DoseCell(Frozen):
    """Dose as printed, and its regimens."""

    printed: Printed
    regimens: tuple[Regimen, ...] = Field(min_length=1)


class TherapyCell(Frozen):
    """Therapies: `printed` line by line; `drugs` in the same order, empty for a printed dash."""

    printed: tuple[Printed, ...] = Field(min_length=1)
    drugs: tuple[Slug, ...]


class MonthsCell(Frozen):
    """Duration in months."""

    printed: Printed
    months: float = Field(ge=0, le=1200)


class ResponseCell(Frozen):
    """Level of response, as the series defines it."""

    printed: Printed
    level: Response


class EventsCell(Frozen):
    """Adverse events; empty if the cell says there were none."""

    printed: Printed
    events: tuple[Slug, ...]


class Course(Frozen):
    """One drug in one patient. A cell that the publication does not have is left out: unknown."""

    id: CourseId
    at: At
    individual: Slug
    drug: Slug
    route: Text | None = None
    age: AgeCell | None = None
    sex: SexCell | None = None
    diagnosis: DiagnosisCell
    dose: DoseCell | None = None
    concurrent: TherapyCell | None = None
    previous: TherapyCell | None = None
    months: MonthsCell | None = None
    response: ResponseCell | None = None
    adverse_events: EventsCell | None = None
    note: Text | None = None


class Also(Frozen):
    """A further diagnosis that the text, not the table, gives an individual."""

    concept: Slug
    at: At
    certainty: Certainty
    why: Text


class Individual(Frozen):
    """A patient as the rows show them."""

    id: Slug
    also: tuple[Also, ...] = ()
    note: Text | None = None


class Link(Frozen):
    """Two courses of one individual: stated in print, or probable with what speaks for it.

    The course that came first stands first; `basis` says what the order rests on, too.
    """

    courses: tuple[CourseId, CourseId]
    certainty: Certainty
    basis: Text
    against: Text | None = None


class OutcomeLevel(Frozen):
    """A level of response and its boundary as printed."""

    level: Response
    printed: Printed
    above: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None


class OutcomeDefinition(Frozen):
    """How response was judged, and what that leaves open."""

    at: At
    measure: Text
    levels: tuple[OutcomeLevel, ...] = Field(min_length=2)
    open: tuple[Text, ...] = ()


class CountAt(Frozen):
    """A count and where it is printed."""

    n: int = Field(ge=0)
    at: At


class Period(Frozen):
    """Calendar years the patients were seen in."""

    first: int
    last: int


class Study(Frozen):
    """Design, setting and selection in our own words."""

    design: Text
    setting: Text
    centres: int = Field(ge=1)
    control_group: bool
    period: Period
    identified: CountAt
    excluded: CountAt
    excluded_because: tuple[Text, ...]
    at: At
    not_reported: tuple[Text, ...] = ()


class AppraisalItem(Frozen):
    """One question of the appraisal, answered with a reason."""

    domain: Literal["selection", "ascertainment", "causality", "reporting"]
    question: Text
    answer: Literal["yes", "no", "unclear"]
    reason: Text


class Appraisal(Frozen):
    """The series appraised, with the instrument it follows."""

    instrument: Text
    items: tuple[AppraisalItem, ...] = Field(min_length=1)
    summary: Text


class Percent(Frozen):
    """`of` as a share of `among`, in per cent."""

    of: Selector
    among: Selector


class Mean(Frozen):
    """The mean of a number over courses, or over individuals under a reading of the links."""

    field: Literal["age", "months", "previous_count"]
    of: Selector
    over: Literal["courses", "individuals", "individuals if probable links hold"] = "courses"


class Every_(Frozen):  # noqa: N801 - `Every` is the interval of a dose
    """Whether all courses of a selection pass a second one."""

    of: Selector
    satisfies: Selector


class MostCommon(Frozen):
    """The drugs most often printed in a cell."""

    cell: Literal["concurrent", "previous"]
    of: Selector
    top: int = Field(ge=1)


class Attainable(Frozen):
    """Whether a whole number of `n` rounds to the printed percentage."""

    percent: float
    n: int


class Recompute(Frozen):
    """How a claim is recomputed from the rows: exactly one of these."""

    count: Selector | None = None
    individuals: Selector | None = None
    individuals_if_probable_links: Selector | None = None
    percent: Percent | None = None
    mean: Mean | None = None
    every: Every_ | None = None
    most_common: MostCommon | None = None
    sum_of_claims: tuple[Slug, ...] = ()
    difference_of_claims: tuple[Slug, Slug] | None = None
    percent_of_claims: tuple[Slug, Slug] | None = None
    attainable: Attainable | None = None


class Alternative(Frozen):
    """Another reading of a claim, recomputed too, so that a way it could hold is not hidden."""

    reading: Text
    recompute: Recompute


class Claim(Frozen):
    """A statement of the publication that the rows confirm, contradict or cannot decide.

    `value` is what is printed; `recompute` says how it follows from the rows and `compare` how
    the two are held against each other. A claim without `recompute` says in `cannot_check` why.
    """

    id: Slug
    topic: Slug
    at: At
    says: Text
    printed: Printed
    value: Any = None
    recompute: Recompute | None = None
    compare: Literal["equals", "at most", "at least", "same set"] = "equals"
    decimals: int = Field(default=0, ge=0, le=6)
    alternatives: tuple[Alternative, ...] = ()
    cannot_check: Text | None = None
    touches: Selector = Field(default_factory=Selector)
    always_shown: bool = False
    note: Text | None = None


class Limit(Frozen):
    """Something that no interval mends, said beside every answer drawn from the series."""

    id: Slug
    says: Text
    touches: Selector = Field(default_factory=Selector)


class Series(Frozen):
    """One publication (`cases/<id>.yaml`)."""

    id: Slug
    status: Literal["active", "draft", "retired"]
    citation: Citation
    document: DocumentRead
    study: Study
    outcome: OutcomeDefinition
    appraisal: Appraisal
    individuals: tuple[Individual, ...]
    links: tuple[Link, ...] = ()
    headings: dict[Text, Printed] = Field(default_factory=dict)
    """By table, the printed heading that names the drug of its rows and the route."""
    courses: tuple[Course, ...] = Field(min_length=1)
    claims: tuple[Claim, ...] = ()
    limits: tuple[Limit, ...] = ()
    transcribed_by: Text
    created: Day
    revised: Day


__all__ = ["Claim", "Course", "Range", "Selector", "Series"]
