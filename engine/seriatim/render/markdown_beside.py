"""What stands beside the answer, as Markdown: a section each, empty ones left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.render.beside import (
    caution,
    cautions,
    copies_read,
    discrepancies,
    discrepancy,
    limits,
    near_miss,
    nearest,
)
from seriatim.render.markup import bullets, table
from seriatim.render.text_labels import dose_sentences
from seriatim.render.words import understood

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.model.evidence import EvidenceReport

Block = list[str]


def beside(report: EvidenceReport, ids: dict[str, str], *, everything: bool) -> list[Block]:
    """Cautions, contradictions, what is not known, the profile as understood, limits."""
    shown, more = discrepancies(report, everything=everything)
    said = [discrepancy(each, ids) for each in shown]
    if more:
        said.append(f"{more} more: --all, or seriatim claims")
    few, left = limits(report, everything=everything)
    texts = [each.text for each in few]
    if left:
        texts.append(f"{left} more: --all")
    warned = [caution(each, ids) for each in cautions(report)]
    warned += filter(None, [copies_read(report)])
    return [
        *section("Doses on labels", dose_sentences(report, report.stronger_evidence)),
        *section("Cautions", warned),
        *section(
            "The publication and its own rows disagree, or cannot be held against each other", said
        ),
        *section("Not known, and would change this", (each.fact for each in report.missing)),
        *section("Nearest", nearest(report)),
        *section("Understood as", understood(report.profile)),
        *section("Limits", texts),
    ]


def section(title: str, items: Iterable[str]) -> list[Block]:
    """A heading and a list, or nothing."""
    lines = bullets(items)
    return [[f"## {title}"], lines] if lines else []


def why_section(report: EvidenceReport) -> list[Block]:
    """The rules that fired, what they concluded, and the nearest that did not."""
    fired = ((each.rule, "; ".join(each.matched), each.source) for each in report.fired)
    concluded = ((each.statement, "; ".join(each.from_), each.rule) for each in report.conclusions)
    return [
        ["## Rules that fired"],
        table(("Rule", "Because", "At"), fired),
        ["## What they concluded"],
        table(("Conclusion", "From", "Rule"), concluded),
        *section("Nearest rules that did not fire", map(near_miss, report.near_misses)),
    ]


def sources(report: EvidenceReport) -> Block:
    """How to cite what was cited, and the report."""
    cited = {each.at.series for each in report.cases}
    found = [
        f"Source: {each.citation} (read: {each.read})."
        for each in report.knowledge.series
        if each.id in cited
    ]
    return bullets([*found, f"Report {report.report_id}, engine {report.engine}."])
