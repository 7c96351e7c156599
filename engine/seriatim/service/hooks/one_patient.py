"""A call is about one patient: no card is better than one about someone else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from seriatim.service.problems import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_REFERENCE = re.compile(r"(?:\A|/)Patient/([A-Za-z0-9\-.]{1,64})(?:/_history/.*)?\Z")


def another_patient(resource: Mapping[str, Any], patient: str) -> bool:
    """Whether a resource says that it is of, or is, another patient."""
    if resource.get("resourceType") == "Patient":
        return isinstance(resource.get("id"), str) and resource["id"] != patient
    for key in ("subject", "patient"):
        named_ = resource.get(key)
        reference = named_.get("reference") if isinstance(named_, dict) else None
        if isinstance(reference, str) and (found := _REFERENCE.search(reference)):
            return found[1] != patient
    return False


def two_patients(
    patient: str, orders: Iterable[Mapping[str, Any]], sent: Mapping[str, Any] | None
) -> list[Fault]:
    """Where a call speaks of someone else: its draft orders, and the prefetched Patient."""
    faults = [
        Fault("/context/draftOrders", "an order is of another patient")
        for order in orders
        if another_patient(order, patient)
    ]
    if sent and another_patient(sent, patient):
        faults.append(Fault("/prefetch/patient", "is not the patient of context.patientId"))
    return faults
