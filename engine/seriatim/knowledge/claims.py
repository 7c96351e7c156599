"""Recomputes what a publication says of its own rows, and holds the two against each other."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from seriatim.knowledge.library import CourseView
    from seriatim.knowledge.select import Selection
    from seriatim.model.selector import Selector
    from seriatim.model.series import (
        Attainable,
        Claim,
        Every_,
        Mean,
        MostCommon,
        Percent,
        Recompute,
    )

MOST_PLACES = 6
DOES_NOT_HOLD = "it does not hold"
UNITS = {"age": " years", "months": " months", "previous_count": " therapies"}
"""What the mean of a field is in."""

Verdict = Literal["reproduced", "contradicted", "cannot be checked"]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A claim with what its rows say.

    `value` is unrounded; `shown` is it as words, at the precision of print. `courses` are the
    courses that the claim is about, `counterexamples` those that speak against it.
    """

    series: str
    claim: Claim
    verdict: Verdict
    value: Any
    shown: str
    alternatives: tuple[tuple[str, str, bool], ...]
    """(reading, value as shown, whether the printed value holds under it)"""
    courses: tuple[str, ...]
    counterexamples: tuple[str, ...]

    @property
    def statement(self) -> str:
        """`The letter says …; the rows give …`, in one line."""
        text = f"{self.claim.says} Rows: {self.shown}"
        if self.counterexamples:
            text += f" (not {', '.join(each.rpartition('/')[2] for each in self.counterexamples)})"
        return text + "."


class ClaimBook:
    """Recomputes the claims of one series over its rows."""

    def __init__(self, series: str, claims: Iterable[Claim], rows: Selection) -> None:
        self.series = series
        self.claims = {each.id: each for each in claims}
        self.rows = rows

    def recompute_all(self) -> tuple[Recomputed, ...]:
        """Every claim in the order of the file."""
        return tuple(self.recompute(each) for each in self.claims.values())

    def recompute(self, claim: Claim) -> Recomputed:
        """One claim."""
        value, against = self._value(claim.recompute)
        shown = _shown(value, claim.decimals)
        if claim.cannot_check is not None or value is None:
            verdict: Verdict = "cannot be checked"
        else:
            verdict = "reproduced" if _holds(claim, value) else "contradicted"
        return Recomputed(
            series=self.series,
            claim=claim,
            verdict=verdict,
            value=value,
            shown=shown,
            alternatives=tuple(self._alternatives(claim, len(shown.partition(".")[2]))),
            courses=tuple(each.id for each in self.rows.select(claim.touches)),
            counterexamples=against if verdict == "contradicted" else (),
        )

    def _alternatives(self, claim: Claim, places: int) -> Iterable[tuple[str, str, bool]]:
        for each in claim.alternatives:
            value, _against = self._value(each.recompute)
            fits = claim.cannot_check is None and _holds(claim, value)
            yield each.reading, _shown(value, max(1, claim.decimals, places)), fits

    def _value(self, how: Recompute | None) -> tuple[Any, tuple[str, ...]]:
        if how is None:
            return None, ()
        if how.every is not None:
            return self._every(how.every)
        return self._number(how), ()

    def _number(self, how: Recompute) -> Any:
        ways: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
            (how.count, lambda of: len(self.rows.select(of))),
            (how.individuals, lambda of: len(self._people(of, probable=False))),
            (
                how.individuals_if_probable_links,
                lambda of: len(self._people(of, probable=True)),
            ),
            (how.percent, self._percent),
            (how.mean, self._mean),
            (how.most_common, self._most_common),
            (how.attainable, _attainable),
        )
        for given, compute in ways:
            if given is not None:
                return compute(given)
        return self._arithmetic(how)

    def _percent(self, how: Percent) -> float | None:
        among = len(self.rows.select(how.among))
        return 100 * len(self.rows.select(how.of)) / among if among else None

    def _arithmetic(self, how: Recompute) -> float | None:
        if how.sum_of_claims:
            return sum(float(self.claims[each].value) for each in how.sum_of_claims)
        if how.difference_of_claims is not None:
            first, second = (float(self.claims[each].value) for each in how.difference_of_claims)
            return first - second
        if how.percent_of_claims is not None:
            part, whole = (float(self.claims[each].value) for each in how.percent_of_claims)
            return 100 * part / whole
        return None

    def _every(self, how: Every_) -> tuple[bool | None, tuple[str, ...]]:
        of = self.rows.select(how.of)
        fine = {each.id for each in self.rows.select(how.satisfies)}
        against = tuple(each.id for each in of if each.id not in fine)
        return (not against if of else None), against

    def _people(self, of: Selector, *, probable: bool) -> set[str]:
        return individuals(self.rows.select(of), self.rows.courses, probable=probable)

    def _mean(self, how: Mean) -> float | None:
        chosen = self.rows.select(how.of)
        if how.over != "courses":
            probable = how.over == "individuals if probable links hold"
            first: dict[str, CourseView] = {}
            for each in chosen:
                (person,) = individuals([each], self.rows.courses, probable=probable)
                first.setdefault(person, each)
            chosen = tuple(first.values())
        numbers = [n for n in (_field(each, how.field) for each in chosen) if n is not None]
        return math.fsum(numbers) / len(numbers) if numbers else None

    def _most_common(self, how: MostCommon) -> tuple[str, ...]:
        counts: Counter[str] = Counter()
        for each in self.rows.select(how.of):
            cell = each.course.concurrent if how.cell == "concurrent" else each.course.previous
            counts.update(cell.drugs if cell else ())
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return tuple(drug for drug, _count in ranked[: how.top])


