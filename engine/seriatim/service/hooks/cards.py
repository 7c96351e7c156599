"""From an answer to a card of CDS Hooks: nothing absent is sent as null or empty."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from seriatim.render.markup import bullets
from seriatim.service.hooks.detail import detail
from seriatim.service.hooks.relevance import MOST_CARDS
from seriatim.service.hooks.summary import summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.model.evidence import EvidenceReport
    from seriatim.service.hooks.catalogue import Catalogue
    from seriatim.service.hooks.codes import Codes
    from seriatim.service.hooks.relevance import Answer

Card = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cards:
    """Makes the cards of one service; `base` is its address as clients see it, for links."""

    catalogue: Catalogue
    codes: Codes
    base: str

    def of(
        self,
        report: EvidenceReport,
        answers: Sequence[Answer],
        record: Sequence[str],
        *,
        blind: bool = False,
    ) -> list[Card]:
        """At most MOST_CARDS; the last says how many drugs are left.

        `blind` if the diagnoses of the patient were not to be had.
        """
        shown = answers[:MOST_CARDS]
        names = [each.name for each in answers[MOST_CARDS:]]
        said = bullets(record)
        more = bullets([f"Further drugs, see the link: {', '.join(names)}."] if names else [])
        cards = [
            self._card(report, each, [*said, *(more if each is shown[-1] else ())], blind=blind)
            for each in shown
        ]
        return [{"uuid": own, **each} for own, each in zip(_uuids(len(cards)), cards, strict=True)]

    def _card(
        self, report: EvidenceReport, answer: Answer, record: Sequence[str], *, blind: bool
    ) -> Card:
        series = self._series(report, answer)
        return {
            "summary": summary(report, answer, self.catalogue, blind=blind),
            "indicator": "warning" if answer.warns else "info",
            "detail": detail(report, answer, self.catalogue, record),
            "source": self._source(report, answer, series),
            "overrideReasons": list(self.codes.reasons),
            "links": self._links(series),
        }

    def _source(self, report: EvidenceReport, answer: Answer, series: list[str]) -> dict[str, Any]:
        by_id = {each.id: each for each in report.knowledge.series}
        label = by_id[series[0]].citation if series else "Seriatim, published cases"
        if len(series) > 1:
            label = f"{label} and {len(series) - 1} more"
        page = f"{self.base}/series/{series[0]}" if series else f"{self.base}/"
        return {"label": label, "url": page, "topic": self.codes.topics[answer.topic]}

    def _links(self, series: list[str]) -> list[dict[str, str]]:
        found = [("Look up published cases", f"{self.base}/")]
        found += [
            (f"The series {each}, row by row", f"{self.base}/series/{each}") for each in series
        ]
        return [{"label": label, "url": url, "type": "absolute"} for label, url in found]

    def _series(self, report: EvidenceReport, answer: Answer) -> list[str]:
        cited = {course.partition("/")[0] for each in answer.findings for course in each.courses}
        return [each.id for each in report.knowledge.series if each.id in cited]


def _uuids(count: int) -> list[str]:
    """Random ones, drawn at once: each draw asks the system, and lets other threads go first."""
    drawn = os.urandom(16 * count)
    return [str(UUID(bytes=drawn[at : at + 16], version=4)) for at in range(0, len(drawn), 16)]
