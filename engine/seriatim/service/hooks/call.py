"""A hook call as a client sends it: read once, at the edge, with every problem at its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seriatim.service.hooks.bounded import bound_orders
from seriatim.service.hooks.one_patient import two_patients
from seriatim.service.hooks.services import BY_ID
from seriatim.service.problems import Fault, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seriatim.service.hooks.services import Service

FHIR_ID = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9\-.]{1,64}\Z")
"""Neither `.` nor `..`, which FHIR allows: in an address they mean another place."""
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_BEARER = re.compile(r"[A-Za-z0-9\-._~+/]+=*\Z")
_LONGEST_TOKEN = 16_384
_SHOWN = 20
"""At most so many problems are named in one answer."""

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class HookCall:
    """A call that keeps the rules of CDS Hooks.

    `drafts` is a Bundle of the draft orders that the call is about, those selected for
    order-select and all of them for order-sign, with the resources that they refer to; of a great
    many only the first, and `orders_left` says how many more there were. `prefetch` is as sent: any
    key may be absent. `token` is never shown.
    """

    service: Service
    instance: str
    patient: str
    drafts: Resource
    prefetch: Mapping[str, Resource | None]
    server: str | None
    token: str | None = field(repr=False)
    orders_left: int = 0

    @property
    def orders(self) -> list[Resource]:
        """The resources of `drafts`."""
        return [entry["resource"] for entry in self.drafts.get("entry", ())]


class _Faults:
    """Collects what is wrong, so that a caller sees all of it at once."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, pointer: str, detail: str) -> None:
        self.found.append(Fault(pointer, detail))

    def need(self, given: Mapping[str, Any], key: str, kind: type, at: str = "") -> Any:
        """The value if it is there and of the kind, else None and a fault."""
        value = given.get(key)
        pointer = f"{at}/{key}"
        if value is None:
            self.add(pointer, "is required")
        elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.add(pointer, f"is {named(value)}; expected {_KINDS[kind]}")
        elif value == "":
            self.add(pointer, "is empty")
        else:
            return value
        return None

    def may(self, given: Mapping[str, Any], key: str, kind: type, at: str = "") -> Any:
        """The value if it is of the kind; null is taken as absent, anything else is a fault."""
        return self.need(given, key, kind, at) if given.get(key) is not None else None


_KINDS = {str: "text", dict: "an object", list: "a list", int: "a whole number"}


