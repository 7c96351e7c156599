"""A CDS Hooks client in a page: discover, fill the prefetch, call, show the cards, give feedback.

    pip install httpx            # and pyjwt[crypto] for a service that wants signed calls
    seriatim serve &
    python cds_client.py http://127.0.0.1:8000
    python cds_client.py http://127.0.0.1:8000 --hook order-sign --drug canakinumab
    python cds_client.py http://127.0.0.1:8000 --fhir http://127.0.0.1:8103/fhir/R4 --patient 123
    python cds_client.py https://cds.example --issuer https://ehr.example --key ec.pem --kid 1

Without --fhir it sends a made-up patient: a woman of 30 with Behçet's disease that anakinra did not
help.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

OK = 200
MADE_UP = "example"


def main() -> int:
    """Run one hook call and, if there are cards, tell the service that the first was set aside."""
    given = arguments()
    client = httpx.Client(base_url=given.service, timeout=10, auth=signer(given))
    services = client.get("/cds-services").raise_for_status().json()["services"]
    service = next(each for each in services if each["hook"] == given.hook)
    call = {
        "hook": given.hook,
        "hookInstance": str(uuid4()),
        "context": context(given),
        "prefetch": prefetch(service["prefetch"], given),
    }
    answer = client.post(f"/cds-services/{service['id']}", json=call)
    if answer.status_code != OK:
        for issue in answer.json()["issue"]:
            print(f"{answer.status_code}: {issue['diagnostics']}", file=sys.stderr)
        return 1
    cards = answer.json()["cards"]
    show(cards)
    if cards:
        url = f"/cds-services/{service['id']}/feedback"
        client.post(url, json={"feedback": [set_aside(cards[0])]}).raise_for_status()
    return 0


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("service", help="where the service is")
    hooks = ("patient-view", "order-select", "order-sign")
    parser.add_argument("--hook", choices=hooks, default=hooks[0])
    parser.add_argument("--drug", default="canakinumab", help="what the draft order is for")
    parser.add_argument("--fhir", help="base URL of a FHIR server to fill the prefetch from")
    parser.add_argument("--patient", default=MADE_UP, help="a patient's id on that server")
    parser.add_argument("--issuer", help="sign calls as this issuer")
    parser.add_argument("--key", help="private key in PEM (P-384)")
    parser.add_argument("--kid", help="the key's id in the JWKS of the issuer")
    return parser.parse_args()


def context(given: argparse.Namespace) -> dict[str, Any]:
    """The context that the hook wants."""
    found: dict[str, Any] = {"userId": "Practitioner/example", "patientId": given.patient}
    if given.hook != "patient-view":
        order = medication("draft-1", given.patient, given.drug, status="draft")
        entry = [{"resource": order}]
        found["draftOrders"] = {"resourceType": "Bundle", "type": "collection", "entry": entry}
    if given.hook == "order-select":
        found["selections"] = ["MedicationRequest/draft-1"]
    return found


# --- prefetch -------------------------------------------------------------------------------------


def prefetch(templates: dict[str, str], given: argparse.Namespace) -> dict[str, Any]:
    """Each template of the discovery, filled; one that cannot be is left out."""
    if given.fhir is None:
        return made_up(given.patient)
    found = {}
    with httpx.Client(headers={"Accept": "application/fhir+json"}, timeout=10) as server:
        for key, template in templates.items():
            path = template.replace("{{context.patientId}}", given.patient)
            answer = server.get(f"{given.fhir.rstrip('/')}/{path}")
            if answer.status_code == OK:
                found[key] = answer.json()
    return found


def made_up(patient: str) -> dict[str, Any]:
    """A chart with a diagnosis and a drug that did not help."""
    behcet = {
        "resourceType": "Condition",
        "id": "condition-1",
        "subject": {"reference": f"Patient/{patient}"},
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": "Behçet's disease"},
    }
    tried = medication("request-1", patient, "anakinra", status="stopped")
    tried["statusReason"] = {"text": "lack of efficacy"}
    return {
        "patient": {
            "resourceType": "Patient",
            "id": patient,
            "gender": "female",
            "birthDate": "1996-05-01",
        },
        "conditions": {"resourceType": "Bundle", "entry": [{"resource": behcet}]},
        "medicationRequests": {"resourceType": "Bundle", "entry": [{"resource": tried}]},
    }


def medication(own: str, patient: str, drug: str, status: str) -> dict[str, Any]:
    """A MedicationRequest by name; a real record has a code beside it."""
    return {
        "resourceType": "MedicationRequest",
        "id": own,
        "status": status,
        "intent": "order",
        "subject": {"reference": f"Patient/{patient}"},
        "medicationCodeableConcept": {"text": drug},
    }


# --- what comes back ------------------------------------------------------------------------------


def show(cards: list[dict[str, Any]]) -> None:
    """The cards as text; `detail` is GitHub-flavoured Markdown."""
    if not cards:
        print("no card: the service has nothing to say of this patient")
    for card in cards:
        print(f"[{card['indicator']}] {card['summary']}\n\n{card['detail']}\n")
        print(f"{card['source']['label']}: {card['source']['url']}\n")


def set_aside(card: dict[str, Any]) -> dict[str, Any]:
    """Feedback that the card was overridden, with the first reason that it offers."""
    return {
        "card": card["uuid"],
        "outcome": "overridden",
        "overrideReason": {"reason": card["overrideReasons"][0]},
        "outcomeTimestamp": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def signer(given: argparse.Namespace) -> Any:
    """Signs each call with a token of its own, as CDS Hooks says: `aud` is the very URL called."""
    if given.issuer is None:
        return None
    import jwt  # noqa: PLC0415 - only for a service that wants signed calls

    key = Path(given.key).read_text()

    def sign(request: httpx.Request) -> httpx.Request:
        now = int(time.time())
        claims = {
            "iss": given.issuer,
            "aud": str(request.url),
            "iat": now,
            "exp": now + 60,
            "jti": str(uuid4()),
        }
        token = jwt.encode(claims, key, algorithm="ES384", headers={"kid": given.kid})
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return sign


if __name__ == "__main__":
    sys.exit(main())
