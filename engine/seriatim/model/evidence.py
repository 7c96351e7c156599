"""The answer: `EvidenceReport` and its parts. Its JSON names are a contract."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from seriatim.model.base import Certainty, Frozen, Relation, Response

State = Literal["true", "false", "unknown"]


class SeriesRef(Frozen):
    """A series of the library, with how to cite it and what was read of it."""

    id: str
    hash: str
    status: str
    citation: str
    read: str


class KnowledgeRef(Frozen):
    """Which knowledge answered."""

    version: str
    hash: str
    series: tuple[SeriesRef, ...]


class UnderstoodTerm(Frozen):
    """A term as typed, the concept it was taken for, and by what."""

    given: str
    concept: str | None
    name: str | None
    could_be: tuple[str, ...] = ()
    recognised_by: str
    why: str | None = None


class UnderstoodDiagnosis(UnderstoodTerm):
    """A diagnosis as understood."""

    status: Literal["active", "history"]
    since: str | None = None


class UnderstoodTherapy(UnderstoodTerm):
    """A therapy as understood; `dose` is as typed."""

    status: Literal["past", "current", "never"]
    response: Response | Literal["unknown"]
    stopped_because: str
    dose: str | None = None
    months: float | None = None


class UnderstoodEvent(UnderstoodTerm):
    """An adverse event as understood, with the drug it came with if that is known."""

    with_drug: str | None = None


class UnderstoodProfile(Frozen):
    """The profile as understood; what was not given is null, which means unknown."""

    age: float | None
    sex: str
    diagnoses: tuple[UnderstoodDiagnosis, ...]
    therapies: tuple[UnderstoodTherapy, ...] | None
    therapies_complete: bool
    adverse_events: tuple[UnderstoodEvent, ...] | None
    considering: tuple[UnderstoodTerm, ...]
    observations: dict[str, bool | float | None]
    notes: tuple[str, ...]
    """What was assumed, and what does not go together."""
    observed: tuple[str, ...] = ()
    """The observations that are known, in words and with their units."""
    adverse_events_complete: bool = False
    """Whether events that are not listed are taken as not having occurred."""


class At(Frozen):
    """Where a course is printed."""

    series: str
    table: str | None = None
    row: int | None = None
    section: str | None = None
    page: int | None = None
    quote: str | None = None
    read: str


class Share(Frozen):
    """`k` of `n` with its exact 95% interval (Clopper-Pearson), as shares from 0 to 1.

    `n` counts courses whose response is printed; `ci95` is null if there is none.
    """

    k: int
    n: int
    ci95: tuple[float, float] | None


class Outcomes(Frozen):
    """Responses at each level, by course."""

    complete: Share
    partial: Share
    none: Share
    any_response: Share
    not_printed: int = 0


class DoseUsed(Frozen):
    """A dose as printed and the courses that had it."""

    printed: str
    courses: tuple[str, ...]
    roles: tuple[str, ...]
    unit_missing: bool = False


class Months(Frozen):
    """Total duration in months over the `n` courses that print it."""

    min: float | None
    median: float | None
    max: float | None
    n: int


class EventCount(Frozen):
    """An adverse event: `k` of the `n` courses that print adverse events."""

    event: str
    name: str
    k: int
    n: int
    courses: tuple[str, ...]


class Counts(Frozen):
    """What is counted of a group of courses, everywhere in the same way."""

    courses: tuple[str, ...]
    n_courses: int
    n_patients: int
    n_patients_if_probable_links: int
    outcomes: Outcomes
    doses: tuple[DoseUsed, ...]
    months: Months
    adverse_events: tuple[EventCount, ...]
    any_adverse_event: Share


class DiagnosisGroup(Counts):
    """The part of a finding that is of one printed diagnosis; unlike diseases are not pooled."""

    diagnosis: str
    name: str


class Subgroup(Counts):
    """A narrower group that a rule singles out.

    `probable_courses` belong to it only if a probable link holds; they are in no count. Their
    responses stand in `probable_responses`, as not all of them are cited.
    """

    label: str
    rule: str
    because: str
    probable_courses: tuple[str, ...] = ()
    probable_responses: tuple[Response | None, ...] = ()


class Finding(Counts):
    """The cited courses of one drug in one relation to the patient.

    Rules may cite but a part of the courses that the library has of the drug in these diagnoses:
    then `only` names the groups that are cited, and `of_courses` says how many there are in all.
    """

    drug: str
    name: str
    relation: Relation
    statement: str
    origin: str = ""
    """Of how many centres or series, and whether with a control group; what no count mends."""
    rules: tuple[str, ...]
    because: tuple[str, ...]
    by_diagnosis: tuple[DiagnosisGroup, ...]
    subgroups: tuple[Subgroup, ...]
    only: tuple[str, ...] = ()
    of_courses: int | None = None


class CitedDiagnosis(Frozen):
    """A diagnosis as printed; `concept` is null if the term is open."""

    printed: str
    concept: str | None
    could_be: tuple[str, ...] = ()
    why: str | None = None
    name: str | None = None


class CitedAmount(Frozen):
    """An amount as printed; a unit that is not printed is null."""

    low: float
    high: float
    unit: str | None


class CitedInterval(Frozen):
    """An interval between doses in the printed unit."""

    count: float
    unit: str


class CitedRegimen(Frozen):
    """One way the drug was given."""

    role: str
    amount: CitedAmount | None
    every: CitedInterval | None
    as_needed: bool
    note: str | None


class CitedDose(Frozen):
    """The dose as printed and its regimens."""

    printed: str | None
    regimens: tuple[CitedRegimen, ...]


class CitedDrug(Frozen):
    """A therapy as printed and the drug it is."""

    printed: str
    drug: str
    name: str


class CitedResponse(Frozen):
    """The response as printed and its level; both null if it is not printed."""

    printed: str | None
    level: Response | None


class CitedEvent(Frozen):
    """An adverse event of a course."""

    event: str
    name: str


class CitedLink(Frozen):
    """Another course of the same individual, or probably the same.

    `follows`: the course that has this link came after the linked one.
    """

    course: str
    follows: bool
    certainty: Certainty
    basis: str
    against: str | None
    drug: str
    response: Response | None


class CourseCase(Frozen):
    """A published course, whoever asks: what `seriatim cases` lists."""

    course: str
    individual: str
    at: At
    citation: str
    age: float | None
    sex: str | None
    diagnosis: CitedDiagnosis
    also: tuple[str, ...]
    drug: str
    drug_name: str
    route: str | None
    dose: CitedDose
    concurrent: tuple[CitedDrug, ...] | None
    previous: tuple[CitedDrug, ...] | None
    months: float | None
    response: CitedResponse
    adverse_events: tuple[CitedEvent, ...] | None
    adverse_events_printed: str | None
    marks: tuple[str, ...]
    linked: tuple[CitedLink, ...]
    note: str | None


class Case(CourseCase):
    """A cited course with what it has in common with the patient and what not."""

    relation: Relation
    matched_on: tuple[str, ...]
    differs_on: tuple[str, ...]
    unknown_on: tuple[str, ...]


class Conclusion(Frozen):
    """Something the rules derived, by which rule, and from what."""

    conclusion: str
    of: tuple[str, ...]
    statement: str
    rule: str
    from_: tuple[str, ...] = Field(serialization_alias="from", validation_alias="from")


class Fired(Frozen):
    """A rule that fired: its bindings, its conditions and where it stands."""

    rule: str
    title: str
    bindings: dict[str, str]
    matched: tuple[str, ...]
    source: str


class Lacking(Frozen):
    """A condition that did not hold: what the profile has and what the rule needs."""

    condition: str
    have: str
    need: tuple[str, ...]


class NearMiss(Frozen):
    """A rule that would have cited courses but for one condition."""

    rule: str
    title: str
    lacking: tuple[Lacking, ...]


class Missing(Frozen):
    """A fact that is not known and would decide rules."""

    fact: str
    would_decide: tuple[str, ...]


class Caution(Frozen):
    """Something to know beside the answer."""

    rule: str
    text: str
    concerns: str
    courses: tuple[str, ...]
    source: str | None


class StrongerEvidence(Frozen):
    """A label that names the patient's diagnosis for a drug.

    `holds` is "if" when the diagnosis is not settled. `applies_to_age` is null if the patient's age
    or the label's is not known.
    """

    drug: str
    name: str
    diagnosis: str
    diagnosis_name: str
    holds: Literal["yes", "if"]
    jurisdiction: str
    says: str
    population: str | None
    applies_to_age: bool | None
    doses: tuple[str, ...]
    as_of: str
    section: str | None
    source: str
    statement: str
    rules: tuple[str, ...]


class NoLabel(Frozen):
    """Labels of a drug that were read and do not name the diagnosis: as much as may be said."""

    drug: str
    name: str
    diagnosis: str
    diagnosis_name: str
    jurisdictions: tuple[str, ...]
    labels: tuple[str, ...]
    """Jurisdiction and date of each."""
    named_elsewhere: bool = False
    """Whether another label of the drug that was read does name it."""
    statement: str


class Discrepancy(Frozen):
    """A statement of the publication that its rows contradict or cannot bear out."""

    series: str
    claim: str
    topic: str
    verdict: Literal["contradicted", "cannot be checked"]
    says: str
    printed: str
    at: str
    rows_give: str
    alternatives: tuple[str, ...]
    counterexamples: tuple[str, ...]
    why: str | None
    note: str | None
    courses: tuple[str, ...]
    """The cited courses that it touches."""


class Limit(Frozen):
    """What no interval mends."""

    id: str
    series: str | None
    text: str


class EvidenceReport(Frozen):
    """The answer to one look-up. Same profile and knowledge, same report, byte for byte."""

    report_id: str
    engine: str
    knowledge: KnowledgeRef
    profile: UnderstoodProfile
    summary: tuple[str, ...]
    stronger_evidence: tuple[StrongerEvidence, ...]
    no_label: tuple[NoLabel, ...]
    findings: tuple[Finding, ...]
    cases: tuple[Case, ...]
    cautions: tuple[Caution, ...]
    discrepancies: tuple[Discrepancy, ...]
    limits: tuple[Limit, ...]
    missing: tuple[Missing, ...]
    near_misses: tuple[NearMiss, ...]
    conclusions: tuple[Conclusion, ...]
    fired: tuple[Fired, ...]
    given: dict[str, object]
    """The profile as it was given, for `seriatim replay`."""
