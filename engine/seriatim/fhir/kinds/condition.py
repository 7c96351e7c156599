"""Condition: a diagnosis, by its own status: present, of the past, ruled out or only suspected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir.chart import DiagnosisSeen, ObservationSeen
from seriatim.fhir.diagnosis_names import UNKNOWN_NAME, diagnosis_of
from seriatim.fhir.kinds.observation import is_recent
from seriatim.fhir.results import Conflict
from seriatim.fhir.values import UNKNOWN, Statuses, day, label, objects, said_of

if TYPE_CHECKING:
    from seriatim.fhir.beside import Against
    from seriatim.fhir.chart import Chart, Standing
    from seriatim.fhir.diagnosis_names import Called

QUESTION = "given as a question"
DENIED = "its text denies or doubts it, or is about someone else"
OF_THE_PAST = "its text gives it as of the past"
_OVER = {"inactive", "remission", "resolved"}
_THERE = {"active", "recurrence", "relapse", ""}
_UNSURE = {"unconfirmed", "provisional", "differential"}
_CLINICAL = Statuses(
    {
        "resolved": "resolved",
        "inactive": "inactive",
        "remission": "remission",
        "in-remission": "remission",
        "active": "active",
        "recurrence": "recurrence",
        "relapse": "relapse",
    }
)
_VERIFIED = Statuses(
    {
        "entered-in-error": "entered-in-error",
        "refuted": "refuted",
        "ruled-out": "refuted",
        "excluded": "refuted",
        "unconfirmed": "unconfirmed",
        "not-confirmed": "unconfirmed",
        "suspected": "unconfirmed",
        "provisional": "provisional",
        "differential": "differential",
        "confirmed": "confirmed",
    }
)
"""What FHIR's codes, and words in their place, mean: the gravest first."""


def read(chart: Chart, resource: dict[str, Any]) -> None:
    """A diagnosis, or a state such as pregnancy that rules ask for."""
    called = chart.names.of(diagnosis_of, resource.get("code"))
    if called is UNKNOWN_NAME:  # as most are, whatever their status
        chart.not_known(resource)
        return
    verified = _VERIFIED.of(resource.get("verificationStatus"))
    if verified == "entered-in-error":
        chart.skip(resource, "entered in error")
        return
    if called.state:
        _state(chart, resource, called.state, called.against, verified)
        return
    if called.match is None:
        _not_taken(chart, resource, called)
        return
    standing, note = _standing(resource, verified)
    if standing is None:
        chart.skip(resource, "its status is none of FHIR's")
        return
    if called.against and standing != "refuted":
        standing, note = _against(called.against, standing, note)
    when = day(resource.get("recordedDate")) or day(resource.get("onsetDateTime"))
    seen = DiagnosisSeen(called.term, called.match, label(resource), standing, when, note)
    chart.diagnoses.append(seen)


def _standing(resource: dict[str, Any], verified: str) -> tuple[Standing | None, str]:
    clinical = _CLINICAL.of(resource.get("clinicalStatus"))
    if verified == "refuted":
        return "refuted", "refuted"
    if verified in _UNSURE:
        return "unconfirmed", verified
    ended = any(key.startswith("abatement") and resource[key] is not None for key in resource)
    if verified == UNKNOWN or clinical not in _OVER | _THERE:
        return None, ""
    if clinical in _OVER:
        return "history", f"clinical status {clinical}"
    if ended and clinical in ("", "active") and resource.get("abatementBoolean") is not False:
        return "history", "it is said when it ended"
    return "active", _kind(resource) or ("no clinical status" if not clinical else "")


def _against(against: Against, standing: Standing, note: str) -> tuple[Standing, str]:
    """The same diagnosis, if a text of it does not say that the patient has it now."""
    if against == "past":
        return ("history", OF_THE_PAST) if standing == "active" else (standing, note)
    return "unconfirmed", QUESTION if against == "asked" else DENIED


def _kind(resource: dict[str, Any]) -> str:
    for category in objects(resource.get("category")):
        if "encounter-diagnosis" in said_of(category):
            return "the diagnosis of an encounter"
    return ""


def _not_taken(chart: Chart, resource: dict[str, Any], called: Called) -> None:
    if called.disagree:
        statement = f"One diagnosis is {called.disagree}; none was taken from it."
        chart.conflicts.append(Conflict(statement, (label(resource),)))
    chart.skip(resource, called.why)


def _state(
    chart: Chart, resource: dict[str, Any], state: tuple[str, str], against: Against, verified: str
) -> None:
    """An observation of the vocabulary that a Condition states, if it is so and recent."""
    name, matched = state
    when = day(resource.get("recordedDate")) or day(resource.get("onsetDateTime"))
    standing, _note = _standing(resource, verified)
    unsure = standing != "active" or against
    if unsure or when is None or not is_recent(chart, name, when):
        chart.skip(resource, "a state that is over, unsure, undated or not recent")
        return
    seen = ObservationSeen(
        name, value=True, how="text", matched=matched, resource=label(resource), when=when
    )
    chart.seen.append(seen)
