"""What follows from a rule under one binding: courses selected, texts filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.inference.conditions import NOTHING
from seriatim.inference.grounding import Bindings, substitute
from seriatim.inference.program import AskEffect, CautionEffect, CiteEffect
from seriatim.knowledge.placeholders import PLACEHOLDER
from seriatim.knowledge.select import Selection
from seriatim.model.selector import Linked, Selector

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.rule import Caution, Cite, Rule


class Effects:
    """Grounds the effects of rules over one knowledge base.

    `ages` has the youngest and the oldest published patient, in years, for texts that name them.
    """

    def __init__(self, knowledge: KnowledgeBase, ages: Mapping[str, float]) -> None:
        self.knowledge = knowledge
        self.ages = ages
        self.selection = Selection(knowledge.courses.values(), knowledge.lexicon)

    def effect(
        self, rule: Rule, bindings: Bindings
    ) -> CiteEffect | CautionEffect | AskEffect | None:
        """What follows, or None if it is about courses and none is selected."""
        then = rule.then
        if then.cite is not None:
            return self._cite(then.cite, bindings)
        if then.caution is not None:
            return self._caution(then.caution, bindings)
        assert then.ask is not None  # noqa: S101 - the model holds exactly one
        return AskEffect(
            self._text(then.ask.fact, bindings), self._text(then.ask.because, bindings)
        )

    def _cite(self, cite: Cite, bindings: Bindings) -> CiteEffect | None:
        wanted = _bound_selector(cite.courses, bindings)
        courses = self.selection.select(wanted)
        probable = self._probable(wanted)
        if not courses and not probable:
            return None
        return CiteEffect(
            drug=str(wanted.drug),
            relation=cite.relation,
            courses=tuple(each.id for each in courses),
            probable=probable,
            because=self._text(cite.because, bindings),
            subgroup=None if cite.subgroup is None else self._text(cite.subgroup, bindings),
        )

    def _probable(self, wanted: Selector) -> tuple[str, ...]:
        """Courses that would be selected too if a probable link held."""
        if wanted.previous in (None, NOTHING):
            return ()
        fields = {**vars(wanted), "probably_after": wanted.previous, "previous": None}
        return tuple(each.id for each in self.selection.select(Selector.trusted(**fields)))

    def _caution(self, caution: Caution, bindings: Bindings) -> CautionEffect | None:
        courses: tuple[str, ...] = ()
        if caution.courses is not None:
            wanted = _bound_selector(caution.courses, bindings)
            courses = tuple(each.id for each in self.selection.select(wanted))
            if not courses:
                return None
        source = None
        if caution.label is not None:
            source = self._label_source(caution.label, caution.fact)
        return CautionEffect(self._text(caution.say, bindings), caution.concerns, courses, source)

    def _label_source(self, label_id: str, fact_id: str | None) -> str:
        label = next(each for each in self.knowledge.labels if each.id == label_id)
        facts = {each.id: each for part in (label.warnings, label.doses) for each in part}
        fact = facts.get(fact_id or "")
        section = f" section {fact.section}" if fact and fact.section else ""
        dated = fact.source.as_of if fact else label.source.as_of
        date = f"as of {dated}" if dated != "unknown" else "date of the copy unknown"
        trust = f", {fact.source.trust}" if fact and fact.source.trust else ""
        return f"{label.jurisdiction} label of {label.drug}{section}, {date}{trust}"

    def _text(self, text: str, bindings: Bindings) -> str:
        def word(match: re.Match[str]) -> str:
            name = match.group(1)
            if name in self.ages:
                return f"{self.ages[name]:g}"
            return self.knowledge.lexicon.name(bindings[name])

        return PLACEHOLDER.sub(word, text)


def _bound_selector(selector: Selector, bindings: Bindings) -> Selector:
    """The selector with `$name` filled in: ids, which its fields take as they are."""
    given = {name: _bound(each, bindings) for name, each in vars(selector).items() if each}
    return Selector.trusted(**(vars(selector) | given))


def _bound(value: Any, bindings: Bindings) -> Any:
    if isinstance(value, Linked):
        return Linked.trusted(
            **{name: _bound(each, bindings) for name, each in vars(value).items()}
        )
    if isinstance(value, tuple):
        return tuple(substitute(each, bindings) for each in value)
    return substitute(value, bindings)
