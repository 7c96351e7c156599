"""A claim as its page shows it: what is printed, and how the rows bear it out or do not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.knowledge.claims import unit_of
from seriatim.render.words import plural, upper_first
from seriatim.service.web.library_wording import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seriatim.knowledge.claims import Recomputed, Verdict
    from seriatim.model.selector import Selector
    from seriatim.model.series import Claim, Recompute
    from seriatim.service.web.library_index import Index

VERDICTS: tuple[Verdict, ...] = ("contradicted", "cannot be checked", "reproduced")
MARKS: dict[Verdict, str] = {"contradicted": "✗", "cannot be checked": "?", "reproduced": "✓"}
PREVIOUS, ALONGSIDE = "Prior therapies", "Given alongside"
CELLS = {
    PREVIOUS: "previous",
    ALONGSIDE: "concurrent",
    "Diagnosis as printed": "marked",
    "Dose as printed": "dosing",
}
"""Columns by the test of a selection that reads them."""
COMPARED = {
    "at most": "what is recomputed may be no more than what is printed",
    "at least": "what is recomputed may be no less than what is printed",
    "same set": "both must name the same, in any order",
}


@dataclass(frozen=True, slots=True)
class Used:
    """Rows that a recomputation reads, and as what."""

    role: str
    courses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Worked:
    """A recomputation: in words, over which rows or statements, and what it gives."""

    words: str
    used: tuple[Used, ...]
    statements: tuple[Recomputed, ...]
    """Other claims whose printed values it is made of."""
    gives: str
    columns: tuple[str, ...]
    """Cells beyond the usual ones that it reads, to be shown beside the rows."""
    reading: str | None = None
    """Of another reading: what is read otherwise."""
    fits: bool = False
    """Whether the printed value holds under it."""


@dataclass(frozen=True, slots=True)
class ClaimView:
    """Everything that the page of a claim shows."""

    claim: Recomputed
    recomputed: Worked | None
    compared: str | None
    """How print and rows are held against each other; None if they are not."""
    others: tuple[Worked, ...]
    noun: str
    """What the publication is: `letter`."""
    beside: tuple[str, ...]
    """Courses that it is about, if it is about some only."""

    @property
    def title(self) -> str:
        """What the publication says, as its own words and not as ours."""
        claim = self.claim.claim
        lead = f"Implied by the {self.noun}" if _is_implied(claim) else f"The {self.noun} says"
        return f"{lead}: {upper_first(claim.says.rstrip('.'))}"

    @property
    def gives_lead(self) -> str:
        """Whose result it is: of the rows, or of arithmetic on what is printed."""
        of_print = self.recomputed is not None and self.recomputed.statements
        return "The printed values give" if of_print else "The rows give"


def claim_view(index: Index, each: Recomputed) -> ClaimView:
    """One claim of the library."""
    claim, maker = each.claim, _Maker(index, each)
    everything = len(index.rows[each.series].courses)
    against = each.counterexamples
    return ClaimView(
        claim=each,
        recomputed=maker.worked(claim.recompute, each.shown) if claim.recompute else None,
        compared=None if each.verdict == "cannot be checked" else _compared(claim),
        others=tuple(
            maker.worked(other.recompute, shown, reading=reading, fits=fits)
            for other, (reading, shown, fits) in zip(
                claim.alternatives, each.alternatives, strict=True
            )
        ),
        noun=index.known.series[each.series].citation.noun,
        beside=tuple(index.failures_first(each.courses, against))
        if len(each.courses) < everything
        else (),
    )


def _is_implied(claim: Claim) -> bool:
    """Whether it is drawn from printed values and not printed itself."""
    how = claim.recompute
    return how is not None and bool(how.sum_of_claims or how.difference_of_claims or how.attainable)


def _compared(claim: Claim) -> str:
    if isinstance(claim.value, bool):
        return "the rows must bear it out"
    if claim.compare == "equals" and claim.decimals == 0:
        return "the two must be equal as whole numbers"
    if claim.compare == "equals":
        return f"the two must be equal at {plural(claim.decimals, 'decimal')}"
    return COMPARED[claim.compare]


def _columns(how: Recompute) -> tuple[str, ...]:
    """The cells that are read, by what the selections test and what is averaged or counted."""
    percent, every = how.percent, how.every
    selectors = [
        *(each for each in (how.count, how.individuals) if each),
        *((percent.of, percent.among) if percent else ()),
        *((every.of, every.satisfies) if every else ()),
        *(each.of for each in (how.mean, how.most_common) if each),
    ]
    read = {name for each in selectors for name, cell in CELLS.items() if getattr(each, cell)}
    if how.mean and how.mean.field == "previous_count":
        read.add(PREVIOUS)
    if how.most_common:
        read.add(PREVIOUS if how.most_common.cell == "previous" else ALONGSIDE)
    return tuple(each for each in CELLS if each in read)


class _Maker:
    def __init__(self, index: Index, each: Recomputed) -> None:
        self.index, self.claim, self.against = index, each.claim, each.counterexamples
        self.claims, self.rows = index.claims[each.series], index.rows[each.series]
        self.words = Words(index.known.lexicon.name)

    def worked(
        self, how: Recompute, gives: str, *, reading: str | None = None, fits: bool = False
    ) -> Worked:
        used = ((role, self._select(of)) for role, of in self._selections(how))
        names = (
            *how.sum_of_claims,
            *(how.difference_of_claims or ()),
            *(how.percent_of_claims or ()),
        )
        return Worked(
            words=self.words.expression(how),
            used=tuple(Used(role, courses) for role, courses in used),
            statements=tuple(self.claims[each] for each in names),
            gives=f"{gives}{unit_of(how, self.claim)}",
            columns=_columns(how),
            reading=reading,
            fits=fits,
        )

    def _select(self, of: Selector) -> tuple[str, ...]:
        found = (each.id for each in self.rows.select(of))
        return tuple(self.index.failures_first(found, self.against))

    def _selections(self, how: Recompute) -> Iterable[tuple[str, Selector]]:
        """Each selection that the recomputation reads, with its role."""
        for counted in (how.count, how.individuals, how.individuals_if_probable_links):
            if counted is not None:
                yield upper_first(self.words.courses(counted)), counted
        if how.percent is not None:
            yield upper_first(self.words.courses(how.percent.of)), how.percent.of
            yield f"Among {self.words.courses(how.percent.among)}", how.percent.among
        if how.every is not None:
            yield upper_first(self.words.courses(how.every.of)), how.every.of
        for part in (how.mean, how.most_common):
            if part is not None:
                yield upper_first(self.words.courses(part.of)), part.of


def counted(claims: Iterable[Recomputed]) -> list[tuple[Verdict, int]]:
    """How many claims have each verdict, the contradicted first; verdicts without any are left."""
    found = Counter(each.verdict for each in claims)
    return [(verdict, found[verdict]) for verdict in VERDICTS if found[verdict]]


def rows_give(each: Recomputed) -> str:
    """What the rows give, or why that cannot be said."""
    how = each.claim.recompute
    return each.claim.cannot_check or f"{each.shown}{unit_of(how, each.claim) if how else ''}"


def by_topic(claims: Sequence[Recomputed]) -> list[tuple[str, list[Recomputed]]]:
    """Claims under their topics, both in the order of the file."""
    found: dict[str, list[Recomputed]] = {}
    for each in claims:
        found.setdefault(each.claim.topic.replace("-", " "), []).append(each)
    return [(upper_first(topic), own) for topic, own in found.items()]
