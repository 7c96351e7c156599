"""Fresh patients for the benchmarks: drawn at random over the words of the library."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from seriatim import PatientProfile

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKED = {
    "age": 30,
    "sex": "female",
    "diagnoses": ["Behçet's disease"],
    "therapies": [
        "colchicine",
        "methotrexate",
        "hydroxychloroquine",
        "mycophenolate mofetil",
        "etanercept",
        {"drug": "anakinra", "response": "partial"},
    ],
    "considering": ["canakinumab"],
}
"""The worked answer of the README."""

DIAGNOSES = ["AOSD", "M35.2", "DLE", "HIDS", "SS", "TRAPS", "M04.1", "psoriasis", "SLE", "FMF"]
DRUGS = [
    "colchicine", "methotrexate", "hydroxychloroquine", "azathioprine", "apremilast", "dapsone",
    "etanercept", "certolizumab", "prednisone", "thalidomide", "anakinra", "canakinumab",
]  # fmt: skip
EVENTS = ["transaminitis", "neutropenia", "hives", "acute pancreatitis"]
RESPONSES = ["none", "partial", "complete", "unknown"]


def patients(seed: int = 1) -> Iterator[PatientProfile]:
    """Endless profiles, the same for the same seed."""
    draw = random.Random(seed)
    while True:
        drugs = draw.sample(DRUGS, draw.randint(0, 7))
        yield PatientProfile(
            age=draw.randint(1, 90) + draw.random(),
            sex=draw.choice(["female", "male", "unknown"]),
            diagnoses=[draw.choice(DIAGNOSES)],
            therapies=[
                {
                    "drug": drug,
                    "response": draw.choice(RESPONSES),
                    "status": draw.choice(["past", "past", "current"]),
                }
                for drug in drugs
            ],
            adverse_events=draw.sample(EVENTS, draw.randint(0, 2)),
            considering=draw.choice([[], ["anakinra"], ["canakinumab"]]),
            observations={"neutrophils": draw.choice([0.9, 4.0])},
        )
