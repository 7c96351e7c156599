"""Rules as they stand in YAML: conditions over the profile, and one thing that follows."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from seriatim.model.about import AboutLibrary  # noqa: TC001 - pydantic needs it at run time
from seriatim.model.base import Day, Frozen, Relation, Sex, Slug, Text
from seriatim.model.selector import Selector  # noqa: TC001 - pydantic needs it at run time

RuleStatus = Literal["active", "draft", "retired"]


class DrawnFrom(Frozen):
    """Where the rule comes from: a place in a series, or a fact of a label."""

    series: Slug | None = None
    where: Text | None = None
    label: Slug | None = None
    fact: Slug | None = None
    note: Text | None = None


class Cite(Frozen):
    """Courses to cite, and as what.

    Without `subgroup` the courses make up the finding itself; with it they are a group within it
    that this rule singles out, under that label.
    """

    relation: Relation
    courses: Selector
    because: Text
    subgroup: Text | None = None


class Caution(Frozen):
    """Something the reader must know beside the answer, with the courses or label it rests on."""

    say: Text
    courses: Selector | None = None
    label: Slug | None = None
    fact: Slug | None = None
    concerns: Literal["safety", "limits", "dose", "stronger evidence"] = "safety"


class Ask(Frozen):
    """A fact to ask for because the answer turns on it."""

    fact: Text
    because: Text


class Then(Frozen):
    """What follows: exactly one of the four."""

    conclude: dict[str, Any] | None = None
    cite: Cite | None = None
    caution: Caution | None = None
    ask: Ask | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Then:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"{' and '.join(given) or 'nothing'} follows; exactly one of "
                "conclude, cite, caution, ask must"
            )
        return self


class Rule(Frozen):
    """One rule, one file (`rules/<family>/<id>.yaml`)."""

    id: Slug
    title: Text
    family: Slug
    status: RuleStatus
    rationale: Text
    drawn_from: tuple[DrawnFrom, ...] = Field(min_length=1)
    author: Text
    created: Day
    revised: Day
    for_: dict[str, Any] = Field(default_factory=dict, alias="for")
    when: tuple[dict[str, Any], ...] = Field(min_length=1)
    then: Then


class ConclusionKind(Frozen):
    """A conclusion that rules may draw and build on: what it is of, and how it is said."""

    of: tuple[Literal["diagnosis", "drug", "class", "event"], ...] = ()
    says: Text


class ObservationCode(Frozen):
    """A code by which a record names an observation, and where it was read."""

    system: Text
    code: Text
    display: Text
    source: Text
    category: bool = False
    """Whether it is a heading, so that a code under it (`Z34.90` under `Z34`) means the same."""


class InRecords(Frozen):
    """How an observation stands in a health record; what is left out is not looked for there.

    All text is compared whole, without case. `current_days` is how old a value may be and still
    count as now.
    """

    codes: tuple[ObservationCode, ...] = ()
    names: tuple[Text, ...] = ()
    units: dict[Text, float] = Field(default_factory=dict)
    """Units as UCUM writes them, and what a value is multiplied with to be in the observation's."""
    in_blood: bool = False
    """Whether it is counted in the blood: then what is of another material is not it."""
    yes: tuple[Text, ...] = ()
    no: tuple[Text, ...] = ()
    states: tuple[Text, ...] = ()
    """Names of conditions that state it."""
    state_codes: tuple[ObservationCode, ...] = ()
    """Codes of conditions that state it."""
    allergens: tuple[Text, ...] = ()
    """Names of what a confirmed allergy is to."""
    current_days: int = Field(default=90, ge=0)


class Observation(Frozen):
    """A fact that rules ask for beyond the fixed fields of a profile."""

    type: Literal["number", "yes-no"]
    says: Text
    unit: Text | None = None
    low: float | None = None
    high: float | None = None
    not_of: tuple[Sex, ...] = ()
    """Sexes of which it is not asked and taken as not so."""
    in_records: InRecords | None = None


class Vocabulary(Frozen):
    """`rules/vocabulary.yaml`: the words that rules share."""

    conclusions: dict[str, ConclusionKind]
    observations: dict[str, Observation] = Field(default_factory=dict)
    families: dict[Slug, Text]


class Library(Frozen):
    """`cases/library.yaml`: the version of the knowledge as a whole, and what is said of it."""

    version: Text
    released: Day
    maintained_by: Text
    about: AboutLibrary | None = None
