"""The patient profile as a user writes it; terms are still as typed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from seriatim.model.base import Frozen, Response, Sex

Term = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
"""A name, synonym, abbreviation or code (`ICD-10-CM:M35.2` or bare), as typed."""

StopReason = Literal["no-response", "intolerance", "other", "unknown"]
MAX_AGE = 130


def _wrap(key: str) -> BeforeValidator:
    """Take a bare name where a mapping may stand."""
    return BeforeValidator(lambda value: {key: value} if isinstance(value, str) else value)


class ProfilePart(Frozen):
    """Part of a profile; numbers are not taken from text."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Months(ProfilePart):
    """An age below two years is better given in months."""

    months: float = Field(ge=0, le=MAX_AGE * 12, allow_inf_nan=False)


class Diagnosis(ProfilePart):
    """A diagnosis of the patient."""

    term: Term
    since: Term | None = None
    status: Literal["active", "history"] = "active"


class Therapy(ProfilePart):
    """A drug the patient has had, has now, or certainly never had.

    `status: past` is a prior therapy, `current` a concurrent one, `never` says that it has not
    been tried. Only a stated response makes a drug a prior failure.
    """

    drug: Term
    status: Literal["past", "current", "never"] = "past"
    response: Response | Literal["unknown"] = "unknown"
    stopped_because: StopReason = "unknown"
    dose: Term | None = None
    months: float | None = Field(default=None, ge=0, le=MAX_AGE * 12, allow_inf_nan=False)


class AdverseEvent(ProfilePart):
    """An adverse event the patient has had, and with which drug if that is known."""

    event: Term
    with_drug: Term | None = None


MAX_ITEMS = 10_000


def _listed(value: Any) -> Any:
    """YAML and JSON give lists; a strict tuple field wants a tuple."""
    return tuple(value) if isinstance(value, list) else value


class PatientProfile(ProfilePart):
    """What is known of one patient. No name, date of birth or other identifier belongs here.

    What is left out is unknown, not absent. A list that is given is taken to be complete: what it
    does not name, the patient does not have; `therapies_complete: false` takes that back for
    the therapies, `adverse_events_complete: false` for the adverse events. `observations` are
    declared by the rules (`seriatim rules --observations`).
    """

    age: float | Months | None = Field(
        default=None, description="years, or {months: n}", union_mode="left_to_right"
    )
    sex: Sex = "unknown"
    diagnoses: Annotated[
        tuple[Annotated[Diagnosis, _wrap("term")], ...], BeforeValidator(_listed)
    ] = Field(default=(), max_length=MAX_ITEMS)
    therapies: Annotated[
        tuple[Annotated[Therapy, _wrap("drug")], ...] | None, BeforeValidator(_listed)
    ] = Field(default=None, max_length=MAX_ITEMS)
    therapies_complete: bool = True
    adverse_events: Annotated[
        tuple[Annotated[AdverseEvent, _wrap("event")], ...] | None, BeforeValidator(_listed)
    ] = Field(default=None, max_length=MAX_ITEMS)
    adverse_events_complete: bool = True
    considering: Annotated[tuple[Term, ...], BeforeValidator(_listed)] = Field(
        default=(), max_length=MAX_ITEMS
    )
    observations: dict[str, bool | int | float | None] = Field(default_factory=dict)
    pregnancy: bool | Literal["unknown"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _none_is_unknown(cls, data: Any) -> Any:
        if isinstance(data, dict):
            known = cls.model_fields  # any other key is refused, also without a value
            return {k: value for k, value in data.items() if value is not None or k not in known}
        return data

    @model_validator(mode="after")
    def _believable(self) -> PatientProfile:
        years = self.age_years
        if years is not None and not 0 <= years <= MAX_AGE:
            shown = str(years).removesuffix(".0")
            raise ValueError(f"age {shown} is not between 0 and {MAX_AGE} years")
        return self

    @property
    def age_years(self) -> float | None:
        """Age in years; months are divided by 12."""
        return self.age.months / 12 if isinstance(self.age, Months) else self.age
