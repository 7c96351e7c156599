"""A patient made of canaries goes through every hook and path: no log and no store keeps one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from canaries import BIRTH, CANARIES, FAMILY, GIVEN, NUMBER, SECRET, patient

from seriatim.service.app import create_app
from seriatim.service.settings import Settings
from seriatim.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from canaries import Lines
    from conftest import Caller

    from seriatim.pipeline import Engine

NAME = f"{GIVEN} {FAMILY}"
HEADERS = {"User-Agent": NAME, "Referer": f"https://ehr.example/{NUMBER}", f"X-{FAMILY}": BIRTH}
INSTANCE = "6f1c3a52-8a0e-4c58-9a5b-0d3f5a0c9e11"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def client(engine: Engine, folder: Path, caller: Callable[..., Caller]) -> Iterator[Caller]:
    """A service with a real store; at its end, nothing in the store's files is a canary."""
    store = Store.open(f"sqlite:///{folder}/store.sqlite", migrate=True)
    yield caller(create_app(Settings(), engine=engine, store=store))
    store.flush()
    assert store.shown_written > 0
    store.close()
    for each in folder.iterdir():
        data = each.read_bytes().lower()
        assert not any(canary.lower().encode() in data for canary in CANARIES), each.name


@pytest.fixture(scope="module")
def course(engine: Engine) -> Any:
    """A published course whose diagnosis and drug have a concept."""
    found = [each for each in engine.cases.values() if each.diagnosis.concept]
    return found[0]


def resources(engine: Engine, course: Any) -> dict[str, Any]:
    """Resources of a patient with that diagnosis and drug; every free text is a canary."""
    names = engine.knowledge.lexicon.concepts
    told = {
        "subject": {"reference": f"Patient/{NUMBER}", "display": NAME},
        "note": [{"text": NAME}],
    }
    condition = {
        "resourceType": "Condition",
        "id": NUMBER,
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": names[course.diagnosis.concept].name},
        "recorder": {"display": NAME},
        **told,
    }
    request = {
        "resourceType": "MedicationRequest",
        "id": NUMBER,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": names[course.drug].name},
        "statusReason": {"text": NAME},
        **told,
    }
    other = {**condition, "id": SECRET, "code": {"text": NAME, "coding": [{"code": NUMBER}]}}
    return {"patient": patient(), "condition": condition, "request": request, "other": other}


def bundle(*entries: Any) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": [{"relation": "next", "url": f"https://ehr.example/{NUMBER}"}],
        "entry": [{"fullUrl": f"urn:{NAME}", "resource": each} for each in entries],
    }


def test_every_hook(client: Caller, engine: Engine, course: Any, log_lines: Lines) -> None:
    given = resources(engine, course)
    conditions = bundle(given["condition"], given["other"], {"resourceType": NAME})
    shown = 0
    for service in client.get("/cds-services", headers=HEADERS).json()["services"]:
        call = {
            "hook": service["hook"],
            "hookInstance": INSTANCE,
            "fhirServer": f"https://{GIVEN}.example/fhir",
            "fhirAuthorization": {
                "access_token": SECRET,
                "token_type": "Bearer",
                "expires_in": 300,
                "scope": "patient/*.read",
                "subject": NAME,
            },
            "context": {
                "userId": f"Practitioner/{NUMBER}",
                "patientId": NUMBER,
                "selections": [f"MedicationRequest/{NUMBER}"],
                "draftOrders": bundle(given["request"]),
            },
            "prefetch": {
                key: given["patient"] if key == "patient" else conditions
                for key in service["prefetch"]
            },
        }
        url = f"/cds-services/{service['id']}"
        answer = client.post(url, json=call, headers=HEADERS)
        assert answer.status_code == 200
        cards = answer.json()["cards"]
        shown += len(cards)
        for card in cards[:1]:
            said = client.post(f"{url}/feedback", json=feedback(card), headers=HEADERS)
            assert said.status_code == 200
        for broken in ({**call, "hook": NAME}, {**call, "prefetch": NAME}, {NAME: call}, [call]):
            assert client.post(url, json=broken, headers=HEADERS).status_code < 500
        client.post(f"/cds-services/{NAME}", json=call, headers=HEADERS)
        client.post(f"{url}/feedback", json={"feedback": [{NAME: NUMBER}]}, headers=HEADERS)
    assert shown
    assert log_lines.found() == []


def feedback(card: dict[str, Any]) -> dict[str, Any]:
    reason = {"code": NUMBER, "system": f"https://{GIVEN}.example", "display": NAME}
    said = {
        "card": card["uuid"],
        "outcome": "overridden",
        "overrideReason": {"reason": reason, "userComment": f"{NAME}, born {BIRTH}"},
        "outcomeTimestamp": "2026-01-02T03:04:05Z",
    }
    return {"feedback": [said]}


def test_every_path_of_rest(client: Caller, engine: Engine, course: Any, log_lines: Lines) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert len(paths) > 10
    for path, methods in paths.items():
        for method in methods:
            url = "/".join(NAME if part.startswith("{") else part for part in path.split("/"))
            more = {"params": {"q": NAME, "drug": NAME, NAME: NUMBER}, "headers": HEADERS}
            sent = {} if method == "get" else {"json": patient()}
            assert client.request(method.upper(), url, **more, **sent).status_code < 500
            assert client.request(method.upper(), url, headers=HEADERS, **sent).status_code < 500
    given = resources(engine, course)
    whole = bundle(given["patient"], given["condition"], given["request"], given["other"])
    profile = {"diagnoses": [course.diagnosis.concept], "considering": [course.drug]}
    for body, fine in (
        (whole, True),
        (profile, True),
        ({**profile, "name": NAME}, False),
        ({**profile, "sex": NAME}, False),
        (f"{NAME} {profile}", False),
    ):
        for kind in ("application/json", "text/html", "text/markdown"):
            sent = "application/fhir+json" if body is whole else "application/json"
            headers = {**HEADERS, "Accept": kind, "Content-Type": sent}
            answer = client.post("/api/v1/lookup", json=body, headers=headers)
            assert (answer.status_code == 200) is fine
            assert answer.status_code < 500
            assert answer.headers["cache-control"] == "no-store"
    assert log_lines.found() == []


def test_pages(client: Caller, log_lines: Lines) -> None:
    for path in ("/", "/sheet", "/letter", f"/series/{NAME}", f"/cases/{NAME}/{NUMBER}", "/rules"):
        query = {"diagnosis": NAME, "therapy": NAME, "age": BIRTH, NAME: NUMBER}
        assert client.get(path, params=query, headers=HEADERS).status_code < 500
    assert log_lines.found() == []


def test_a_canary_would_be_found(tmp_path: Path, log_lines: Lines) -> None:
    """The check itself can fail."""
    from canaries import Lines as Some  # noqa: PLC0415

    lines = Some(json.dumps({"event": f"of {NAME.upper()}"}))
    assert len(lines.found()) == 1
    assert log_lines.lines()
    (tmp_path / "x").write_text(SECRET, "utf-8")
    assert any(each.encode() in (tmp_path / "x").read_bytes() for each in CANARIES)
