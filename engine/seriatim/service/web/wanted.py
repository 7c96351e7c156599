"""What is not known and would change the answer, each with the click that adds it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seriatim.service.web.corrections import observed
from seriatim.service.web.form import WORDS
from seriatim.service.web.profile import RESPONSES, STOPPED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.model.evidence import EvidenceReport, Missing
    from seriatim.service.web.site import Site
    from seriatim.service.web.state import State

_ABOUT_DRUG = (
    (re.compile(r"the response to (.+)\Z"), "response", RESPONSES),
    (re.compile(r"why (.+) was stopped\Z"), "stopped_because", STOPPED),
)
_WITH = re.compile(r"which drug (.+) came with\Z")
_WHICH = re.compile(r"which diagnosis: (.+)\Z")
_WHETHER = re.compile(r"whether the diagnosis is (.+)\Z")
FIELDS = {
    "age": "age",
    "sex": "sex",
    "the diagnosis": "diagnosis-0",
    "prior therapies": "therapy",
    "current therapies": "therapy",
    "which drug of a class was tried before": "therapy",
    "which drug of a class is being given": "therapy",
    "adverse events so far": "event",
}
"""The field of a fact, or the list to which it is added."""


@dataclass(frozen=True, slots=True)
class Click:
    """An address that answers, or the field that is opened; `adds` names a list for a new row.

    `status` is that of a therapy which is added.
    """

    text: str
    href: str
    field: str = ""
    adds: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A fact that is not known, the rules it would decide, and what can be clicked."""

    fact: str
    rules: tuple[tuple[str, str], ...]
    """Id and title of each."""
    clicks: tuple[Click, ...]
    cites: bool
    """Whether one of the rules cites courses; the others can only add a caution."""


def wanted(report: EvidenceReport, state: State, site: Site) -> list[Wanted]:
    """Every missing fact of a report, in its order."""
    asking = _Asking(report, state, site)
    rules = site.context.engine.knowledge.rules
    titles = {each.id: each.title for each in rules}
    citing = {each.id for each in rules if each.then.cite}
    return [
        Wanted(
            _asked(each.fact),
            tuple((rule, titles[rule]) for rule in each.would_decide),
            tuple(asking.clicks(each)),
            not citing.isdisjoint(each.would_decide),
        )
        for each in report.missing
    ]


def _asked(fact: str) -> str:
    """Which diagnosis it is, without the names that can be clicked."""
    return "which diagnosis" if _WHICH.match(fact) or _WHETHER.match(fact) else fact


class _Asking:
    def __init__(self, report: EvidenceReport, state: State, site: Site) -> None:
        self.report, self.state, self.site = report, state, site
        self.declared = site.context.engine.knowledge.vocabulary.observations
        self.name = site.context.engine.knowledge.lexicon.name

    def clicks(self, missing: Missing) -> Iterator[Click]:
        """What answers a fact at once, else where to enter it."""
        fact = missing.fact
        found = [*self._observation(fact), *self._diagnosis(fact), *self._of_drug(fact)]
        yield from found or self._field(fact)

    def _observation(self, fact: str) -> Iterator[Click]:
        for name, kind in self.declared.items():
            if kind.says != fact:
                continue
            if kind.type == "number":
                yield Click("enter it", f"#obs-{name}", f"obs-{name}")
                return
            for said in ("yes", "no"):
                yield self._click(said, observed(self.state, name, said))

    def _diagnosis(self, fact: str) -> Iterator[Click]:
        """All that an open term could be, whether the library has courses of it or not."""
        which = _WHICH.match(fact) or _WHETHER.match(fact)
        asked = set(which[1].split(", ")) if which else set()
        own = self.report.profile.diagnoses
        for at, each in enumerate(own[: len(self.state.diagnoses)]):
            names = [self.name(concept) for concept in each.could_be]
            for name in names if each.status == "active" and asked & set(names) else ():
                diagnoses = list(self.state.diagnoses)
                diagnoses[at] = name
                yield self._click(name, replace(self.state, diagnoses=tuple(diagnoses)))

    def _of_drug(self, fact: str) -> Iterator[Click]:
        for pattern, part, choices in _ABOUT_DRUG:
            if (about := pattern.match(fact)) and (at := self._row(about[1])) is not None:
                for choice in choices:
                    if choice != "unknown":
                        yield self._click(WORDS.get(choice, choice), self._said(at, part, choice))

    def _row(self, name: str) -> int | None:
        """The number of the row whose drug was taken for `name`."""
        rows = [at for at, each in enumerate(self.state.therapies) if each.drug]
        own = self.report.profile.therapies or ()
        for at, each in zip(rows, own, strict=False):
            if name in (each.name, each.concept, each.given):
                return at
        return None

    def _said(self, at: int, part: str, choice: str) -> State:
        row = self.state.therapies[at]
        changed = (
            replace(row, response=choice) if part == "response" else replace(row, stopped=choice)
        )
        rows = self.state.therapies
        return replace(self.state, therapies=(*rows[:at], changed, *rows[at + 1 :]))

    def _field(self, fact: str) -> Iterator[Click]:
        if with_drug := _WITH.match(fact):
            at = self._event(with_drug[1])
            yield Click("enter it", f"#had-drug-{at}", f"had-drug-{at}")
            return
        place = FIELDS.get(fact, "")
        if place in ("therapy", "event"):
            yield from self._list(place, "current" if fact.startswith("current") else "")
        else:
            yield Click("enter it", f"#{place or 'ask'}", place)

    def _event(self, name: str) -> int:
        own = self.report.profile.adverse_events or ()
        rows = [at for at, each in enumerate(self.state.events) if each.event]
        for at, each in zip(rows, own, strict=False):
            if name in (each.name, each.given):
                return at
        return 0

    def _list(self, place: str, status: str) -> Iterator[Click]:
        """A new row, and that there is nothing to list if nothing is."""
        query = self.state.query
        href = f"{self.site.at('/')}?{query}{'&' if query else ''}add={place}#rows-{place}"
        yield Click("add one", href, adds=place, status=status)
        if place == "therapy" and not self.state.therapies:
            said = "none, now or before" if status else "nothing tried"
            yield self._click(said, replace(self.state, tried="nothing"))
        if place == "event" and not self.state.events:
            yield self._click("none so far", replace(self.state, had="nothing"))

    def _click(self, text: str, state: State) -> Click:
        return Click(text, self.site.at("/", state))
