"""References between resources: whose they are, and what they point to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seriatim.fhir.values import mapping, objects, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_OF_ONE_ID = 20
"""Resources of one id, from as many servers, among which a reference is looked for."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference names: a type (empty if it is not said), an id, and the server if given."""

    kind: str
    id: str
    server: str = ""

    def may_be(self, other: Target) -> bool:
        """Whether both can name the same resource: ids must agree, and what else both give."""
        return (
            self.id == other.id
            and (not self.kind or not other.kind or self.kind == other.kind)
            and (not self.server or not other.server or self.server == other.server)
        )


def target(reference: str, base: str = "") -> Target | None:
    """What a reference names: relative to `base`, absolute, versioned or `urn:uuid:…`."""
    if not reference or reference.startswith("#"):
        return None
    if reference.startswith("urn:"):
        return Target("", reference.rpartition(":")[2].lower())
    path = reference.partition("/_history/")[0].partition("?")[0].rstrip("/")
    rest, _slash, found = path.rpartition("/")
    server, _slash, kind = rest.rpartition("/")
    return Target(kind, found, server or base) if found else None


def base_of(resource: dict[str, Any], full_url: Any) -> str:
    """The server of a resource, if the address that its Bundle gives it ends in its type and id.

    That is what relative references in it stand against; empty if it is not said.
    """
    named = target(text(full_url))
    return named.server if named and named.kind == resource["resourceType"] else ""


def refers_to(value: Any, base: str = "") -> Target | None:
    """What a Reference names; None if it names nothing by address."""
    found = mapping(value)
    named = target(text(found.get("reference")), base)
    kind = text(found.get("type"))
    return Target(kind, named.id, named.server) if named and kind and not named.kind else named


class Index:
    """The resources of one answer by the address that others may use for them."""

    def __init__(
        self,
        resources: Iterable[dict[str, Any]],
        full_urls: Mapping[int, Any],
        kinds: frozenset[str],
    ) -> None:
        self._resources = resources
        self._full_urls = full_urls
        self._kinds = kinds
        self._inner: dict[int, dict[str, dict[str, Any]]] = {}
        self._known: dict[str, list[tuple[Target, dict[str, Any]]]] | None = None

    def _by_id(self) -> dict[str, list[tuple[Target, dict[str, Any]]]]:
        """Built when the first reference is followed: most answers need none."""
        if self._known is None:
            self._known = {}
            for resource in self._resources:
                if resource["resourceType"] in self._kinds:
                    for each in addresses(resource, self._full_urls.get(id(resource))):
                        self._known.setdefault(each.id, []).append((each, resource))
        return self._known

    def find(
        self, value: Any, holder: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The resource that a Reference in `holder` points to, and what holds that one."""
        reference = text(mapping(value).get("reference"))
        if reference.startswith("#"):
            inner = self._contained(holder).get(reference[1:])
            return (inner, holder) if inner else None
        wanted = refers_to(value, base_of(holder, self._full_urls.get(id(holder))))
        if wanted is None:
            return None
        listed = self._by_id().get(wanted.id, [])[:MOST_OF_ONE_ID]
        fits = [each for each in listed if wanted.may_be(each[0])]
        exact = [each for each in fits if each[0].server == wanted.server]
        for _address, resource in exact or fits:
            return resource, resource
        return None

    def _contained(self, holder: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """What a resource contains, by id; kept, for a long list may be asked for often."""
        known = self._inner.get(id(holder))
        if known is None:
            known = {}
            for each in objects(holder.get("contained")):
                if type(each.get("resourceType")) is str and text(each.get("id")):
                    known.setdefault(text(each["id"]), each)
            self._inner[id(holder)] = known
        return known


def addresses(resource: dict[str, Any], full_url: Any) -> list[Target]:
    """Every address of a resource: by its id, and the one that its Bundle gives."""
    kind, found = str(resource["resourceType"]), text(resource.get("id"))
    named = target(text(full_url))
    server = base_of(resource, full_url) if named and named.id == found else ""
    own = [Target(kind, found, server)] if found else []
    return [*own, named] if named and named.id != found else own
