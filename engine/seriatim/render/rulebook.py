"""Rules for a reader who does not program: what each asks for, and what follows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from seriatim.inference.conditions import BUILT_IN, NUMBERS, arguments
from seriatim.inference.wording import Wording
from seriatim.render.canvas import Span
from seriatim.render.words import listed, plural

if TYPE_CHECKING:
    from collections import Counter

    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.rule import DrawnFrom, Rule, Then
    from seriatim.render.canvas import Canvas

_PLACE = re.compile(r"\{(\w+)\}")
WORDS = {"at_least": "at least", "above": "above", "at_most": "at most", "below": "below"}
AGES = {"youngest": "the youngest published patient", "oldest": "the oldest published patient"}


def write_rules(canvas: Canvas, known: KnowledgeBase, grounded: Counter[str]) -> None:
    """All rules by family."""
    column = max((len(each.id) for each in known.rules), default=0) + 2
    for family, says in known.vocabulary.families.items():
        rules = [each for each in known.rules if each.family == family]
        if rules:
            canvas.heading(f"{family}: {says}")
        for each in rules:
            number = plural(grounded[each.id], "combination")
            canvas.row(
                [(each.id, column)],
                [f"{each.title}{_status(each)} ", Span(f"({number})", "dim")],
                indent=2,
            )
    canvas.blank()
    canvas.write(f"{plural(len(known.rules), 'rule')}; one in full: seriatim rules ID.")


def _status(rule: Rule) -> str:
    return "" if rule.status == "active" else f" [{rule.status}]"


def write_rule(canvas: Canvas, known: KnowledgeBase, rule: Rule, grounded: int) -> None:
    """One rule in full."""
    canvas.write(Span(rule.title, "bold"))
    canvas.write(f"{rule.id}, {rule.family}, {rule.status}; by {rule.author}, {rule.revised}.")
    canvas.blank()
    canvas.write(rule.rationale)
    canvas.heading("If")
    for each in conditions(rule, known):
        canvas.row([("-", 2)], [each], indent=2)
    canvas.heading("then")
    canvas.write(consequence(rule.then, known), indent=2)
    canvas.heading("Drawn from")
    for source in rule.drawn_from:
        canvas.row([("-", 2)], [drawn_from(source)], indent=2)
    canvas.blank()
    over = ranges(rule)
    number = f"{plural(grounded, 'combination')} in this library."
    canvas.write(f"{over}: {number}" if over else number, hang=2)


def ranges(rule: Rule) -> str:
    """`DIAGNOSIS: any; DRUG: any`; empty if the rule ranges over nothing."""
    return "; ".join(f"{name.upper()}: {_range(each)}" for name, each in rule.for_.items())


def _range(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_range(inner)}" for key, inner in value.items())
    return listed(map(str, value), "or") if isinstance(value, list) else _word(value)


def conditions(rule: Rule, known: KnowledgeBase) -> list[str]:
    """Each condition in words; what the rule ranges over is in capitals."""
    wording = Wording(known)
    return [_condition(each, wording) for each in rule.when]


def _condition(raw: dict[str, Any], wording: Wording) -> str:
    name, value = next(iter(raw.items()))
    if name == "any":
        return f"any of: {'; '.join(_condition(each, wording) for each in value)}"
    if name == "not":
        return f"not: {_condition(value, wording)}"
    if name in NUMBERS:
        return f"{wording.number(name)} {_compared(value)}"
    if name == "observation":
        return _observation(value, wording)
    if name not in BUILT_IN:
        given = value if isinstance(value, list) else [] if value is True else [value]
        return wording.atom((name, *map(_word, given)))
    found = arguments(name, value) or (str(value),)
    return wording.atom((name, *map(_word, found)))


def _word(value: Any) -> str:
    """`DRUG` for `$drug`; ids of terms stay, to be named."""
    text = str(value)
    return text[1:].upper() if text.startswith("$") else text


def _said(template: str) -> str:
    """A text of the rule with `DRUG` for `{drug}`."""
    return _PLACE.sub(lambda found: found[1].upper(), template)


def _compared(value: dict[str, Any]) -> str:
    word, number = next(iter(value.items()))
    return f"{WORDS.get(word, word)} {AGES.get(str(number), number)}"


def _observation(value: dict[str, Any], wording: Wording) -> str:
    name, wanted = next(iter(value.items()))
    says = wording.vocabulary.observations[name].says
    if isinstance(wanted, dict):
        unit = wording.vocabulary.observations[name].unit
        return f"{says} {_compared(wanted)}{f' {unit}' if unit else ''}"
    return says if wanted else f"not: {says}"


def consequence(then: Then, known: KnowledgeBase) -> str:
    """What follows, in words."""
    if then.conclude is not None:
        return f"conclude: {_condition(then.conclude, Wording(known))}"
    if then.cite is not None:
        group = f" as the group “{_said(then.cite.subgroup)}”" if then.cite.subgroup else ""
        chosen = then.cite.courses.model_dump(exclude_defaults=True)
        courses = ", ".join(f"{name} {_chosen(value)}" for name, value in chosen.items())
        why = _said(then.cite.because)
        return f"cite as {then.cite.relation}{group} the courses with {courses}: {why}"
    if then.caution is not None:
        return f"caution ({then.caution.concerns}): {_said(then.caution.say)}"
    return _said(f"ask for {then.ask.fact}: {then.ask.because}") if then.ask else ""


def _chosen(value: Any) -> str:
    if isinstance(value, dict):
        return "(" + ", ".join(f"{name} {_chosen(each)}" for name, each in value.items()) + ")"
    if isinstance(value, (list, tuple)):
        return listed(map(_word, value), "or")
    return _word(value)


def drawn_from(source: DrawnFrom) -> str:
    """Where in a series or a label."""
    parts = [
        source.series,
        source.where,
        f"label {source.label}" if source.label else None,
        f"fact {source.fact}" if source.fact else None,
        source.note,
    ]
    return ", ".join(each for each in parts if each)
