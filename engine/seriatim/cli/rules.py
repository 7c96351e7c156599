"""`seriatim rules`: the rules by family, one rule in words, and what they ask for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from seriatim.cli.output import say, say_json, terminal
from seriatim.cli.problems import CannotRunError
from seriatim.knowledge.load import load_knowledge
from seriatim.knowledge.nearest import nearest

if TYPE_CHECKING:
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.rule import Rule


def list_rules(
    rule: str | None,
    *,
    observations: bool,
    knowledge: str | None,
    form: str,
    width: int | None,
) -> None:
    """One rule, all of them, or the observations that they ask for."""
    known = load_knowledge(knowledge)
    if observations:
        _observations(known, form=form, width=width)
        return
    grounded = groundings(known)
    chosen = known.rules if rule is None else (_rule(known, rule),)
    if form == "json":
        from seriatim.render.plain import plain_rule  # noqa: PLC0415 - one form is used

        plain = [plain_rule(each, known, grounded[each.id]) for each in chosen]
        say_json(plain if rule is None else plain[0])
        return
    from seriatim.render.rulebook import write_rule, write_rules  # noqa: PLC0415 - one form

    canvas = terminal(width).canvas()
    if rule is None:
        write_rules(canvas, known, grounded)
    else:
        write_rule(canvas, known, chosen[0], grounded[chosen[0].id])
    say(canvas.text())


def groundings(known: KnowledgeBase) -> Counter[str]:
    """How many combinations of the library each rule ranges over."""
    from seriatim.inference.compiler import compile_rules  # noqa: PLC0415 - not for observations

    program, _diagnostics = compile_rules(known)
    return Counter(each.rule.id for each in program.rules)


def _rule(known: KnowledgeBase, wanted: str) -> Rule:
    for each in known.rules:
        if each.id == wanted:
            return each
    near = nearest(wanted, [each.id for each in known.rules])
    hint = f"; did you mean {' or '.join(near)}?" if near else "; seriatim rules lists all"
    raise CannotRunError(f"{wanted!r} is not a rule of this library{hint}")


def _observations(known: KnowledgeBase, *, form: str, width: int | None) -> None:
    declared = known.vocabulary.observations
    if form == "json":
        from seriatim.render.plain import plain_observations  # noqa: PLC0415 - one form is used

        say_json(plain_observations(known.vocabulary))
        return
    canvas = terminal(width).canvas()
    column = max(map(len, declared), default=0) + 2
    for name, each in declared.items():
        kind = "yes or no" if each.type == "yes-no" else f"a number, {each.unit or 'no unit'}"
        if each.low is not None and each.high is not None:
            kind += f", {each.low:g} to {each.high:g}"
        canvas.row([(name, column)], [f"{each.says} ({kind})"])
    say(canvas.text())
