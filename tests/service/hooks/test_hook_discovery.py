from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seriatim import fhir
from seriatim.service.hooks.services import QUERIES, SERVICES
from service.hooks.invariants import assert_valid_discovery

if TYPE_CHECKING:
    from seriatim.pipeline import Engine
    from seriatim.service.hooks.services import Query


def test_the_discovery_keeps_the_rules(client: Any) -> None:
    answer = client.get("/cds-services")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert_valid_discovery(answer.json())


def test_a_slash_at_the_end_is_no_redirect(client: Any) -> None:
    assert client.get("/cds-services/").json() == client.get("/cds-services").json()


def test_each_address_takes_one_method(client: Any, app: Any) -> None:
    for method, path, allowed in (
        ("POST", "/cds-services/", "GET, HEAD"),
        ("GET", "/cds-services/seriatim-patient-view", "POST"),
        ("PUT", "/cds-services/seriatim-patient-view/feedback", "POST"),
    ):
        answer = client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    counted = app.state.context.metrics.text().decode()
    assert 'method="PUT",route="/cds-services/{service_id}/feedback",status="405"' in counted


@pytest.mark.parametrize("path", ["/cds-services", "/cds-services/", "/metrics"])
def test_head_is_answered_as_get_is(client: Any, path: str) -> None:
    """The server leaves the body out."""
    got, head = client.get(path), client.request("HEAD", path)
    assert (got.status_code, head.status_code) == (200, 200)
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize("query", QUERIES, ids=lambda each: each.key)
def test_no_address_is_made_for_nobody(query: Query) -> None:
    assert query.path("p-1").count("p-1") == 1
    with pytest.raises(ValueError, match="no patient is named"):
        query.path("")


def test_one_service_for_each_hook_each_with_its_own_id(client: Any) -> None:
    found = {each["hook"]: each["id"] for each in client.get("/cds-services").json()["services"]}
    assert found == {
        "patient-view": "seriatim-patient-view",
        "order-select": "seriatim-order-select",
        "order-sign": "seriatim-order-sign",
    }


def test_what_is_asked_for_is_what_is_read(engine: Engine) -> None:
    """A query for a kind of resource that the reader passes over would cost every call."""
    from seriatim.fhir.kinds import HANDLERS  # noqa: PLC0415

    assert {each.resource for each in QUERIES} <= {*HANDLERS, "Patient"}
    assert {*HANDLERS} - {each.resource for each in QUERIES} <= {"Patient", "Medication"}
    assert fhir.read
    assert engine


def test_the_text_says_what_is_needed_and_what_it_is_not(client: Any) -> None:
    for each in client.get("/cds-services").json()["services"]:
        assert "never prescribes" in each["description"]
        assert "not for time-critical" in each["usageRequirements"]
        assert len(each["prefetch"]) == len(QUERIES)
    assert len(SERVICES) == 3
