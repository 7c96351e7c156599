"""What a reviewer is told of the library as a whole: uses of data, purpose, logic and limits."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from seriatim.model.base import Frozen, Slug, Text

AttributeId = Literal[
    "race",
    "ethnicity",
    "language",
    "sexual-orientation",
    "gender-identity",
    "sex",
    "date-of-birth",
    "social-determinants-of-health",
    "health-status-assessments",
]
"""Source attributes 5 to 13 of 45 CFR 170.315(b)(11)(iv)(A): the data whose use is disclosed."""


class UseOfData(Frozen):
    """Whether and how one kind of patient data is used, and where a series would show it.

    `reported_as` are words that stand in `not_reported` of a series that does not report it;
    `cell` is the cell of its rows that prints it.
    """

    id: AttributeId
    name: Text
    use: Literal["used", "used in part", "not used"]
    says: Text
    reported_as: tuple[Text, ...] = ()
    cell: Literal["age", "sex"] | None = None


class Point(Frozen):
    """One point that a reviewer needs to judge the basis independently."""

    id: Slug
    title: Text
    says: tuple[Text, ...] = Field(min_length=1)


class AboutLibrary(Frozen):
    """The texts behind `seriatim about`; `funding` is left out if nobody has stated it."""

    developer: Text
    funding: Text | None = None
    uses: tuple[UseOfData, ...] = Field(min_length=9, max_length=9)
    basis: tuple[Point, ...] = Field(min_length=1)
