"""What drug labels say: approved indications and warnings, with jurisdiction, source and date."""

from __future__ import annotations

from pydantic import Field

from seriatim.model.base import Frozen, PartialDay, Slug, Text

MAX_MONTHS = 130 * 12


class LabelSource(Frozen):
    """Where a label, or one fact of it, was read."""

    title: Text | None = None
    publisher: Text | None = None
    address: Text | None = None
    as_of: PartialDay = "unknown"
    trust: Text | None = None


class Indication(Frozen):
    """An approved indication as worded here, and the diagnoses it covers."""

    id: Slug
    says: Text
    diagnoses: tuple[Slug, ...]
    population: Text | None = None
    age_from_months: float | None = Field(default=None, ge=0, le=MAX_MONTHS)
    section: Text | None = None


class LabelDose(Frozen):
    """A dose that the label gives for a diagnosis or population, as worded there."""

    id: Slug
    diagnoses: tuple[Slug, ...] = ()
    population: Text | None = None
    dose: Text
    by_weight: bool = False
    """Whether the dose goes by body weight, so that it holds for a child too."""
    section: Text | None = None
    source: LabelSource


class Warning_(Frozen):  # noqa: N801 - the builtin has the plain name
    """A warning of the label."""

    id: Slug
    topic: Text
    says: Text
    section: Text | None = None
    source: LabelSource


class Label(Frozen):
    """One drug's label in one jurisdiction, as read on a date (`cases/labels/`)."""

    id: Slug
    drug: Slug
    jurisdiction: Text
    source: LabelSource
    indications: tuple[Indication, ...]
    doses: tuple[LabelDose, ...] = ()
    warnings: tuple[Warning_, ...] = ()
    note: Text | None = None
