"""One call, however big within the limits, does not hold up everyone else's."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from seriatim.service.app import create_app
from seriatim.service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import KeptInMemory, Server

    from seriatim.pipeline import Engine

CALL = "/cds-services/seriatim-order-sign"
PATIENCE = 2.0
"""Seconds: the specification suggests half of one for a whole answer; the machine may be busy."""


def drafts(count: int) -> bytes:
    order = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p"},
    }
    named: list[Any] = [
        {"resource": {**order, "medicationCodeableConcept": {"text": f"product number {each}"}}}
        for each in range(count)
    ]
    context = {"userId": "Practitioner/u", "patientId": "p", "draftOrders": {"entry": named}}
    instance = "6f1c3a52-8a0e-4c58-9a5b-0d3f5a0c9e11"
    return json.dumps({"hook": "order-sign", "hookInstance": instance, "context": context}).encode()


def staircase(count: int) -> bytes:
    """Many lists within lists, each no deeper than is allowed."""
    return b"[" + b",".join([b"[" * 60 + b"]" * 60] * count) + b"]"


def conditions(count: int) -> bytes:
    """An order that gets a card, on a chart with many conditions."""
    named = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "medicationCodeableConcept": {"text": "canakinumab"},
    }
    call = json.loads(drafts(0))
    call["context"]["draftOrders"]["entry"] = [{"resource": named}]
    listed = [
        {"resource": {"resourceType": "Condition", "code": {"text": f"thing {each}"}}}
        for each in range(count)
    ]
    call["prefetch"] = {"conditions": {"resourceType": "Bundle", "entry": listed}}
    return json.dumps(call).encode()


def names(count: int) -> bytes:
    return b"{" + b",".join(b'"%x":0' % each for each in range(count)) + b"}"


BODIES = {
    "drafts": drafts(40_000),
    "lists": staircase(100_000),
    "fewer lists": staircase(8_000) + b" " * 12_000_000,
    "conditions": conditions(100_000),
    "names": names(1_600_000),
    "fewer names": names(990_000) + b" " * 4_000_000,
}


@pytest.mark.campaign
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_others_are_answered_meanwhile(
    engine: Engine, store: KeptInMemory, serve: Callable[[Any], Server], body: bytes
) -> None:
    server = serve(create_app(Settings(), engine=engine, store=store))
    headers = {"Content-Type": "application/json"}
    big = threading.Thread(
        target=lambda: httpx.post(server.url + CALL, content=body, headers=headers, timeout=90)
    )
    slowest = 0.0
    with httpx.Client(base_url=server.url, timeout=90) as client:
        client.get("/health/live")
        big.start()
        while big.is_alive():
            start = time.monotonic()
            client.get("/health/live")
            slowest = max(slowest, time.monotonic() - start)
            time.sleep(0.01)
    assert slowest < PATIENCE
