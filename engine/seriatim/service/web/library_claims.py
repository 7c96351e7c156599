"""A claim as its page shows it: what is printed, and how the rows bear it out or do not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.knowledge.claims import DOES_NOT_HOLD, with_unit
from seriatim.render.words import plural, upper_first
from seriatim.service.web.library_wording import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seriatim.knowledge.claims import Recomputed, Verdict
    from seriatim.model.selector import Selector
    from seriatim.model.series import Claim, Recompute
    from seriatim.service.web.library_index import Index

OPENED = 12
"""Most rows of a list that stands open."""
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
    """How numbers or names of print and rows are held against each other; else None."""
    others: tuple[Worked, ...]
    noun: str
    """What the publication is: `letter`."""
    beside: tuple[str, ...]
    """Courses that it is about, if it is about some only."""

    @property
    def title(self) -> str:
        """What the publication says, as its own words and not as ours."""
        claim = self.claim.claim
        lead = f"Implied by the {self.noun}" if is_implied(claim) else f"The {self.noun} says"
        return f"{lead}: {upper_first(claim.says.rstrip('.'))}"

    @property
    def gives_lead(self) -> str:
        """Whose result it is: of the rows, or of arithmetic on what is printed."""
        of_print = self.recomputed is not None and self.recomputed.statements
        return "The printed values give" if of_print else "The rows give"

    @property
    def agreeing(self) -> tuple[Worked, ...]:
        """Other readings under which the printed value holds."""
        return tuple(each for each in self.others if each.fits)

    @property
    def failures_first(self) -> bool:
        """Whether rows are shown at once, so that their order has to be said."""
        used = self.recomputed.used if self.recomputed else ()
        return any(1 < len(each.courses) <= OPENED for each in used)


def claim_view(index: Index, each: Recomputed) -> ClaimView:
    """One claim of the library."""
    claim, maker = each.claim, _Maker(index, each)
    recomputed = maker.worked(claim.recompute, each.shown) if claim.recompute else None
    return ClaimView(
        claim=each,
        recomputed=recomputed,
        compared=None if each.verdict == "cannot be checked" else _compared(claim),
        others=tuple(
            maker.worked(other.recompute, shown, reading=reading, fits=fits)
            for other, (reading, shown, fits) in zip(
                claim.alternatives, each.alternatives, strict=True
            )
        ),
        noun=index.known.series[each.series].citation.noun,
        beside=_beside(index, each, recomputed),
    )


def _beside(index: Index, each: Recomputed, recomputed: Worked | None) -> tuple[str, ...]:
    """The courses that it is about, unless they are all rows or those that are shown anyway."""
    shown = {course for used in (recomputed.used if recomputed else ()) for course in used.courses}
    if len(each.courses) == len(index.rows[each.series].courses) or set(each.courses) <= shown:
        return ()
    return tuple(index.failures_first(each.courses, each.counterexamples))


def is_implied(claim: Claim) -> bool:
    """Whether it is drawn from printed values and not printed itself."""
    how = claim.recompute
    return how is not None and bool(how.sum_of_claims or how.difference_of_claims or how.attainable)


def _compared(claim: Claim) -> str | None:
    if isinstance(claim.value, bool):
        return None
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
            gives=with_unit(how, self.claim, gives),
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


def given(each: Recomputed) -> str:
    """What is recomputed, with what it is of: `43.48 years`, `15, not 14`."""
    how, claim = each.claim.recompute, each.claim
    shown = with_unit(how, claim, each.shown)
    if how is not None and how.sum_of_claims and claim.compare == "equals":
        return shown if shown == str(claim.value) else f"{shown}, not {claim.value}"
    return shown


def worked_out(each: Recomputed, words: Words) -> str:
    """A cell of a ledger: what is recomputed and from what, or why that cannot be."""
    if each.claim.cannot_check:
        return " ".join([each.claim.cannot_check, *_counted(each, words)])
    fits = (
        f"{with_unit(how.recompute, each.claim, shown)}, which agrees with print, if read {reading}"
        for how, (reading, shown, holds) in zip(
            each.claim.alternatives, each.alternatives, strict=True
        )
        if holds
    )
    return "; ".join([f"{given(each)}{_source(each)}", *fits])


def _source(each: Recomputed) -> str:
    """What it is recomputed from, where its words do not say so."""
    how = each.claim.recompute
    if how is None or each.shown in ("it holds", DOES_NOT_HOLD):
        return ""
    if not (how.sum_of_claims or how.difference_of_claims or how.percent_of_claims):
        return ", by the rows" if how.most_common else " by the rows"
    shares = how.sum_of_claims and given(each).endswith("%")
    return f", from the printed {'shares' if shares else 'counts'}"


def _counted(each: Recomputed, words: Words) -> list[str]:
    """What the rows give all the same, beside a statement that they cannot decide."""
    how, claim, found = each.claim.recompute, each.claim, []
    if how is not None and (how.count is not None or how.percent is not None):
        found.append((words.measure(how), f"{each.shown}{'%' if how.percent else ''}"))
    found += [
        (reading, shown if other.recompute.count else with_unit(other.recompute, claim, shown))
        for other, (reading, shown, _fits) in zip(
            claim.alternatives, each.alternatives, strict=True
        )
    ]
    said = "; ".join(f"{name}: {value}" for name, value in found)
    return [f"By the rows: {said}."] if said else []


def by_topic(claims: Sequence[Recomputed]) -> list[tuple[str, list[Recomputed]]]:
    """Claims under their topics, both in the order of the file."""
    found: dict[str, list[Recomputed]] = {}
    for each in claims:
        found.setdefault(each.claim.topic.replace("-", " "), []).append(each)
    return [(upper_first(topic), own) for topic, own in found.items()]
