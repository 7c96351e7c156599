"""Orders rules into strata: a rule is asked once all the conclusions it builds on are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.errors import Diagnostic
    from seriatim.inference.reading import ReadRule


def stratify(
    rules: list[ReadRule], conclusions: Iterable[str]
) -> tuple[list[ReadRule], list[Diagnostic]]:
    """Set the stratum of each rule; those that build on themselves are left out with R710."""
    names = set(conclusions)
    drawn_in: dict[str, int] = {}
    for _round in range(len(names) + 1):
        delayed = [_settle(each, drawn_in, names) for each in rules]
        if not any(delayed):
            return rules, []
    rising = [each for each in rules if each.stratum >= len(names)]
    circular = _in_a_circle(rising, names)
    return [each for each in rules if each.stratum < len(names)], [
        each.document.problem(
            "R710",
            ("then", "conclude"),
            f"{each.conclusion.atom[0]} is concluded from itself",
            expected="conclusions without a circle",
        )
        for each in circular
        if each.conclusion is not None
    ]


def _in_a_circle(rules: list[ReadRule], names: set[str]) -> list[ReadRule]:
    """Those whose conclusion they build on themselves, through whichever rules."""
    builds_on: dict[str, set[str]] = {}
    for each in rules:
        if each.conclusion is not None:
            builds_on.setdefault(each.conclusion.atom[0], set()).update(each.uses() & names)

    def reaches(start: str) -> set[str]:
        seen: set[str] = set()
        todo = list(builds_on.get(start, ()))
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo.extend(builds_on.get(name, ()))
        return seen

    return [
        each
        for each in rules
        if each.conclusion is not None
        and any(each.conclusion.atom[0] in reaches(name) | {name} for name in each.uses() & names)
    ]


def _settle(rule: ReadRule, drawn_in: dict[str, int], names: set[str]) -> bool:
    """Move a rule behind what it uses; whether that delayed its conclusion."""
    used = rule.uses() & names
    rule.stratum = max((drawn_in.get(name, 0) for name in used), default=0)
    if rule.conclusion is None:
        return False
    name = rule.conclusion.atom[0]
    if drawn_in.get(name, 0) > rule.stratum:
        return False
    drawn_in[name] = rule.stratum + 1
    return True
