"""Checks of what a course's cells mean: does no term contradict the words that are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.knowledge.checks.base import Check
from seriatim.knowledge.checks.cells import DASHES
from seriatim.knowledge.lexicon import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.draft import Draft
    from seriatim.knowledge.lexicon import Lexicon
    from seriatim.knowledge.yamltext import Document, Path
    from seriatim.model.series import Course
    from seriatim.model.terms import Kind

LONGEST_NAME = 6
"""Words of a heading that are looked up together as the name of a drug."""


class TermsAsPrinted(Check):
    """Why: a term that is not what is printed counts a patient under another disease or drug.

    Avoid: a term that the printed words do not name. Prefer: the one that they name, or a narrower
    one that the publication gives.
    """

    codes = ("S403", "S414")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """S403: printed words are the name of another term. S414: a heading of no table."""
        for series, document in draft.series:
            headings = {
                table: frozenset(_drugs_in(draft.lexicon, text))
                for table, text in series.headings.items()
            }
            tables = {each.at.table for each in series.courses}
            for table in headings:
                if table not in tables:
                    yield document.problem(
                        "S414",
                        ("headings", table),
                        f"a heading of table {table}, which has no course",
                        expected=f"one of {', '.join(sorted(filter(None, tables))) or 'no table'}",
                        key=True,
                    )
            for position, course in enumerate(series.courses):
                for path, printed, kind, given in _printed(course):
                    named = draft.lexicon.named(printed, kind)
                    if named and not _agree(draft.lexicon, named, given, kind):
                        where = ("courses", position, *path)
                        yield _another(document, where, printed, named, given)
                named_above = headings.get(course.at.table or "", frozenset())
                if named_above and not _agree(draft.lexicon, named_above, [course.drug], "drug"):
                    where = ("courses", position, "drug")
                    heading = series.headings[course.at.table or ""]
                    yield _another(document, where, heading, sorted(named_above), [course.drug])


def _another(
    document: Document, path: Path, printed: str, named: Iterable[str], given: Iterable[str]
) -> Diagnostic:
    return document.problem(
        "S403",
        path,
        f"{' or '.join(given)} where {printed!r} is printed",
        expected=" or ".join(named),
    )


def _agree(lexicon: Lexicon, named: Iterable[str], given: Iterable[str], kind: Kind) -> bool:
    """Whether a given term is one of those named, or narrower; an unknown one is said elsewhere."""
    for each in given:
        concept = lexicon.concepts.get(each)
        if concept is None or concept.kind != kind:
            return True
        if not lexicon.ancestors[each].union({each}).isdisjoint(named):
            return True
    return False


def _printed(course: Course) -> Iterator[tuple[Path, str, Kind, tuple[str, ...]]]:
    """Printed words that stand for one term, and the terms that they are taken for."""
    cell = course.diagnosis
    if cell.concept:
        yield ("diagnosis", "concept"), cell.printed, "diagnosis", (cell.concept,)
    elif cell.could_be:
        yield ("diagnosis", "could_be"), cell.printed, "diagnosis", cell.could_be
    for name, therapies in (("concurrent", course.concurrent), ("previous", course.previous)):
        lines = [each for each in therapies.printed if each not in DASHES] if therapies else []
        drugs = therapies.drugs if therapies else ()
        if len(lines) == len(drugs):  # else it is said that their numbers differ
            for index, (line, drug) in enumerate(zip(lines, drugs, strict=True)):
                yield (name, "drugs", index), line, "drug", (drug,)
    events = course.adverse_events
    pieces = events.printed.split(",") if events else []
    if events and len(pieces) == len(events.events):
        for index, piece in enumerate(pieces):
            yield ("adverse_events", "events", index), piece.strip(), "event", events.events


def _drugs_in(lexicon: Lexicon, heading: str) -> Iterator[str]:
    """The drugs whose names stand in a heading as whole words."""
    words = fold(heading).split()
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1):
            yield from lexicon.named(" ".join(words[start:end]), "drug")


CHECKS = (TermsAsPrinted,)
