"""What is known of the patient: what the client sent, what was fetched, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seriatim.render.words import listed
from seriatim.service.hooks.bounded import bound_record, size
from seriatim.service.hooks.fetch import Wanted, next_link, references
from seriatim.service.hooks.services import PATIENT, QUERIES
from seriatim.service.problems import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seriatim.service.hooks.call import HookCall, Resource
    from seriatim.service.hooks.fetch import Fetched, Fetcher
    from seriatim.service.hooks.servers import Servers
    from seriatim.service.hooks.services import Query

MEDICATIONS = "medications"
DRAFTED = "draftMedications"
"""Where fetched medications stand beside what was prefetched."""
MOST_REFERENCES = 20
BIG = 2000
"""More resources than this are read beside the loop."""
TOO_MANY = "more resources in it than are read of one patient"


@dataclass(frozen=True, slots=True)
class Gap:
    """A query that was not answered, or not to its end, and why."""

    query: Query
    why: str
    partial: bool = False


@dataclass(slots=True)
class Record:
    """The data of one patient, for `seriatim.fhir.read`, with what it lacks."""

    data: dict[str, Any] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    size: int = 0
    """How many resources there are to read."""
    unread: int = 0
    """How many resources are left out because there are too many."""

    @property
    def is_big(self) -> bool:
        """Whether reading it would hold up other calls."""
        return self.size > BIG

    def bound(self) -> None:
        """Leave out what is too much to read, which is a gap."""
        queries = {each.key: each for each in QUERIES}
        every = size(self.data)
        cut = bound_record(self.data, every)
        self.unread = sum(cut.values())
        self.size = every - self.unread
        for key in cut:
            if key in queries and not any(each.query.key == key for each in self.gaps):
                self.gaps.append(Gap(queries[key], TOO_MANY, partial=True))

    def add(self, more: Mapping[str, Any]) -> None:
        """Take what was fetched beside the record."""
        self.data.update(more)
        self.size += size(more)

    def lacks(self, key: str) -> bool:
        """Whether nothing at all is known of a query."""
        return any(each.query.key == key and not each.partial for each in self.gaps)

    def sentences(self) -> list[str]:
        """What a clinician should know of the data behind a card."""
        whole = [each.query.says for each in self.gaps if not each.partial]
        part = [each.query.says for each in self.gaps if each.partial]
        said = []
        if whole:
            said.append(f"Not available, so unknown: {listed(whole)}.")
        if part:
            said.append(f"Only the first part was available: {listed(part)}.")
        return said

    def faults(self) -> list[Fault]:
        """Why each gap is one, for the operator of the client; no patient data."""
        return [Fault(f"/prefetch/{each.query.key}", each.why) for each in self.gaps]


class Gatherer:
    """Puts records together, fetching what is missing if the client's server is allowed."""

    def __init__(self, servers: Servers, fetcher: Fetcher) -> None:
        self.servers = servers
        self.fetcher = fetcher

    async def medications_of_drafts(self, call: HookCall) -> dict[str, Any]:
        """The medications that draft orders name without holding them, as a Bundle; often none."""
        base = self._base(call)
        if base is None:
            return {}
        named = references(call.orders, _known([*call.prefetch.values(), call.drafts]), base)
        found = await self._medications(call, base, named, self.fetcher.deadline())
        return {DRAFTED: found[MEDICATIONS]} if found else {}

    async def gather(self, call: HookCall) -> Record:
        """Everything that is known; what could not be had is a gap, never an error."""
        sent = {query.key: call.prefetch.get(query.key) for query in QUERIES}
        record = Record({key: value for key, value in sent.items() if value is not None})
        _name_patient(record, call.patient)
        base = self._base(call)
        wanted: dict[str, Query] = {}
        for query in QUERIES:
            gap = _gap(query, call)
            if gap is not None and base is not None and _worth_asking(gap, call):
                wanted[query.key] = query
            elif gap is not None:
                record.gaps.append(gap)
        if base is not None:
            await self._fill(call, base, record, wanted)
        record.bound()
        return record

    def may_ask(self, call: HookCall) -> bool:
        """Whether the client's FHIR server is one of those that the settings allow."""
        return self._base(call) is not None

    def _base(self, call: HookCall) -> str | None:
        return self.servers.base_of(call.server) if call.server else None

    async def _fill(
        self, call: HookCall, base: str, record: Record, wanted: Mapping[str, Query]
    ) -> None:
        deadline = self.fetcher.deadline()
        paths = {
            key: Wanted(query.path(call.patient), all_pages=not query.newest)
            for key, query in wanted.items()
        }
        if paths:
            found = await self.fetcher.fetch(base, call.token, paths, deadline)
            for key, query in wanted.items():
                _put(record, query, found[key])
        named = references(_resources(record.data), _known(record.data.values()), base)
        record.data |= await self._medications(call, base, named, deadline)

    async def _medications(
        self, call: HookCall, base: str, named: list[str], deadline: float
    ) -> dict[str, Any]:
        paths = {each: Wanted(each, all_pages=False) for each in named[:MOST_REFERENCES]}
        if not paths:
            return {}
        found = await self.fetcher.fetch(base, call.token, paths, deadline)
        pages = [page for each in found.values() for page in each.resources]
        return {MEDICATIONS: _bundle(pages)} if pages else {}