def named(value: Any) -> str:
    """What a JSON value is, in words; never the value itself."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    return _KINDS.get(type(value), "something else")


def bad_request(faults: list[Fault], title: str = "The hook call cannot be read") -> Problem:
    """400, naming every place."""
    more = len(faults) - _SHOWN
    said = "Each place and what is wrong there:" if faults else ""
    if more > 0:
        said += f" the first {_SHOWN}, {more} more follow."
    return Problem(400, "bad-hook-call", title, said, errors=faults[:_SHOWN])


def service_of(service_id: str) -> Service:
    """The service; raises Problem 404 naming those that there are."""
    known = BY_ID.get(service_id)
    if known is None:
        raise Problem(
            404,
            "unknown-service",
            "There is no such CDS service",
            f"The services are {', '.join(BY_ID)}; see GET /cds-services.",
        )
    return known


def read_call(body: Any, service: Service) -> HookCall:
    """The call; raises Problem 400 with every place that is wrong."""
    if not isinstance(body, dict):
        raise bad_request([Fault("", f"the body is {named(body)}; expected an object")])
    faults = _Faults()
    _check_hook(faults, body, service)
    instance = faults.need(body, "hookInstance", str)
    if instance and not UUID.match(instance):
        faults.add("/hookInstance", "is not a UUID")
    context = faults.need(body, "context", dict)
    patient = _patient(faults, context) if context is not None else None
    drafts = _drafts(faults, context, service) if context is not None and service.is_order else {}
    prefetch = _prefetch(faults, body)
    server, token = _server(faults, body)
    if faults.found:
        raise bad_request(faults.found)
    call = HookCall(service, instance, patient or "", drafts, prefetch, server, token)
    others = two_patients(call.patient, call.orders, call.prefetch.get("patient"))
    if others:
        raise bad_request(others, "The hook call is about two patients")
    return bound_orders(call)


def _check_hook(faults: _Faults, body: Mapping[str, Any], service: Service) -> None:
    hook = faults.need(body, "hook", str)
    if hook and hook != service.hook:
        right = next((each.id for each in BY_ID.values() if each.hook == hook), None)
        where = f"; {right} answers that hook" if right else ""
        faults.add("/hook", f"is not {service.hook}, the hook of {service.id}{where}")


def _patient(faults: _Faults, context: Mapping[str, Any]) -> str | None:
    faults.need(context, "userId", str, "/context")
    faults.may(context, "encounterId", str, "/context")
    patient = faults.need(context, "patientId", str, "/context")
    if patient and not FHIR_ID.match(patient):
        faults.add("/context/patientId", "is not a FHIR id (A-Z, a-z, 0-9, - and ., at most 64)")
        return None
    return str(patient) if patient else None


# --- draft orders ---------------------------------------------------------------------------------


def _drafts(faults: _Faults, context: Mapping[str, Any], service: Service) -> Resource:
    bundle = faults.need(context, "draftOrders", dict, "/context")
    selections = _selections(faults, context) if service.hook == "order-select" else frozenset()
    if bundle is None:
        return {}
    if bundle.get("resourceType", "Bundle") != "Bundle":  # some clients leave it out
        faults.add("/context/draftOrders/resourceType", "is not Bundle")
        return {}
    given = faults.may(bundle, "entry", list, "/context/draftOrders") or []
    entries = [
        each for each in given if isinstance(each, dict) and type(each.get("resource")) is dict
    ]
    orders = [each for each in entries if each["resource"].get("resourceType") != "Medication"]
    chosen = {id(each) for each in orders if _is_selected(each, selections)}
    # a selection that names no draft order would hide every one of them
    hidden = {id(each) for each in orders} - chosen if chosen else set()
    return {"resourceType": "Bundle", "entry": [each for each in entries if id(each) not in hidden]}


def _selections(faults: _Faults, context: Mapping[str, Any]) -> frozenset[str]:
    given = faults.need(context, "selections", list, "/context") or []
    for index, each in enumerate(given):
        if not isinstance(each, str):
            faults.add(f"/context/selections/{index}", f"is {named(each)}; expected text")
    return frozenset(_relative(each) for each in given if isinstance(each, str) and each)


def _relative(reference: str) -> str:
    """`MedicationRequest/o1` of any address of it, also of one version; else as it stands."""
    return "/".join(reference.partition("/_history/")[0].rsplit("/", 2)[-2:])


def _is_selected(entry: Mapping[str, Any], selections: frozenset[str]) -> bool:
    """By its type and id, by its id alone, as some clients send it, or by its address."""
    order, url = entry["resource"], entry.get("fullUrl")
    own, kind = order.get("id"), order.get("resourceType", "MedicationRequest")
    names = {own, f"{kind}/{own}"} if isinstance(own, str) else set()
    if isinstance(url, str):
        names.add(_relative(url))
    return not selections.isdisjoint(names)


# --- prefetch and the FHIR server -----------------------------------------------------------------


def _prefetch(faults: _Faults, body: Mapping[str, Any]) -> Mapping[str, Resource | None]:
    given = faults.may(body, "prefetch", dict) or {}
    if isinstance(given.get("resourceType"), str):
        faults.add(
            "/prefetch",
            "is itself a resource; expected an object with a key for each template of "
            "GET /cds-services",
        )
        return {}
    for key, value in given.items():
        pointer = f"/prefetch/{pointed(key)}"
        if value is None:
            continue
        if not isinstance(value, dict):
            faults.add(pointer, f"is {named(value)}; expected a FHIR resource or null")
        elif not isinstance(value.get("resourceType"), str):
            faults.add(f"{pointer}/resourceType", "is missing: not a FHIR resource")
    return given


def pointed(key: str) -> str:
    """A key as a part of an RFC 6901 pointer, shortened."""
    return key[:64].replace("~", "~0").replace("/", "~1")


def _server(faults: _Faults, body: Mapping[str, Any]) -> tuple[str | None, str | None]:
    server = faults.may(body, "fhirServer", str)
    granted = faults.may(body, "fhirAuthorization", dict)
    if granted is None:
        return server, None
    if body.get("fhirServer") is None:
        faults.add("/fhirServer", "is required when there is fhirAuthorization")
    at = "/fhirAuthorization"
    token = faults.need(granted, "access_token", str, at)
    if token and (len(token) > _LONGEST_TOKEN or not _BEARER.match(token)):
        faults.add(f"{at}/access_token", "is not a bearer token (RFC 6750)")
    kind = faults.need(granted, "token_type", str, at)
    if kind and kind.lower() != "bearer":
        faults.add(f"{at}/token_type", "is not Bearer")
    for key, wanted in (("expires_in", int), ("scope", str), ("subject", str)):
        faults.may(granted, key, wanted, at)  # required, but often left out
    return server, token
