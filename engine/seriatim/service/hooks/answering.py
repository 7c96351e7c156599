"""From a hook call to its answer: gather, read, look up, and only then decide whether to speak."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool

from seriatim import fhir
from seriatim.service.hooks.bounded import MOST_ORDERS, MOST_RESOURCES
from seriatim.service.hooks.cards import Cards
from seriatim.service.hooks.catalogue import Catalogue, Ordered
from seriatim.service.hooks.codes import read_codes
from seriatim.service.hooks.fetch import Bounds, Fetcher
from seriatim.service.hooks.reading import about_reading
from seriatim.service.hooks.record import Gatherer, Record
from seriatim.service.hooks.relevance import for_order, for_view, in_play
from seriatim.service.hooks.servers import Servers
from seriatim.service.hooks.services import CONDITIONS, QUERIES
from seriatim.service.problems import Fault, Problem
from seriatim.store import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seriatim.fhir import Reading
    from seriatim.model.evidence import EvidenceReport
    from seriatim.model.profile import PatientProfile
    from seriatim.service.context import Context
    from seriatim.service.hooks.call import HookCall
    from seriatim.service.hooks.relevance import Answer

NOTHING: dict[str, Any] = {"cards": []}
MANY_ORDERS = 100
"""More draft orders than this are read beside the loop."""
BIG_AT_ONCE = 2
"""Big records that are read at once: each takes its share of the interpreter from every call."""


class Answering:
    """Answers hook calls over one context."""

    def __init__(self, context: Context) -> None:
        settings = context.settings
        self.context = context
        self.catalogue = Catalogue(context.engine.knowledge)
        self.codes = read_codes()
        self.cards = Cards(self.catalogue, self.codes, settings.base_urls[0])
        bounds = Bounds(seconds=settings.fhir_timeout)
        self.gatherer = Gatherer(Servers(settings.fhir_servers), Fetcher(bounds))
        self._big = asyncio.Semaphore(BIG_AT_ONCE)
        self.shown = context.metrics.counter(
            "seriatim_cards", "Cards shown, by hook and topic.", ("hook", "topic")
        )

    async def answer(self, call: HookCall, client: str) -> dict[str, Any]:
        """The response of a service.

        Raises Problem 412 if the needed data is neither sent nor to be fetched, or 413 if there are
        too many draft orders or resources to read them all, and a card cannot say so: then nobody
        knows whether the library has something for this patient.
        """
        ordered, medications = Ordered((), {}), {}
        if call.service.is_order:
            medications = await self.gatherer.medications_of_drafts(call)
            ordered = await self._ordered(call, medications)
            if not ordered and call.orders_left:
                raise too_many_orders(call)
            if not ordered:
                return NOTHING
        record = await self.gatherer.gather(call)
        blind = record.lacks(CONDITIONS) or not record.data
        record.add(medications)
        reading = await self._reading(call, record.data, big=record.is_big)
        report = self._look_up(_profile(reading, ordered, record))
        answers = self._answers(call, report, ordered)
        if not answers and blind and not call.service.is_order:
            played = bool(in_play(report, self.catalogue))
            asked = self.gatherer.may_ask(call)
            raise unknown_patient(call, record, asked=asked, played=played)
        if not answers and record.unread and not call.service.is_order:
            raise too_many_resources(record)
        about = [*_unread(call), *about_reading(reading, record, self.catalogue)]
        cards = self.cards.of(report, answers, about, blind=blind)
        for card, each in zip(cards, answers, strict=False):
            self._keep(call, report, each, card["uuid"], client)
        return {"cards": cards}

    async def _ordered(self, call: HookCall, medications: Mapping[str, Any]) -> Ordered:
        if not call.orders:
            return Ordered((), {})
        reading = await self._reading(call, medications, big=False)
        return self.catalogue.ordered(reading.profile.considering)

    async def _reading(self, call: HookCall, data: Mapping[str, Any], *, big: bool) -> Reading:
        """Read at once what is soon read, and anything else beside the loop."""
        if not big and len(call.drafts.get("entry", ())) <= MANY_ORDERS:
            return self._read(call, data)
        async with self._big:
            return await run_in_threadpool(self._read, call, data)

    def _read(self, call: HookCall, data: Mapping[str, Any]) -> Reading:
        today = self.context.clock().date()
        knowledge = self.context.engine.knowledge
        return fhir.read(
            data, knowledge, today=today, draft_orders=call.drafts, patient=call.patient
        )

    def _look_up(self, profile: PatientProfile) -> EvidenceReport:
        start = time.perf_counter()
        report = self.context.engine.look_up(profile)
        self.context.metrics.look_up_seconds.observe(time.perf_counter() - start)
        return report

    def _answers(
        self, call: HookCall, report: EvidenceReport, ordered: Ordered
    ) -> Sequence[Answer]:
        if call.service.is_order:
            return for_order(report, self.catalogue, ordered)
        return for_view(report, self.catalogue)

    def _keep(
        self, call: HookCall, report: EvidenceReport, answer: Answer, card: str, client: str
    ) -> None:
        self.shown.labels(call.service.hook, answer.topic).inc()
        rules = [rule for each in answer.findings for rule in each.rules]
        rules += [each.rule for each in answer.cautions]
        courses = [course for each in answer.findings for course in each.courses]
        self.context.store.record_shown(
            Shown(
                id=card,
                report_id=report.report_id,
                knowledge_hash=report.knowledge.hash,
                rules=tuple(dict.fromkeys(rules)),
                courses=tuple(dict.fromkeys(courses)),
                hook=call.service.hook,
                client=client,
                at=self.context.clock(),
            )
        )


def _profile(reading: Reading, ordered: Ordered, record: Record) -> PatientProfile:
    """The profile of the record, about the drugs of this library that are being ordered.

    A list that was not had whole is not taken to be complete.
    """
    drugs = [
        *ordered.drugs,
        *ordered.kin,
        *(each for near in ordered.kin.values() for each in near),
    ]
    changes: dict[str, Any] = {"considering": tuple(dict.fromkeys(drugs))}
    if record.gaps:
        changes |= {"therapies_complete": False, "adverse_events_complete": False}
    return reading.profile.model_copy(update=changes)


def _unread(call: HookCall) -> list[str]:
    if not call.orders_left:
        return []
    every = len(call.orders) + call.orders_left
    return [f"Of {every:,} draft orders only the first {MOST_ORDERS} were read."]


def too_many_orders(call: HookCall) -> Problem:
    """413: among those that are not read there may be one that the library has something for."""
    said = f"The first {MOST_ORDERS} are of no drug of the library; {call.orders_left:,} more are "
    said += "not read. Send fewer at a time."
    fault = Fault("/context/draftOrders/entry", f"at most {MOST_ORDERS} draft orders are read")
    return Problem(413, "too-many-orders", "There are too many draft orders", said, errors=[fault])


def too_many_resources(record: Record) -> Problem:
    """413: what is not read may hold a diagnosis or a drug of the library."""
    said = f"The first {MOST_RESOURCES:,} hold nothing for which the library has a case; "
    said += f"{record.unread:,} more are not read. Send fewer."
    faults = record.faults()
    return Problem(413, "too-many-resources", "There are too many resources", said, errors=faults)


def unknown_patient(call: HookCall, record: Record, *, asked: bool, played: bool) -> Problem:
    """412: nobody knows this patient's diagnoses, so silence would say what is not known.

    `asked` if the client's FHIR server is one that may be asked; `played` if the patient has or had
    a drug of the library, of which no course is cited without a diagnosis.
    """
    faults = record.faults() or [Fault("/prefetch", "every value is null")]
    keys = {each.key for each in QUERIES}
    other = len([key for key, sent in call.prefetch.items() if sent is None or key not in keys])
    said = "The diagnoses of the patient were neither prefetched nor to be had from fhirServer"
    said += (
        "; without them no published course is matched to the drug of the library in the record."
        if played
        else ", and nothing that was read shows that the patient has or had a drug of the library."
    )
    if call.server is None:
        said += " There is no fhirServer."
    elif not asked:
        said += " The fhirServer is not among the servers that may be asked (setting fhir_servers)."
    if other:
        said += f" {other} prefetch keys are null or not among those of GET /cds-services."
    return Problem(412, "no-patient-data", "Needed data is missing", said, errors=faults)
