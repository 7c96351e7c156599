"""Ten thousand resources take fifty times as long as two hundred, also where they are hostile."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest
from fhir_charts import bundle, coded, condition, patient, request, statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.fhir import Reading
    from seriatim.knowledge.lexicon import Lexicon

    Reads = Callable[..., Reading]

MANY = 10_000
HOSTILE = 2_000
SECONDS = 4.0
"""Some ten times what each takes: a machine may be busy, a quadratic step takes minutes."""


def orders(lexicon: Lexicon) -> list[dict[str, Any]]:
    drug = coded(lexicon, "anakinra")
    status = ("active", "stopped")
    return [request(drug, status[each % 2], number=each) for each in range(HOSTILE)]


def patients(lexicon: Lexicon) -> list[dict[str, Any]]:
    code = coded(lexicon, "behcet-disease")
    versions = [patient(meta={"versionId": str(each)}) for each in range(HOSTILE // 2)]
    subjects = [{"reference": f"Patient/x{each}"} for each in range(HOSTILE // 2)]
    return versions + [
        condition(code, number=number, subject=each) for number, each in enumerate(subjects)
    ]


def diagnoses(lexicon: Lexicon) -> list[dict[str, Any]]:
    code = coded(lexicon, "behcet-disease")
    verified = ("confirmed", "refuted", "provisional")
    return [condition(code, number=each, verified=verified[each % 3]) for each in range(HOSTILE)]


def texts(_lexicon: Lexicon) -> list[dict[str, Any]]:
    return [
        statement({"text": f"anakinra or {each} " * 12}, number=each) for each in range(HOSTILE)
    ]


def ingredients(_lexicon: Lexicon) -> list[dict[str, Any]]:
    """Medications that are made of each other, contained in one order and asked for by many."""
    inner = [
        {
            "resourceType": "Medication",
            "id": f"m{each}",
            "ingredient": [{"itemReference": {"reference": f"#m{other}"}} for other in range(200)],
        }
        for each in range(200)
    ]
    return [
        {
            "resourceType": "MedicationRequest",
            "id": f"o{number}",
            "status": "active",
            "contained": inner,
            "medicationReference": {"reference": "#m1"},
        }
        for number in range(5)
    ]


def medications(_lexicon: Lexicon) -> list[dict[str, Any]]:
    """As many servers with a Medication of the same id, and as many that ask for it."""
    half = range(HOSTILE // 2)
    held = [
        {
            "fullUrl": f"https://s{each}.example/Medication/m",
            "resource": {"resourceType": "Medication", "id": "m"},
        }
        for each in half
    ]
    asking = [
        {
            "resource": {
                "resourceType": "MedicationRequest",
                "id": f"o{each}",
                "status": "active",
                "medicationReference": {"reference": f"https://t{each}.example/Medication/m"},
            }
        }
        for each in half
    ]
    return [{"resourceType": "Bundle", "entry": held + asking}]


@pytest.mark.parametrize(
    "made", [orders, patients, diagnoses, texts, ingredients, medications], ids=lambda f: f.__name__
)
def test_hostile_sizes(
    made: Callable[[Lexicon], list[dict[str, Any]]], reads: Reads, lexicon: Lexicon
) -> None:
    data = made(lexicon)
    start = process_time()
    reads(data)
    assert process_time() - start < SECONDS


LONG = 270
WORDS = "ab cde fghij "
TIMES = 4
NUMBERS = count()


def padded(filling: str) -> list[dict[str, Any]]:
    """Names with as much behind them as is still read, of which no two are ever alike."""
    behind = (filling * LONG)[:LONG]
    texts = [f"Behçet's disease{behind}{next(NUMBERS)}" for _each in range(200)]
    return [condition({"text": each}, number=number) for number, each in enumerate(texts)]


@pytest.mark.parametrize(
    "filling", [" ", "\t", "\n", "\xa0", " \n", "(", "( ", "([", "-", ", ", "?", "? ", "?("]
)
def test_a_run_of_anything_costs_no_more_than_words(filling: str, reads: Reads) -> None:
    def best(of: str) -> float:
        taken = []
        for _turn in range(3):
            data = padded(of)
            start = process_time()
            reads(data)
            taken.append(process_time() - start)
        return min(taken)

    assert best(filling) < TIMES * best(WORDS)


@pytest.mark.parametrize("filling", [" ", "\t\n ", "\xa0"])
def test_blanks_are_of_no_weight(filling: str, reads: Reads) -> None:
    text = f"Behçet's{filling * 60}disease{filling}({filling}disorder{filling})"
    reading = reads([condition({"text": text})])
    assert [each.term for each in reading.profile.diagnoses] == ["behcet-disease"]


def test_it_is_linear(reads: Reads) -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
    try:
        from fhir_reading import resource as mixed  # noqa: PLC0415 - not on the path before
    finally:
        sys.path.pop(0)
    few = bundle(patient(), *(mixed(each) for each in range(MANY // 50)))
    many = bundle(patient(), *(mixed(each) for each in range(MANY)))

    def best(data: dict[str, Any]) -> float:
        taken = []
        for _each in range(3):
            start = process_time()
            reads(data)
            taken.append(process_time() - start)
        return min(taken)

    assert reads(many).resources == MANY + 1
    assert best(many) < 50 * best(few) * 4