def _name_patient(record: Record, patient: str) -> None:
    """A Patient that was asked for by its id is that one, also if it does not repeat the id."""
    sent = record.data.get(PATIENT)
    if sent and sent["resourceType"] == "Patient" and not isinstance(sent.get("id"), str):
        record.data[PATIENT] = {**sent, "id": patient}


def _gap(query: Query, call: HookCall) -> Gap | None:
    """What a client's answer to a query lacks, if anything."""
    if query.key not in call.prefetch:
        return Gap(query, "not prefetched")
    sent = call.prefetch[query.key]
    if sent is None:
        # null says that there is none; but without a patient nothing is sure
        return Gap(query, "prefetched as null") if query.key == PATIENT else None
    if sent["resourceType"] == "OperationOutcome":
        return Gap(query, "the client could not prefetch it (OperationOutcome)")
    if not query.newest and _is_part(sent):
        return Gap(query, "the first page only", partial=_holds(sent))
    return None


def _holds(sent: Resource | None) -> bool:
    """Whether anything of a list was seen: of an empty first page nothing is known."""
    found = (each.get("resourceType") for each in _inside(sent))
    return any(isinstance(each, str) and each != "OperationOutcome" for each in found)


def _is_part(sent: Resource) -> bool:
    entries = sent.get("entry")
    known = len(entries) if isinstance(entries, list) else 0
    return next_link(sent) is not None or _total(sent) > known


def _total(page: Resource) -> int:
    """How many a page says that there are in all; 0 if it does not say so."""
    total = page.get("total")
    return total if isinstance(total, int) and not isinstance(total, bool) else 0


def _worth_asking(gap: Gap, call: HookCall) -> bool:
    """An OperationOutcome says that asking again is of no use."""
    sent = call.prefetch.get(gap.query.key)
    return sent is None or sent["resourceType"] != "OperationOutcome"


def _put(record: Record, query: Query, found: Fetched) -> None:
    """Take what was fetched; if less came than the client had sent, keep what it sent."""
    sent = record.data.get(query.key)
    if found.resources and (found.complete or sent is None):
        record.data[query.key] = _bundle(found.resources)
    have = _holds(record.data.get(query.key))
    if not found.complete:
        record.gaps.append(Gap(query, found.failure, partial=have))
    elif not have and any(map(_total, found.resources)):
        record.gaps.append(Gap(query, "a count of them, but none of them"))


def _bundle(pages: Iterable[Resource]) -> Resource:
    """Pages and single resources as one Bundle."""
    entries: list[Any] = []
    for page in pages:
        own = page.get("entry") if page["resourceType"] == "Bundle" else [{"resource": page}]
        entries += own if isinstance(own, list) else []
    return {"resourceType": "Bundle", "entry": entries}


# --- walking what was sent ------------------------------------------------------------------------


def _resources(data: Mapping[str, Any]) -> Iterator[Resource]:
    """Every resource, in Bundles and in Bundles of pages."""
    for value in data.values():
        yield from _inside(value)


def _inside(value: Any) -> Iterator[Resource]:
    if not isinstance(value, dict):
        return
    if value.get("resourceType") != "Bundle":
        yield value
        return
    entries = value.get("entry")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            yield from _inside(entry.get("resource"))


def _known(values: Iterable[Any]) -> set[str]:
    """The medications that are there."""
    return {
        f"Medication/{each.get('id')}"
        for value in values
        for each in _inside(value)
        if each.get("resourceType") == "Medication"
    }
