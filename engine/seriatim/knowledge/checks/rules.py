"""Checks of a rule's file as a file; what its conditions mean is checked when it is compiled."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from seriatim.knowledge.checks.base import Check
from seriatim.knowledge.checks.selectors import selector_terms
from seriatim.knowledge.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.draft import Draft
    from seriatim.knowledge.yamltext import Document, Path
    from seriatim.model.label import Label
    from seriatim.model.rule import Caution, DrawnFrom


class RuleFileName(Check):
    """Why: reports name rules by id for years.

    Avoid: one id in two files, or a file that is not called by it. Prefer:
    `rules/<family>/<id>.yaml`, never reused.
    """

    codes = ("R701", "R708", "R714")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """R701: id and file differ. R708: id twice. R714: family is not its folder or unknown."""
        families = dict(draft.vocabulary[0].families) if draft.vocabulary else {}
        seen: dict[str, str] = {}
        for rule, document in draft.rules:
            path = PurePosixPath(document.path)
            if path.stem != rule.id:
                yield document.problem("R701", ("id",), f"id {rule.id} is not the file's name")
            if rule.id in seen:
                yield document.problem(
                    "R708", ("id",), f"id {rule.id} is also that of {seen[rule.id]}"
                )
            seen.setdefault(rule.id, document.path)
            if path.parent.name != rule.family:
                yield document.problem(
                    "R714", ("family",), f"family {rule.family} in folder {path.parent.name}"
                )
            elif families and rule.family not in families:
                yield document.problem(
                    "R714",
                    ("family",),
                    f"unknown family {rule.family!r}",
                    expected="a family of rules/vocabulary.yaml",
                    nearest=nearest(rule.family, families),
                )


class RuleSources(Check):
    """Why: a rule without a source is an opinion.

    Avoid: a source that is not in the library. Prefer: the series and place, or the label and
    its fact.
    """

    codes = ("R711", "T301")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """R711: the rule names a series, label or fact that is not there. T301: unknown term."""
        # By the file's name too: that an id is not its name is reported once, there.
        series = {name for each, document in draft.series for name in _called(each.id, document)}
        labels = {
            name: each for each, document in draft.labels for name in _called(each.id, document)
        }
        for rule, document in draft.rules:
            for position, each in enumerate(rule.drawn_from):
                path: Path = ("drawn_from", position)
                if each.series is None and each.label is None and each.note is None:
                    yield document.problem(
                        "R711", path, "no source", expected="a series, a label or a note"
                    )
                unread = "series" in draft.broken
                if each.series is not None and each.series not in series and not unread:
                    yield _unknown_series(document, (*path, "series"), each.series, series)
                yield from self._label(draft, document, path, each, labels)
            if rule.then.caution:
                path = ("then", "caution")
                yield from self._label(draft, document, path, rule.then.caution, labels)
                if rule.then.caution.label is not None and rule.then.caution.fact is None:
                    yield document.problem(
                        "R711",
                        (*path, "label"),
                        f"label {rule.then.caution.label} without the fact that it rests on",
                        expected="fact: the id of a dose or warning of the label",
                    )
            then = document.value["then"]
            for kind in ("cite", "caution"):
                selector = (then.get(kind) or {}).get("courses")
                if isinstance(selector, dict):
                    where = ("then", kind, "courses")
                    yield from selector_terms(draft, document, where, selector)
                    named = selector.get("series")
                    if named is not None and named not in series and "series" not in draft.broken:
                        yield _unknown_series(document, (*where, "series"), named, series)

    def _label(
        self,
        draft: Draft,
        document: Document,
        path: Path,
        named: DrawnFrom | Caution,
        labels: dict[str, Label],
    ) -> Iterator[Diagnostic]:
        label, fact = named.label, named.fact
        problem = document.problem
        if label is None and fact is not None:
            yield problem("R711", (*path, "fact"), f"fact {fact!r} of no label", expected="label")
        if label is None or "labels" in draft.broken:
            return
        if label not in labels:
            yield problem(
                "R711", (*path, "label"), f"unknown label {label!r}", nearest=nearest(label, labels)
            )
            return
        found = labels[label]
        facts = [
            each.id for part in (found.indications, found.doses, found.warnings) for each in part
        ]
        if fact is not None and fact not in facts:
            yield problem(
                "R711",
                (*path, "fact"),
                f"label {label} has no fact {fact!r}",
                nearest=nearest(fact, facts),
            )


def _unknown_series(document: Document, path: Path, named: str, known: Iterable[str]) -> Diagnostic:
    near = nearest(named, known)
    return document.problem("R711", path, f"unknown series {named!r}", nearest=near)


def _called(identifier: str, document: Document) -> tuple[str, str]:
    return identifier, PurePosixPath(document.path).stem


CHECKS = (RuleFileName, RuleSources)
