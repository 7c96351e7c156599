"""`seriatim verify`: every printed cell of a series, looked for in the text of its document."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from seriatim.cli.claims import series_of
from seriatim.cli.files import read_bytes
from seriatim.cli.output import say, say_json
from seriatim.cli.problems import FINE, PROBLEMS
from seriatim.knowledge.load import load_knowledge
from seriatim.knowledge.verify import verify

if TYPE_CHECKING:
    from seriatim.knowledge.verify import Verification

MAX_BYTES = 10_000_000
FOUND = ("in its row", "found")


def run_verify(series: str, document: str, *, knowledge: str | None, form: str) -> int:
    """0 if every cell is where it was transcribed from, 1 if not."""
    known = load_knowledge(knowledge)
    every = {**known.series, **known.not_cited}
    result = verify(every[series_of(series, every)], read_bytes(document, MAX_BYTES))
    if form == "json":
        say_json(_plain(result))
    else:
        say(_text(result))
    return FINE if result.ok else PROBLEMS


def _text(result: Verification) -> str:
    """What was found where, then everything that is not as transcribed."""
    whole = sum(row.place == "whole" for row in result.rows)
    there = sum(each.place in FOUND for each in result.cells)
    same = "the same document" if result.same_document else "ANOTHER DOCUMENT OR EXTRACTION"
    lines = [
        f"{result.series}: {same} (sha256 {result.sha256[:12]})",
        f"rows: {whole} of {len(result.rows)} whole and in order",
        f"cells, claims and levels: {there} of {len(result.cells)} found",
    ]
    places = Counter(each.place for each in result.cells)
    lines += [f"  {place}: {n}" for place, n in sorted(places.items())]
    lines += [f"- {each}" for each in result.problems]
    return "\n".join(lines) + "\n"


def _plain(result: Verification) -> dict[str, Any]:
    return {
        "series": result.series,
        "ok": result.ok,
        "same_document": result.same_document,
        "sha256": {"expected": result.expected_sha256, "found": result.sha256},
        "rows": [{"course": row.course, "place": row.place} for row in result.rows],
        "cells": [
            {
                "owner": each.owner,
                "cell": each.cell,
                "printed": each.printed,
                "place": each.place,
                "instead": each.instead,
            }
            for each in result.cells
        ],
        "problems": list(result.problems),
    }
