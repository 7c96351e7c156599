"""Checks of a publication's claims: does each say one thing that can be recomputed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.knowledge.checks.base import Check, unknown_term
from seriatim.knowledge.checks.selectors import selector_terms, selectors_below
from seriatim.knowledge.library import views_of
from seriatim.knowledge.nearest import nearest
from seriatim.knowledge.select import Selection
from seriatim.model.selector import Selector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.draft import Draft
    from seriatim.knowledge.yamltext import Document, Path
    from seriatim.model.series import Claim, Recompute, Series

_OF_CLAIMS = ("sum_of_claims", "difference_of_claims", "percent_of_claims")
_YES_OR_NO = ("every", "attainable")
_OF_A_ROW = ("table", "drug", "marked", "courses")
"""What is fixed for a row: a count of none by any other test may be what a claim says."""


class ClaimsWhole(Check):
    """Why: a claim that recomputes nothing, or something else, is a contradiction missed.

    Avoid: two ways of recomputing in one claim. Prefer: one, or `cannot_check` with the reason.
    """

    codes = ("C501", "C503", "C504")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """C501: id twice. C503: not one way to recompute. C504: value missing or of no use."""
        for series, document in draft.series:
            limits = [each.id for each in series.limits]
            for position, limit in enumerate(limits):
                if limit in limits[:position]:
                    where: Path = ("limits", position, "id")
                    yield document.problem("C501", where, f"limit {limit} stands twice")
            ids = [each.id for each in series.claims]
            for position, claim in enumerate(series.claims):
                base: Path = ("claims", position)
                if claim.id in ids[:position]:
                    yield document.problem("C501", (*base, "id"), f"claim {claim.id} stands twice")
                if claim.recompute is None and claim.cannot_check is None:
                    yield document.problem(
                        "C503",
                        base,
                        f"claim {claim.id} has nothing to check",
                        expected="recompute, or cannot_check with the reason",
                    )
                for path, how in _ways(claim, base):
                    yield from self._one_way(document, path, how)
                yield from self._value(document, base, claim)

    def _one_way(self, document: Document, path: Path, how: Recompute) -> Iterator[Diagnostic]:
        given = [name for name, value in how if value not in (None, ())]
        if len(given) != 1:
            yield document.problem(
                "C503",
                path,
                f"{' and '.join(given) or 'nothing'} under recompute",
                expected="exactly one way to recompute",
            )
        if how.attainable is not None and how.attainable.n < 1:
            yield document.problem(
                "C503",
                (*path, "attainable", "n"),
                f"a share of {how.attainable.n}",
                expected="a group of at least one",
            )

    def _value(self, document: Document, base: Path, claim: Claim) -> Iterator[Diagnostic]:
        if _has_its_value(claim):
            return
        if claim.value is None:
            yield document.problem(
                "C504", base, f"claim {claim.id} has no printed value to hold the rows against"
            )
        else:
            yield document.problem(
                "C504",
                (*base, "value"),
                f"value {claim.value!r} cannot be held against the rows by {claim.compare!r}",
                expected=_wanted(claim),
            )


class ClaimReferences(Check):
    """Why: a claim about a claim, term or course that is not there selects nothing, silently.

    Avoid: renaming a claim and forgetting those that add it up. Prefer: ids of this file's claims
    and courses, and of cases/terms/.
    """

    codes = ("C502", "C505", "C506", "T301")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """C502: unknown claim. C505: unknown place. C506: none selected. T301: unknown term."""
        for series, document in draft.series:
            rows = _rows_of(series, draft, document)
            for position, claim in enumerate(series.claims):
                base: Path = ("claims", position)
                for path, how in _ways(claim, base):
                    yield from self._claims(document, path, how, series)
                    yield from self._once(document, path, how, claim)
                yield from self._drugs(draft, document, base, claim)
            for part in ("claims", "limits"):
                for path, selector in selectors_below((part,), document.value.get(part)):
                    if path[-1] == "at":
                        continue
                    problems = [
                        *selector_terms(draft, document, path, selector),
                        *self._courses(document, path, selector, series),
                        *self._places(document, path, selector, series),
                    ]
                    yield from problems
                    if rows is not None and not problems:
                        yield from self._none(document, path, selector, rows)

    def _claims(
        self, document: Document, path: Path, how: Recompute, series: Series
    ) -> Iterator[Diagnostic]:
        values = {each.id: each.value for each in series.claims}
        reported = {each.id for each in series.claims if not _has_its_value(each)}
        for key in _OF_CLAIMS:
            ids: tuple[str, ...] = getattr(how, key) or ()
            for index, claim in enumerate(ids):
                where = (*path, key, index)
                if claim not in values:
                    yield document.problem(
                        "C502", where, f"unknown claim {claim!r}", nearest=nearest(claim, values)
                    )
                elif claim in reported:
                    continue
                elif not _is_number(values[claim]):
                    yield document.problem("C502", where, f"claim {claim} has no number")
                elif key == "percent_of_claims" and index == 1 and not values[claim]:
                    yield document.problem("C502", where, f"claim {claim} is 0: no share of it")

    def _once(
        self, document: Document, path: Path, how: Recompute, claim: Claim
    ) -> Iterator[Diagnostic]:
        for key in _OF_CLAIMS:
            ids: tuple[str, ...] = getattr(how, key) or ()
            for index, each in enumerate(ids):
                where = (*path, key, index)
                if each == claim.id:
                    yield document.problem("C502", where, f"claim {each} is computed from itself")
                elif each in ids[:index]:
                    yield document.problem("C502", where, f"claim {each} stands twice")

    def _drugs(
        self, draft: Draft, document: Document, base: Path, claim: Claim
    ) -> Iterator[Diagnostic]:
        most_common = claim.recompute and claim.recompute.most_common
        if not (most_common and isinstance(claim.value, list)):
            return
        for index, drug in enumerate(claim.value):
            where = (*base, "value", index)
            if problem := unknown_term(draft, document, where, str(drug), "drug", "class"):
                yield problem

    def _courses(
        self, document: Document, path: Path, selector: dict[str, Any], series: Series
    ) -> Iterator[Diagnostic]:
        known = {each.id for each in series.courses}
        named = selector.get("courses")
        for index, course in enumerate(named if isinstance(named, list) else ()):
            if str(course).removeprefix(f"{series.id}/") not in known:
                yield document.problem(
                    "C505",
                    (*path, "courses", index),
                    f"unknown course {course!r}",
                    expected="a course of this file",
                    nearest=nearest(str(course), known),
                )

    def _places(
        self, document: Document, path: Path, selector: dict[str, Any], series: Series
    ) -> Iterator[Diagnostic]:
        known = {
            "table": {each.at.table for each in series.courses if each.at.table},
            "series": {series.id},
        }
        for key, names in known.items():
            named = selector.get(key)
            if named is not None and named not in names:
                yield document.problem(
                    "C505",
                    (*path, key),
                    f"unknown {key} {named!r}",
                    expected=f"one of this file: {', '.join(sorted(names))}",
                    nearest=nearest(named, names),
                )

    def _none(
        self, document: Document, path: Path, given: dict[str, Any], rows: Selection
    ) -> Iterator[Diagnostic]:
        wanted = given if path[-1] == "touches" else {k: given[k] for k in _OF_A_ROW if k in given}
        if not rows.select(Selector.model_validate(wanted)):
            shown = ", ".join(f"{key} {each}" for key, each in wanted.items())
            yield document.problem(
                "C506", path, f"no course of this file has {shown}", severity="warning"
            )


def _rows_of(series: Series, draft: Draft, document: Document) -> Selection | None:
    """The courses of a series to select from; None if they or the terms are known to be wrong."""
    wrong = any(
        each.path == document.path and each.severity == "error" for each in draft.diagnostics
    )
    if "terms" in draft.broken or wrong:
        return None
    return Selection(views_of(series, draft.lexicon, 0), draft.lexicon)


def _ways(claim: Claim, base: Path) -> Iterator[tuple[Path, Recompute]]:
    if claim.recompute is not None:
        yield (*base, "recompute"), claim.recompute
    for index, each in enumerate(claim.alternatives):
        yield (*base, "alternatives", index, "recompute"), each.recompute


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _has_its_value(claim: Claim) -> bool:
    """Whether the printed value is of the kind that the way of recomputing gives."""
    if claim.cannot_check is not None or claim.recompute is None:
        return True
    how = claim.recompute
    if how.most_common is not None:
        return isinstance(claim.value, list) and claim.compare == "same set"
    if any(getattr(how, name) is not None for name in _YES_OR_NO):
        return isinstance(claim.value, bool) and claim.compare == "equals"
    return _is_number(claim.value) and claim.compare != "same set"


def _wanted(claim: Claim) -> str:
    how = claim.recompute
    if how is not None and how.most_common is not None:
        return "a list of drugs, and compare: same set"
    if how is not None and any(getattr(how, name) is not None for name in _YES_OR_NO):
        return "true or false, and no compare"
    return "a number, compared by equals, at most or at least"


CHECKS = (ClaimsWhole, ClaimReferences)