def individuals(
    courses: Iterable[CourseView], library: Mapping[str, CourseView], *, probable: bool
) -> set[str]:
    """Return the patients behind some courses; with `probable`, as if the probable links held."""
    people = {each.individual_id for each in courses}
    if not probable:
        return people
    merged: dict[str, str] = {}
    for each in library.values():
        for link in each.links:
            if link.certainty == "probable" and link.course in library:
                pair = {
                    _first(each.individual_id, merged),
                    _first(library[link.course].individual_id, merged),
                }
                merged.update({max(pair): min(pair)} if len(pair) > 1 else {})
    return {_first(person, merged) for person in people}


def _first(person: str, merged: Mapping[str, str]) -> str:
    while person in merged:
        person = merged[person]
    return person


def _field(view: CourseView, name: str) -> float | None:
    course = view.course
    if name == "age":
        return course.age.years if course.age else None
    if name == "months":
        return course.months.months if course.months else None
    return float(len(course.previous.drugs)) if course.previous else None


def _attainable(how: Attainable) -> bool:
    return any(_rounded(100 * k / how.n, 0) == how.percent for k in range(how.n + 1))


def _rounded(number: float, decimals: int) -> float:
    """Round half up, as papers round."""
    scale = 10.0**decimals
    return math.floor(number * scale + 0.5 + 1e-9) / scale


def _holds(claim: Claim, value: Any) -> bool:
    if value is None:
        return False
    if isinstance(value, bool) or isinstance(claim.value, bool):
        return bool(value) is bool(claim.value)
    if claim.compare == "same set":
        return set(value) == set(claim.value)
    if claim.compare == "at most":
        return bool(value <= claim.value)
    if claim.compare == "at least":
        return bool(value >= claim.value)
    return _rounded(float(value), claim.decimals) == float(claim.value)


def with_unit(how: Recompute | None, claim: Claim, shown: str) -> str:
    """`14.3%`, `1 course`, `21 patients`: a number says what it is of."""
    if how is None:
        return shown
    noun = "course" if how.count else "patient" if how.individuals or _if_linked(how) else ""
    counted = f" {noun}{'' if shown == '1' else 's'}" if noun else _unit(how, claim)
    return f"{shown}{counted}"


def _if_linked(how: Recompute) -> bool:
    return how.individuals_if_probable_links is not None


def _unit(how: Recompute, claim: Claim) -> str:
    """What a number that is no count is in; nothing for what is no number."""
    shares_added = how.sum_of_claims and claim.says.rstrip(".").endswith("%")
    if how.percent or how.percent_of_claims or shares_added:
        return "%"
    return UNITS[how.mean.field] if how.mean else ""


def _shown(value: Any, decimals: int) -> str:
    if value is None:
        return "nothing to recompute"
    if isinstance(value, bool):
        return "it holds" if value else DOES_NOT_HOLD
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    number = float(value)
    if number == int(number):
        return str(int(number))
    places = max(decimals, 1)
    # one more place where rounding twice would give another number than rounding once
    while places < MOST_PLACES and (
        _rounded(_rounded(number, places), decimals) != _rounded(number, decimals)
    ):
        places += 1
    return f"{_rounded(number, places):.{places}f}"
