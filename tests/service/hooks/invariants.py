"""What CDS Hooks 2.0.1 demands of what a service sends, and of what a client sends to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

INDICATORS = {"info", "warning", "critical"}
SERVICE_KEYS = {"hook", "id", "title", "description", "prefetch", "usageRequirements"}
CARD_KEYS = {
    "uuid",
    "summary",
    "detail",
    "indicator",
    "source",
    "suggestions",
    "selectionBehavior",
    "overrideReasons",
    "links",
    "extension",
}
CONTEXT = {
    "patient-view": {"userId": str, "patientId": str},
    "order-select": {"userId": str, "patientId": str, "selections": list, "draftOrders": dict},
    "order-sign": {"userId": str, "patientId": str, "draftOrders": dict},
}
TOKEN = re.compile(r"\{\{(context\.[a-zA-Z]+|userPractitionerId|userPractitionerRoleId)\}\}")
PARAMETER = re.compile(r"(patient|subject|category|code|date|_count|_sort)(:in)?=[^&\s]+\Z")


def walk(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a JSON document with its place."""
    yield at, value
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, each in items:
        yield from walk(each, f"{at}/{key}")


def assert_nothing_is_empty(document: Any, allowed: tuple[str, ...] = ()) -> None:
    """No null, empty text, empty list or empty object but where it is allowed."""
    for at, value in walk(document):
        assert value not in (None, "", [], {}) or at in allowed, f"{at} is {value!r}"


def assert_url(url: Any) -> None:
    parts = urlsplit(url)
    assert parts.scheme in ("http", "https"), url
    assert parts.netloc, url


def assert_coding(coding: Any) -> None:
    assert set(coding) == {"code", "system", "display"}
    assert all(isinstance(each, str) for each in coding.values())
    assert re.match(r"[a-z][a-z0-9+.-]*:\S+\Z", coding["system"])


def assert_valid_discovery(document: Any) -> None:
    assert_nothing_is_empty(document, ("/services",))
    assert set(document) == {"services"}
    for service in document["services"]:
        assert set(service) <= SERVICE_KEYS
        assert {"hook", "id", "description"} <= set(service)
        assert re.match(r"[a-z]+(-[a-z]+)+\Z", service["hook"])
        assert re.match(r"[A-Za-z0-9\-.]+\Z", service["id"])
        for key, template in service.get("prefetch", {}).items():
            assert re.match(r"[A-Za-z][A-Za-z0-9-]*\Z", key)
            assert_recommended(template)
    ids = [each["id"] for each in document["services"]]
    assert len(ids) == len(set(ids)), "clients know services by their id alone"


def assert_recommended(template: str) -> None:
    """A read, or a type search within the recommended subset."""
    plain = TOKEN.sub("x", template)
    assert "{" not in plain
    assert "}" not in plain
    kind, mark, query = plain.partition("?")
    if not mark:
        assert re.match(r"[A-Z][A-Za-z]+/x\Z", kind), template
        return
    assert re.match(r"[A-Z][A-Za-z]+\Z", kind), template
    for parameter in query.split("&"):
        assert PARAMETER.match(parameter), template


def assert_valid_response(document: Any) -> list[dict[str, Any]]:
    """The cards of a valid response."""
    assert_nothing_is_empty(document, ("/cards",))
    assert set(document) == {"cards"}, "no systemActions: it cites, it never prescribes"
    assert isinstance(document["cards"], list)
    for card in document["cards"]:
        assert_valid_card(card)
    uuids = [each["uuid"] for each in document["cards"]]
    assert len(set(uuids)) == len(uuids)
    return list(document["cards"])


def assert_valid_card(card: dict[str, Any]) -> None:
    assert set(card) <= CARD_KEYS
    assert {"summary", "indicator", "source"} <= set(card)
    assert isinstance(card["summary"], str)
    assert len(card["summary"].encode("utf-16-le")) < 2 * 140
    assert not re.search(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]", card["summary"])
    assert card["indicator"] in INDICATORS
    assert str(UUID(card["uuid"])) == card["uuid"]
    assert set(card["source"]) <= {"label", "url", "icon", "topic"}
    assert card["source"]["label"]
    assert_url(card["source"]["url"])
    assert_coding(card["source"]["topic"])
    for reason in card["overrideReasons"]:
        assert_coding(reason)
    for link in card["links"]:
        assert set(link) == {"label", "url", "type"}, "appContext only with smart"
        assert link["type"] == "absolute"
        assert_url(link["url"])
    assert "suggestions" not in card
    assert "selectionBehavior" not in card
    assert_harmless_markdown(card["detail"])
    assert_counts_have_intervals(card["detail"])


def assert_harmless_markdown(text: str) -> None:
    """No link, picture, HTML or code can have come from anywhere."""
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        for each in (token, *(token.children or ())):
            assert each.type not in ("link_open", "image", "code_inline", "fence", "code_block")
            if each.type in ("html_inline", "html_block"):
                assert each.content.strip() == "<!-- -->"


def assert_counts_have_intervals(text: str) -> None:
    """No bare percentage; a share that is called complete has its interval."""
    for found in re.finditer(r"complete (\d+ of \d+)(.{0,4})", text):
        assert found[2].startswith((" (95", " (co")), found[0]


def assert_valid_outcome(document: Any) -> list[str]:
    """The diagnostics of an OperationOutcome."""
    assert_nothing_is_empty(document)
    assert document["resourceType"] == "OperationOutcome"
    for issue in document["issue"]:
        assert issue["severity"] in ("fatal", "error", "warning", "information")
        assert re.match(r"[a-z-]+\Z", issue["code"])
    return [each["diagnostics"] for each in document["issue"]]


def assert_valid_request(document: Any) -> None:
    """What the tests send is what a client that keeps the rules would send."""
    assert str(UUID(document["hookInstance"])) == document["hookInstance"].lower()
    for key, kind in CONTEXT[document["hook"]].items():
        assert isinstance(document["context"][key], kind)
        assert document["context"][key] not in ("", {}, [])
    if "fhirAuthorization" in document:
        assert_url(document["fhirServer"])
        granted = document["fhirAuthorization"]
        assert {"access_token", "token_type", "expires_in", "scope", "subject"} <= set(granted)
        assert granted["token_type"] == "Bearer"  # noqa: S105 - the kind
