"""Selections of rows, and what is computed over them, in words a clinician reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.render.words import listed, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from seriatim.model.selector import Linked, Range, Selector
    from seriatim.model.series import Mean, MostCommon, Recompute

BOUNDS = {"at_least": "at least", "at_most": "at most", "above": "above", "below": "below"}
DOSING = {
    "flare": "with an extra dose printed for flares",
    "range": "with a range of doses printed",
    "taper": "with a taper printed",
    "no-unit": "with a dose printed without a unit",
}
FIELDS = {
    "age": "age in years",
    "months": "total duration in months",
    "previous_count": "number of previous therapies",
}
OVER = {
    "courses": "each course once",
    "individuals": "each patient once, as the printed links have it",
    "individuals if probable links hold": "each patient once, as if the probable links held",
}


class Words:
    """Words for selections; `name` gives the preferred name of a concept."""

    def __init__(self, name: Callable[[str], str]) -> None:
        self.name = name
        self._tests: dict[str, Callable[[Selector], str]] = {
            "drug": lambda s: f"of {name(s.drug or '')}",
            "diagnosis": lambda s: f"in {name(s.diagnosis or '')}",
            "could_be": lambda s: f"whose printed diagnosis could mean {name(s.could_be or '')}",
            "also": lambda s: f"in a patient who also had {name(s.also or '')}",
            "table": lambda s: f"in Table {s.table}",
            "series": lambda s: f"in the series {s.series}",
            "previous": lambda s: self._given(s.previous, "previous"),
            "previous_count": lambda s: f"with {_therapies(s.previous_count)}",
            "probably_after": lambda s: f"probably after {name(s.probably_after or '')}",
            "concurrent": lambda s: self._given(s.concurrent, "concurrent"),
            "response": lambda s: f"with {_levels(s.response)}",
            "event": self._event,
            "marked": lambda s: f"marked {s.marked}",
            "dosing": lambda s: DOSING[s.dosing or ""],
            "linked": lambda s: self._linked(s.linked),
            "age": lambda s: f"of patients aged {_bounds(s.age)} years",
            "courses": lambda s: f"in {listed(_rows(s.courses))}",
        }

    def courses(self, selector: Selector, lead: str = "courses") -> str:
        """`courses of canakinumab in Behçet's disease`; `all courses` if nothing is asked."""
        said = [say(selector) for field, say in self._tests.items() if getattr(selector, field)]
        return " ".join([lead, *said]) if said else f"all {lead}"

    def tests(self, selector: Selector) -> str:
        """The tests alone: `with response partial or none`."""
        return self.courses(selector, "").strip()

    def measure(self, how: Recompute) -> str:
        """What a count or a share is of: `courses with neutropenia among all courses`."""
        if how.percent is not None:
            return f"{self.courses(how.percent.of)} among {self.courses(how.percent.among)}"
        return self._of(how.count)

    def expression(self, how: Recompute) -> str:
        """What is computed, as a phrase: `the number of courses of canakinumab`."""
        ways: dict[str, Callable[[], str]] = {
            "count": lambda: f"the number of {self._of(how.count)}",
            "individuals": lambda: f"the number of patients behind {self._of(how.individuals)}",
            "individuals_if_probable_links": lambda: (
                f"the number of patients behind {self._of(how.individuals_if_probable_links)}, "
                "as if the probable links held"
            ),
            "percent": lambda: self._percent(how),
            "mean": lambda: self._mean(how.mean) if how.mean else "",
            "every": lambda: self._every(how),
            "most_common": lambda: self._common(how.most_common) if how.most_common else "",
            "sum_of_claims": lambda: "the sum of the printed values of other statements",
            "difference_of_claims": lambda: (
                "the printed value of one statement less that of another"
            ),
            "percent_of_claims": lambda: (
                "the printed value of one statement in per cent of that of another"
            ),
            "attainable": lambda: _attainable(how),
        }
        return next(say() for field, say in ways.items() if getattr(how, field) not in (None, ()))

    def _of(self, selector: Selector | None) -> str:
        return self.courses(selector) if selector is not None else ""

    def _percent(self, how: Recompute) -> str:
        if how.percent is None:
            return ""
        of, among = self.courses(how.percent.of), self.courses(how.percent.among)
        return f"the number of {of} in per cent of {among}"

    def _mean(self, how: Mean) -> str:
        return f"the mean {FIELDS[how.field]} of {self.courses(how.of)}, {OVER[how.over]}"

    def _every(self, how: Recompute) -> str:
        if how.every is None:
            return ""
        of = self.courses(how.every.of)
        every = of if of.startswith("all ") else f"all {of}"
        return f"whether {every} are {self.courses(how.every.satisfies)}"

    def _common(self, how: MostCommon) -> str:
        cell = "concurrent" if how.cell == "concurrent" else "previous"
        return f"the {how.top} drugs most often printed as {cell} therapy in {self.courses(how.of)}"

    def _given(self, drug: str | None, cell: str) -> str:
        if drug == "nothing":
            return f"with no {cell} therapy printed"
        return f"with {self.name(drug or '')} printed as {cell} therapy"

    def _event(self, selector: Selector) -> str:
        found = {"any": "with an adverse event", "nothing": "with no adverse event printed"}
        event = selector.event or ""
        return found.get(event) or f"with {self.name(event)}"

    def _linked(self, want: Linked | None) -> str:
        if want is None:
            return ""
        drug = f" of {self.name(want.drug)}" if want.drug else ""
        level = f" with {_levels(want.response)}" if want.response else ""
        sure = {"stated": ", as print states", "probable": ", probably"}.get(
            want.certainty or "", ""
        )
        return f"of a patient with another course{drug}{level}{sure}"


def _levels(levels: tuple[str, ...] | str | None) -> str:
    """`no response or a partial response`."""
    wanted = (levels,) if isinstance(levels, str) else levels or ()
    return listed(("no response" if e == "none" else f"a {e} response" for e in wanted), "or")


def _bounds(of: Range | None) -> str:
    found = ((word, getattr(of, field)) for field, word in BOUNDS.items())
    return " and ".join(f"{word} {value:g}" for word, value in found if value is not None)


def _therapies(of: Range | None) -> str:
    many = "therapy" if of and of.at_least == 1 and of.at_most is None else "therapies"
    return f"{_bounds(of)} previous {many}"


def _rows(courses: Iterable[str]) -> list[str]:
    return [each.rpartition("/")[2] for each in courses]


def _attainable(how: Recompute) -> str:
    if how.attainable is None:
        return ""
    of = plural(how.attainable.n, "patient")
    return f"whether some whole number of {of} rounds to {how.attainable.percent:g}%"
