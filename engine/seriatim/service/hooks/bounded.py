"""How much of one call is read: enough for any chart, and no more than others can wait for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seriatim.service.hooks.call import HookCall, Resource

MOST_RESOURCES = 20_000
"""Of the record of one patient."""
MOST_ORDERS = 500
"""Draft orders, and as many medications beside them."""
MOST_NESTED = 5
"""Bundles within Bundles; deeper ones are not read at all."""


def bound_orders(call: HookCall) -> HookCall:
    """The call with its first draft orders alone, and how many are left unread."""
    entries = call.drafts.get("entry", ())
    medications = [each for each in entries if _kind(each) == "Medication"]
    orders = [each for each in entries if _kind(each) != "Medication"]
    left = len(orders) - MOST_ORDERS
    if left <= 0 and len(medications) <= MOST_ORDERS:
        return call
    kept = [*orders[:MOST_ORDERS], *medications[:MOST_ORDERS]]
    return replace(call, drafts={**call.drafts, "entry": kept}, orders_left=max(left, 0))


def _kind(entry: Any) -> Any:
    return entry["resource"].get("resourceType")


def size(data: Mapping[str, Any]) -> int:
    """How many entries there are, those of Bundles within Bundles among them."""
    return sum(map(_count, data.values()))


def _count(value: Any, depth: int = 0) -> int:
    """As many as `_entries` gives, without making them."""
    if not _is_bundle(value):
        return 1
    given = value.get("entry")
    if not isinstance(given, list):
        given = [given]
    found = len(given)
    for entry in given if depth < MOST_NESTED else ():
        inner = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(inner, dict) and inner.get("resourceType") in ("Bundle", None):
            found += _count(inner, depth + 1) - 1
    return found


def bound_record(data: dict[str, Resource], every: int) -> dict[str, int]:
    """Cut the longest lists until the whole is short enough; how many entries of each are left out.

    `every` is its size. Short lists stay whole, so that a long one costs no other.
    """
    if every <= MOST_RESOURCES:
        return {}
    lists = {key: list(_entries(value)) for key, value in data.items()}
    room, cut = MOST_RESOURCES, {}
    for number, key in enumerate(sorted(lists, key=lambda each: len(lists[each]))):
        most = room // (len(lists) - number)
        if len(lists[key]) > most:
            data[key] = {"resourceType": "Bundle", "entry": lists[key][:most]}
            cut[key] = len(lists[key]) - most
        room -= min(len(lists[key]), most)
    return cut


def _entries(value: Any, depth: int = 0) -> Iterator[Any]:
    """The entries of a Bundle with those of the Bundles in it; a single resource as an entry."""
    if not _is_bundle(value):
        yield {"resource": value}
        return
    given = value.get("entry")
    for entry in given if isinstance(given, list) else [given]:
        inner = entry.get("resource") if isinstance(entry, dict) else None
        if _is_bundle(inner) and depth < MOST_NESTED:
            yield from _entries(inner, depth + 1)
        else:
            yield entry


def _is_bundle(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    kind = value.get("resourceType")
    return kind == "Bundle" or (kind is None and isinstance(value.get("entry"), list))
