"""Names and numbers of a patient who is not: wherever they are put, no log line may hold them."""

from __future__ import annotations

import io
from typing import Any

GIVEN, FAMILY = "Zebediahcanary", "Quackenbushcanary"
NUMBER = "MRN7714205"
BIRTH = "1931-02-17"
SECRET = "canary-secret-5f2a"  # noqa: S105 - not a secret of anything
CANARIES = (GIVEN, FAMILY, NUMBER, BIRTH, SECRET)


def patient() -> dict[str, Any]:
    """A FHIR Patient made of canaries."""
    return {
        "resourceType": "Patient",
        "id": NUMBER,
        "identifier": [{"system": "urn:mrn", "value": NUMBER}],
        "name": [{"given": [GIVEN], "family": FAMILY, "text": f"{GIVEN} {FAMILY}"}],
        "birthDate": BIRTH,
        "gender": "male",
    }


class Lines(io.StringIO):
    """Every line that was logged."""

    def found(self) -> list[str]:
        """The lines that hold a canary, in any capitals."""
        return [each for each in self.lines() if any(c.lower() in each.lower() for c in CANARIES)]

    def lines(self) -> list[str]:
        return self.getvalue().splitlines()
