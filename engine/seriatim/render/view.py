"""A report being written as text: where to, in which marks, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seriatim.render.canvas import Span
from seriatim.render.glyphs import STYLES, UNICODE, Glyphs
from seriatim.render.words import response, short, short_ids

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.model.base import Response
    from seriatim.model.evidence import Case, EvidenceReport, Finding
    from seriatim.render.canvas import Canvas


@dataclass(slots=True)
class View:
    """What the parts of the text share."""

    report: EvidenceReport
    canvas: Canvas
    glyphs: Glyphs = UNICODE
    why: bool = False
    everything: bool = False
    ids: dict[str, str] = field(init=False)
    cases: dict[str, Case] = field(init=False)
    said: set[str] = field(default_factory=set)
    """Reasons that have been given once and need not be given again."""

    def __post_init__(self) -> None:
        self.ids = short_ids(self.report.cases)
        self.cases = {each.course: each for each in self.report.cases}

    def courses(self, courses: Iterable[str]) -> str:
        """`T2R4, T2R5`."""
        return ", ".join(short(each, self.ids) for each in courses)

    def mark(self, level: Response | None) -> Span:
        """The mark of a response, in its colour."""
        return Span(self.glyphs.of(level), STYLES.get(level or ""))

    def response(self, level: Response | None) -> Span:
        """The response in a word, in its colour."""
        return Span(response(level), STYLES.get(level or ""))

    def of(self, finding: Finding) -> list[Case]:
        """The cited courses of a finding, in the order of the report."""
        return [self.cases[each] for each in finding.courses]
