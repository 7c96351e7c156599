"""FHIR R4 in, a profile out: gather, keep to one patient, read each kind, weigh it together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir import therapies, weigh
from seriatim.fhir.chart import Chart
from seriatim.fhir.diagnoses import diagnoses
from seriatim.fhir.kinds import HANDLERS, POINTED_TO, SUPPORTING, medication_request
from seriatim.fhir.kinds.patient import read_patient
from seriatim.fhir.names import names_for
from seriatim.fhir.references import Index
from seriatim.fhir.results import Reading, Skipped
from seriatim.fhir.shapes import Gathered, gather
from seriatim.fhir.subjects import Subject
from seriatim.fhir.values import mapping, text
from seriatim.model.profile import PatientProfile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from seriatim.knowledge.library import KnowledgeBase

READ = frozenset(HANDLERS)
NOT_READ = "not of a kind that is read"
OF_SEVERAL = "of one of several patients"
UNKNOWN_EXTENSION = "an extension changes its meaning"


def read(
    data: Any,
    knowledge: KnowledgeBase,
    *,
    today: date,
    draft_orders: Any = (),
    patient: str | None = None,
) -> Reading:
    """What FHIR R4 says of one patient, as a profile that can be looked up.

    `data` is decoded JSON: a Bundle, a resource, a list of resources, a CDS Hooks prefetch (values
    may be null, OperationOutcomes or Bundles) or an iterable of NDJSON lines. `draft_orders` has
    the orders of a CDS Hooks call, in any of these shapes. `patient` says who is meant (an id or
    a reference) where the data speak of several.

    Wrong types anywhere are skipped and counted. Raises FhirError if nothing in it is FHIR.
    """
    gathered = gather(data)
    drafts = _drafts(draft_orders)
    subject = Subject(gathered, patient, READ)
    chart = _chart(gathered, drafts, knowledge, today)
    if subject.conflict:
        chart.conflicts.append(subject.conflict)
    else:
        read_patient(chart, subject.patients)
    _read_each(chart, subject, _latest(chart, gathered.resources))
    for resource in drafts.resources:
        _read_draft(chart, subject, resource)
    return _reading(chart, gathered, drafts)


def _drafts(draft_orders: Any) -> Gathered:
    gathered = Gathered(drafts=True)
    if draft_orders:
        gathered.add(list(draft_orders) if type(draft_orders) is tuple else draft_orders)
    return gathered


def _chart(gathered: Gathered, drafts: Gathered, knowledge: KnowledgeBase, today: date) -> Chart:
    every = [*gathered.resources, *drafts.resources]
    start, full_urls = len(gathered.resources), dict(gathered.full_urls)
    for position, url in drafts.full_urls.items():
        full_urls[start + position] = url
    index = Index(every, full_urls, POINTED_TO)
    return Chart(names_for(knowledge), index, today)


def _latest(chart: Chart, resources: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Each resource once: of several versions of one the last, if it is said which that is."""
    if _all_differ(resources):
        return resources
    found: dict[Any, dict[str, Any]] = {}
    for position, resource in enumerate(resources):
        own = resource.get("id")
        key = (resource["resourceType"], own) if type(own) is str else position
        known = found.get(key)
        if known is None:
            found[key] = resource
        elif resource["resourceType"] in HANDLERS:
            last = _last(known, resource)
            found[key if last else position] = last or resource
            if last:
                chart.skip(resource, "a copy or another version of one that is here")
    return found.values()


def _all_differ(resources: list[dict[str, Any]]) -> bool:
    """Whether each has an id of its own, which can be told at once."""
    try:
        if len({each["id"] for each in resources}) == len(resources):
            return True
        keys = {(each["resourceType"], each["id"]) for each in resources}
    except (KeyError, TypeError):
        return False
    return len(keys) == len(resources)


def _last(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any] | None:
    """The later of two versions; None if they differ and neither says that it is."""
    if _updated(one) != _updated(other):
        return other if _updated(other) > _updated(one) else one
    try:
        return one if one == other else None
    except RecursionError:
        return None


def _updated(resource: dict[str, Any]) -> str:
    return text(mapping(resource.get("meta")).get("lastUpdated"))


def _read_each(chart: Chart, subject: Subject, resources: Iterable[dict[str, Any]]) -> None:
    """Have each resource read by the handler of its kind, or count it as left out."""
    why_not = subject.why_not
    for resource in resources:
        handler = HANDLERS.get(kind := resource["resourceType"])
        if handler is None:
            if kind not in SUPPORTING:
                chart.skip(resource, NOT_READ)
        elif why := OF_SEVERAL if subject.conflict else why_not(resource):
            chart.skip(resource, why)
        elif resource.get("modifierExtension"):
            chart.skip(resource, UNKNOWN_EXTENSION)
        else:
            handler(chart, resource)


def _read_draft(chart: Chart, subject: Subject, resource: dict[str, Any]) -> None:
    if resource["resourceType"] != "MedicationRequest":
        if resource["resourceType"] not in SUPPORTING:
            chart.skip(resource, "a draft order that is not for a medication")
    elif why := subject.why_not(resource):
        chart.skip(resource, why)
    elif resource.get("modifierExtension"):
        chart.skip(resource, UNKNOWN_EXTENSION)
    else:
        medication_request.read_draft(chart, resource)


def _reading(chart: Chart, gathered: Gathered, drafts: Gathered) -> Reading:
    profile = _profile(chart)
    skipped = chart.skipped + gathered.skipped + drafts.skipped
    return Reading(
        profile=profile,
        facts=tuple(chart.facts),
        conflicts=tuple(dict.fromkeys(chart.conflicts)),
        skipped=tuple(Skipped(kind, count, why) for (kind, why), count in sorted(skipped.items())),
        unrecognised=dict(sorted(chart.unrecognised.items())),
        resources=len(gathered.resources) + len(drafts.resources),
        incomplete=gathered.incomplete or drafts.incomplete,
    )


def _profile(chart: Chart) -> PatientProfile:
    used, considered = therapies.therapies(chart), therapies.considering(chart)
    given = {each.drug for each in used or () if each.status == "current"}
    weigh.allergies(chart, given, set(considered))
    events = weigh.events(chart)
    return PatientProfile(
        age=chart.age,
        sex=chart.sex,
        diagnoses=diagnoses(chart),
        therapies=used,
        therapies_complete=False,
        adverse_events=events,
        adverse_events_complete=events is None,
        considering=considered,
        observations=dict(weigh.observations(chart)),
    )
