"""Reading FHIR against decoding the same bytes with json.loads, in one run.

`python benchmarks/fhir_reading.py [FILE ...]` also measures Bundles or NDJSON files of one patient.
"""

from __future__ import annotations

import gc
import json
import sys
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from seriatim import Engine
from seriatim.fhir import read

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = date(2026, 11, 23)
PATIENT = {"reference": "Patient/p1"}
LOINC, RXNORM, SNOMED = (
    "http://loinc.org",
    "http://www.nlm.nih.gov/research/umls/rxnorm",
    "http://snomed.info/sct",
)


def coding(system: str, code: str, display: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def resource(number: int) -> dict[str, Any]:
    """Of ten resources: five observations, two orders, two conditions and an encounter."""
    kind = number % 10
    made: dict[str, Any] = {"id": f"r{number}", "subject": PATIENT, "status": "final"}
    if kind < 5:
        made |= {"resourceType": "Observation", "effectiveDateTime": "2026-10-01T08:00:00Z"}
        made["code"] = coding(LOINC, f"{number % 90}-1", f"Observation of kind {number % 90}")
        made["valueQuantity"] = {"value": number / 7, "unit": "mg/dL", "code": "mg/dL"}
        return made
    if kind < 7:
        made |= {"resourceType": "MedicationRequest", "intent": "order", "status": "stopped"}
        text = f"drug {number % 60} 10 MG Oral Tablet" if kind == 5 else "ibuprofen 200 MG Tablet"
        made["medicationCodeableConcept"] = coding(RXNORM, f"9{number % 60}", text)
        return made
    if kind < 9:
        made |= {"resourceType": "Condition", "clinicalStatus": coding("x", "active", "Active")}
        made["code"] = coding(SNOMED, f"8{number % 70}", f"Disorder {number % 70} (disorder)")
        return made
    return made | {"resourceType": "Encounter"}


def bundle(size: int) -> bytes:
    made = [{"resourceType": "Patient", "id": "p1", "birthDate": "1980-02-03", "gender": "female"}]
    made += [resource(number) for number in range(size - 1)]
    entries = [{"fullUrl": f"https://x.example/{e['id']}", "resource": e} for e in made]
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries}).encode()


def milliseconds(of: Callable[[], object], times: int) -> float:
    taken = []
    for _each in range(times):
        start = perf_counter()
        of()
        taken.append(perf_counter() - start)
    return median(taken) * 1000


def measure(name: str, data: bytes, decoded: Any, engine: Engine) -> float:
    """Milliseconds for one reading; a line with the ratio to decoding is printed."""
    reading = read(decoded, engine.knowledge, today=TODAY)
    times = max(3, min(300, 60_000 // max(reading.resources, 1)))
    decode = milliseconds(lambda: json.loads(data), times) if data else 0.0
    taken = milliseconds(lambda: read(decoded, engine.knowledge, today=TODAY), times)
    look_up = milliseconds(lambda: engine.look_up(reading.profile), times)
    each = taken * 1000 / max(reading.resources, 1)
    ratio = f"{taken / decode:5.2f} of json.loads ({decode:.2f} ms)" if decode else ""
    print(
        f"{name:24} {reading.resources:7,} resources  {taken:8.2f} ms  {each:5.1f} us each  {ratio}"
        f"  look-up {look_up:.2f} ms"
    )
    return taken


def main() -> None:
    engine = Engine.default()
    gc.freeze()
    taken = {}
    for size in (200, 2_000, 10_000):
        data = bundle(size)
        taken[size] = measure(f"bundle of {size:,}", data, json.loads(data), engine)
    print(f"10,000 against 50 times 200: {taken[10_000] / (50 * taken[200]):.2f}")
    for name in sys.argv[1:]:
        data = Path(name).read_bytes()
        lines = name.endswith(".ndjson")
        decoded = [json.loads(each) for each in data.splitlines()] if lines else json.loads(data)
        measure(Path(name).name[:24], b"" if lines else data, decoded, engine)


if __name__ == "__main__":
    main()
