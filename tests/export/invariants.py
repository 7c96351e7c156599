"""Invariants of FHIR R4 that the validating library does not check, by their names."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

XHTML = "{http://www.w3.org/1999/xhtml}"
REQUIRED = {  # codes of required value sets that are used here
    ("MedicationStatement", "status"): {
        *("active", "completed", "entered-in-error", "intended", "stopped", "on-hold"),
        *("unknown", "not-taken"),
    },
    ("Observation", "status"): {
        *("registered", "preliminary", "final", "amended", "corrected", "cancelled"),
        *("entered-in-error", "unknown"),
    },
    ("List", "status"): {"current", "retired", "entered-in-error"},
    ("List", "mode"): {"working", "snapshot", "changes"},
    ("AdverseEvent", "actuality"): {"actual", "potential"},
    ("DocumentReference", "status"): {"current", "superseded", "entered-in-error"},
    ("Patient", "gender"): {"male", "female", "other", "unknown"},
    ("Bundle", "type"): {"collection"},
}
PERIODS = {"s", "min", "h", "d", "wk", "mo", "a"}


def broken(bundle: dict[str, Any]) -> list[str]:
    """Every invariant that does not hold, with the resource."""
    return [*_bundle(bundle), *(f"{name} in {where}" for name, where in _resources(bundle))]


def _bundle(bundle: dict[str, Any]) -> Iterator[str]:
    entries = bundle.get("entry", [])
    urls = [each["fullUrl"] for each in entries]
    if len(urls) != len(set(urls)):
        yield "bdl-7: fullUrl twice"
    if "total" in bundle or any({"search", "request", "response"} & set(e) for e in entries):
        yield "bdl-1..4"
    for each in entries:
        if "resource" not in each:
            yield "bdl-5"
        if not re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", each["fullUrl"]):
            yield f"fullUrl {each['fullUrl']}"
    for path, key, value in walk(bundle):
        if key == "reference" and value not in urls:
            yield f"reference to nothing at {path}"


def _resources(bundle: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for each in [bundle, *(entry["resource"] for entry in bundle.get("entry", []))]:
        kind = each["resourceType"]
        where = f"{kind}/{each.get('id')}"
        for (of, name), allowed in REQUIRED.items():
            if of == kind and name in each and each[name] not in allowed:
                yield f"code {each[name]}", where
        if kind != "Bundle":
            for name in _resource(kind, each):
                yield name, where


def _resource(kind: str, each: dict[str, Any]) -> Iterator[str]:
    if not re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", each["id"]):
        yield "id-1"
    yield from _narrative(each)
    yield from {"Observation": _observation, "List": _list, "Condition": _condition}.get(
        kind, lambda _each: iter(())
    )(each)
    for path, key, value in walk(each):
        if value in (None, "", [], {}):
            yield f"ele-1 at {path}"
        if isinstance(value, str) and value != value.strip():
            yield f"blank at {path}"
        if isinstance(value, dict):
            yield from _element(key, value)


def _narrative(each: dict[str, Any]) -> Iterator[str]:
    if "text" not in each:
        yield "dom-6"
        return
    div = ET.fromstring(each["text"]["div"])  # noqa: S314 - what this project wrote
    if div.tag != f"{XHTML}div" or {part.tag for part in div.iter()} - {
        f"{XHTML}div",
        f"{XHTML}p",
    }:
        yield "txt-1"
    if not "".join(div.itertext()).strip():
        yield "txt-2"


def _observation(each: dict[str, Any]) -> Iterator[str]:
    values = [name for name in each if name.startswith("value")]
    if values and "dataAbsentReason" in each:
        yield "obs-6"
    if not values and "component" not in each and "dataAbsentReason" not in each:
        yield "an Observation of nothing"
    if values and any(part["code"] == each["code"] for part in each.get("component", ())):
        yield "obs-7"


def _list(each: dict[str, Any]) -> Iterator[str]:
    if "emptyReason" in each and each.get("entry"):
        yield "lst-1"
    if not each.get("entry") and "emptyReason" not in each:
        yield "an empty List without a reason"


def _condition(each: dict[str, Any]) -> Iterator[str]:
    if "abatement" in " ".join(each) or ("clinicalStatus" in each and "category" not in each):
        yield "con-3..5"


def _element(key: str, value: dict[str, Any]) -> Iterator[str]:
    if "code" in value and "value" in value and "system" not in value:
        yield "qty-3"
    if key == "doseRange" and value["low"]["value"] > value["high"]["value"]:
        yield "rng-2"
    if key == "repeat":
        if "period" in value and "periodUnit" not in value:
            yield "tim-2"
        if value.get("period", 1) <= 0 or value.get("frequency", 1) < 1:
            yield "tim-5"
        if value.get("periodUnit", "d") not in PERIODS:
            yield "units of time"
    if key == "attachment" and "data" in value and "contentType" not in value:
        yield "att-1"
    if "coding" in value and any("system" not in one for one in value["coding"]):
        yield "a code without a system"


def walk(value: Any, path: str = "$", key: str = "") -> Iterator[tuple[str, str, Any]]:
    """Every value below with its path and the name it stands under."""
    yield path, key, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from walk(inner, f"{path}.{name}", name)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from walk(inner, f"{path}[{at}]", key)
