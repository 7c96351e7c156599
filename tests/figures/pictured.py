"""The patients whose figures are drawn."""

from __future__ import annotations

from scenario_files import answer_files, read

WORKED = {
    each["name"]: each["profile"]
    for path in answer_files()
    if path.stem == "worked"
    for each in read(path)["answers"]
    if "profile" in each
}
BOTH_DRUGS = "Behçet's disease, nothing considered"
LARGE = "three series, sixty patients more"
PROFILES = {
    **WORKED,
    BOTH_DRUGS: {"diagnoses": ["Behçet's disease"]},
    "anakinra only": {"diagnoses": ["Behçet's disease"], "considering": ["anakinra"]},
    LARGE: {"diagnoses": ["Schnitzler syndrome"]},
}
EMPTY = "psoriasis"


def link(course: str) -> str:
    """As a page would address a course."""
    return f"/cases/{course}"
