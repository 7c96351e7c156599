"""The base of every model: frozen, and a key that is not known is an error."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

_SLOTS: Any = vars(BaseModel)
_set_dict, _set_fields = _SLOTS["__dict__"].__set__, _SLOTS["__pydantic_fields_set__"].__set__
_set_extra, _set_private = (
    _SLOTS["__pydantic_extra__"].__set__,
    _SLOTS["__pydantic_private__"].__set__,
)
_fields_of: dict[type[BaseModel], set[str]] = {}
F = TypeVar("F", bound=BaseModel)


class Frozen(BaseModel):
    """A model that cannot be changed and takes no unknown keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        allow_inf_nan=False,
        defer_build=True,
    )

    @classmethod
    def trusted(cls, **fields: Any) -> Self:
        """A model of values that this package computed itself, without validating them again.

        Every field must be given. A report is some hundred models, and this is ten times faster
        than `model_construct`; a test validates whole reports.
        """
        return holding(cls, fields)


def holding(cls: type[F], fields: dict[str, Any]) -> F:
    """As `trusted`: a model that keeps this dictionary of all its fields, in their order."""
    fields_set = _fields_of.get(cls)
    if fields_set is None:
        fields_set = _fields_of[cls] = set(cls.model_fields)
    model = object.__new__(cls)
    _set_dict(model, fields)
    _set_fields(model, fields_set)
    _set_extra(model, None)
    _set_private(model, None)
    return model


def _of_a_calendar(day: str) -> str:
    """Refuse a month or day that no calendar has; what the date leaves out is its first."""
    if day != "unknown":
        try:
            date.fromisoformat(f"{day}-01-01"[:10])
        except ValueError:
            raise ValueError("there is no such date") from None
    return day


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
"""An id: lower-case words with hyphens."""

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Day = Annotated[
    str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_of_a_calendar)
]
"""A date as YYYY-MM-DD, quoted."""
PartialDay = Annotated[
    str,
    StringConstraints(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?|unknown)$"),
    AfterValidator(_of_a_calendar),
]
"""A date as precise as its source gives it: YYYY, YYYY-MM, YYYY-MM-DD or `unknown`."""

Response = Literal["complete", "partial", "none"]
"""The levels of response, as the series defines them."""

Sex = Literal["female", "male", "other", "unknown"]
Relation = Literal["direct", "ambiguous", "indirect"]
Certainty = Literal["stated", "probable"]
