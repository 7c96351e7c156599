"""A series as its page shows it: who was studied, how well, and what does not hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seriatim.about import about, design
from seriatim.service.web.library_claims import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seriatim.knowledge.claims import Recomputed, Verdict
    from seriatim.model.evidence import CourseCase
    from seriatim.model.series import OutcomeLevel, Series
    from seriatim.service.web.library_index import Index

BOUNDARIES = (
    ("above", "above {}%"),
    ("at_least", "{}% or more"),
    ("at_most", "{}% or less"),
    ("below", "below {}%"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the publication, or its prose, with the rows in the order of print."""

    title: str
    cases: tuple[CourseCase, ...]


@dataclass(frozen=True, slots=True)
class SeriesView:
    """Everything that the page of a series shows."""

    series: Series
    data: Mapping[str, Any]
    """Its entry of the account (`seriatim.about`): counts, ages, sexes and so on."""
    attributes: Mapping[str, Any]
    """The source attributes, under the regulation that names them."""
    tables: tuple[Table, ...]
    ledger: tuple[Recomputed, ...]
    """What the rows contradict or cannot bear out, contradictions first."""
    reproduced: tuple[Recomputed, ...]
    verdicts: tuple[tuple[Verdict, int], ...]
    design: str
    kept: int
    """How many patients are left of those identified, by the printed numbers."""
    kept_claim: Recomputed | None
    """The statement of as many patients that the rows contradict."""


def series_view(index: Index, series: str) -> SeriesView:
    """One active series of the library."""
    account = next(each for each in about(index.known)["series"] if each["id"] == series)
    claims = tuple(index.claims[series].values())
    open_ = [each for each in claims if each.verdict != "reproduced"]
    study = index.known.series[series].study
    kept = study.identified.n - study.excluded.n
    return SeriesView(
        series=index.known.series[series],
        design=design(account["data"]),
        kept=kept,
        kept_claim=next((each for each in open_ if _is_of_patients(each, kept)), None),
        data=account["data"],
        attributes=account["source_attributes"],
        tables=tuple(_tables(index, series)),
        ledger=tuple(sorted(open_, key=lambda each: each.verdict != "contradicted")),
        reproduced=tuple(each for each in claims if each.verdict == "reproduced"),
        verdicts=tuple(counted(claims)),
    )


def _is_of_patients(each: Recomputed, number: int) -> bool:
    how = each.claim.recompute
    return how is not None and how.individuals is not None and each.claim.value == number


def _tables(index: Index, series: str) -> list[Table]:
    found: dict[str, list[CourseCase]] = {}
    for course in index.rows[series].courses:
        case = index.cases[course]
        title = f"Table {case.at.table}" if case.at.table else "Told in the text"
        found.setdefault(title, []).append(case)
    return [Table(title, tuple(cases)) for title, cases in found.items()]


def boundary(level: OutcomeLevel) -> str:
    """`25% or more and 75% or less`: the boundary as it is read."""
    said = ((getattr(level, name), words) for name, words in BOUNDARIES)
    return " and ".join(words.format(f"{n:g}") for n, words in said if n is not None)
