"""Patient ids that a URL would read as a way up are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Caller


@pytest.mark.parametrize("patient", [".", ".."])
def test_a_dot_segment_is_no_patient(client: Caller, patient: str) -> None:
    """`Patient/.` is read as `Patient/`, a search for every patient of the server."""
    answer = client.post(
        "/cds-services/seriatim-patient-view",
        json={
            "hook": "patient-view",
            "hookInstance": "6f1c3a52-8a0e-4c58-9a5b-0d3f5a0c9e11",
            "context": {"userId": "Practitioner/u", "patientId": patient},
            "prefetch": {"conditions": {"resourceType": "Bundle"}},
        },
    )
    assert answer.status_code == 400
