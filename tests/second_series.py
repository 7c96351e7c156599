"""A library with a second, invented series: nothing of it is like the first."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIRST = "nyu-2022-il1"
SECOND = "invented-2024"
SERIES = """\
id: invented-2024
status: active
transcribed_by: A test
created: "2026-11-22"
revised: "2026-11-22"
citation:
  title: An invented series
  authors: [A Author, B Author]
  journal: No Journal
  year: 2024
  issued: "2024"
  kind: abstract
document:
  sha256: "0000000000000000000000000000000000000000000000000000000000000000"
  read: abstract
  note: Invented.
study:
  design: invented
  setting: two places
  centres: 2
  control_group: false
  period: {first: 2020, last: 2023}
  identified: {n: 4, at: {section: methods}}
  excluded: {n: 0, at: {section: methods}}
  excluded_because: []
  at: {section: methods}
outcome:
  at: {section: methods}
  measure: invented
  levels:
    - {level: complete, printed: "all", at_least: 100}
    - {level: partial, printed: "some", above: 0, below: 100}
    - {level: none, printed: "nothing", at_most: 0}
appraisal:
  instrument: none
  summary: Invented.
  items:
    - {domain: selection, question: Is it real?, answer: "no", reason: It is invented.}
individuals:
  - {id: a}
  - {id: b}
  - {id: c}
  - {id: d}
courses:
  - id: T1R1
    at: {table: "1", row: 1}
    individual: a
    drug: rilonacept
    age: {printed: "8", years: 8}
    sex: {printed: "boy", sex: male}
    diagnosis: {printed: "Schnitzler syndrome", concept: schnitzler-syndrome}
    previous: {printed: ["adalimumab", "prednisone"], drugs: [adalimumab, prednisone]}
    concurrent: {printed: ["--"], drugs: []}
    months: {printed: "12", months: 12}
    response: {printed: "Nothing", level: none}
    adverse_events: {printed: "Urticaria", events: [urticaria]}
  - id: T1R2
    at: {table: "1", row: 2}
    individual: b
    drug: rilonacept
    diagnosis: {printed: "Schnitzler syndrome", concept: schnitzler-syndrome}
    response: {printed: "All", level: complete}
  - id: T1R3
    at: {table: "1", row: 3}
    individual: c
    drug: rilonacept
    diagnosis: {printed: "TRAPS", concept: traps}
    response: {printed: "Some", level: partial}
  - id: C1
    at: {section: results, quote: "one with Still disease had anakinra"}
    individual: d
    drug: anakinra
    diagnosis: {printed: "Still disease", concept: still-disease}
limits:
  - {id: invented, says: Nothing of this happened.}
"""
ABOUT_THE_FIRST = {
    *("no-response-seen-before-change", "nothing-after-both", "both-drugs-failed"),
    *("intolerance-before-change", "neutropenia-and-anakinra", "second-diagnosis"),
    *("same-kind-of-response-before", "no-response-before", "dose-range", "flare-doses"),
    *("more-than-the-usual-dose", "nothing-tried", "after-failure-other-diagnosis"),
    *("after-failure-same-diagnosis", "after-failure-open-diagnosis", "same-concurrent"),
    *("three-or-more-tried", "both-terms-are-open", "canakinumab-in-active-infection"),
    *("canakinumab-with-tnf-inhibitor", "canakinumab-and-hypersensitivity"),
    *("after-failure-no-diagnosis", "still-disease-by-label"),
    *("canakinumab-and-live-vaccine", "canakinumab-with-low-neutrophils"),
    *("canakinumab-in-renal-impairment", "serious-infection-with-canakinumab"),
}
"""Rules by courses or a drug that only the first series has: alone they can never fire."""


def both(target: Path) -> Path:
    """The shipped knowledge with the second series added: one file, nothing else changed."""
    shutil.copytree(ROOT / "cases", target / "cases")
    shutil.copytree(ROOT / "rules", target / "rules")
    (target / "cases" / f"{SECOND}.yaml").write_text(SERIES, "utf-8")
    return target


def alone(target: Path) -> Path:
    """The second series without the first; rules say where they are drawn from accordingly."""
    both(target)
    (target / "cases" / f"{FIRST}.yaml").unlink()
    for path in (target / "rules").glob("*/*.yaml"):
        if path.stem in ABOUT_THE_FIRST:
            path.unlink()
        else:
            path.write_text(path.read_text("utf-8").replace(FIRST, SECOND), "utf-8")
    return target
