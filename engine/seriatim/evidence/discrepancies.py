"""Where a publication and its own rows disagree, beside whatever is drawn from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.kept import Kept
from seriatim.knowledge.claims import ClaimBook, Recomputed, with_unit
from seriatim.knowledge.select import Selection
from seriatim.model.evidence import Discrepancy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.knowledge.library import KnowledgeBase


def recomputed_claims(knowledge: KnowledgeBase) -> dict[str, tuple[Recomputed, ...]]:
    """Every claim of every series, recomputed."""
    found = {}
    for series in knowledge.series.values():
        rows = Selection(
            (each for each in knowledge.courses.values() if each.series == series.id),
            knowledge.lexicon,
        )
        found[series.id] = ClaimBook(series.id, series.claims, rows).recompute_all()
    return found


class Discrepancies:
    """The claims that do not hold, with the courses each touches."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        entries: list[tuple[Recomputed, frozenset[str]]] = []
        for claims in recomputed_claims(knowledge).values():
            for each in claims:
                always = each.verdict == "cannot be checked" and each.claim.always_shown
                if each.verdict == "contradicted" or always:
                    entries.append((each, frozenset(each.courses)))
        entries.sort(key=lambda entry: len(entry[1]))
        self._kept: Kept[tuple[Discrepancy, ...]] = Kept()
        self.entries = [(_fields(entry), touched) for entry, touched in entries]

    def touching(self, courses: Iterable[str]) -> tuple[Discrepancy, ...]:
        """Those that touch any of the courses.

        Contradictions first; those whose counterexample is cited before others, then those that
        are about the cited courses more than about the rest.
        """
        cited = tuple(courses)
        return self._kept.get(cited, lambda: self._touching(cited))

    def _touching(self, cited: tuple[str, ...]) -> tuple[Discrepancy, ...]:
        found = []
        for fields, touched in self.entries:
            here = tuple(each for each in cited if each in touched)
            if here:
                rank = (
                    fields["verdict"] != "contradicted",
                    bool(fields["counterexamples"])
                    and not set(fields["counterexamples"]) & set(here),
                    -len(here) / len(touched),
                )
                found.append((rank, Discrepancy.trusted(**fields, courses=here)))
        found.sort(key=lambda each: each[0])
        return tuple(each for _rank, each in found)


def _fields(entry: Recomputed) -> dict[str, Any]:
    """All of a discrepancy that does not depend on what is cited."""
    claim = entry.claim
    return {
        "series": entry.series,
        "claim": claim.id,
        "topic": claim.topic,
        "verdict": entry.verdict,
        "says": claim.says,
        "printed": claim.printed,
        "at": str(claim.at),
        "rows_give": with_unit(claim.recompute, claim, entry.shown),
        "alternatives": tuple(
            f"{reading}: {with_unit(how.recompute, claim, value)}{' (as printed)' if fits else ''}"
            for how, (reading, value, fits) in zip(
                claim.alternatives, entry.alternatives, strict=True
            )
        ),
        "counterexamples": entry.counterexamples,
        "why": claim.cannot_check,
        "note": claim.note,
    }
