"""Looks a patient up, from a profile or from FHIR, and notes what was shown."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from seriatim.errors import DisagreementError, ProfileError
from seriatim.render.changes import Changes, is_report, result
from seriatim.render.json import render_json, to_json
from seriatim.render.markdown import render_markdown
from seriatim.render.plain import plain
from seriatim.service.problems import Problem
from seriatim.service.rest.faults import no_answer, of_profile
from seriatim.service.rest.forms import Forms, json_forms
from seriatim.service.rest.pages import reading_page, replay_page
from seriatim.store import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seriatim.fhir import Reading
    from seriatim.model.evidence import EvidenceReport
    from seriatim.model.profile import PatientProfile
    from seriatim.service.context import Context

HOOK = "rest"
FHIR_TYPES = frozenset({"application/fhir+json", "application/json+fhir"})
FHIR_WANTED = (
    "No value in it has a resourceType. Send a Bundle, a resource, a list of resources or a "
    "prefetch, as JSON."
)
TITLE = "Look-up"


def look_up(context: Context, body: Any, media: str, query: Mapping[str, Any], by: str) -> Forms:
    """The report for a body of a media type; `by` is the client it is shown to.

    Raises Problem 422 for what cannot be understood, 500 if there is no answer.
    """
    if media in FHIR_TYPES:
        return _from_fhir(context, body, query, by)
    report = _report(context, _mapping(body), "")
    _shown(context, report, by)
    why = query["why"]
    return Forms(
        TITLE,
        {
            "json": lambda: render_json(report),
            "markdown": lambda: render_markdown(report, why=why, everything=True),
        },
    )


def replay(context: Context, body: Any) -> Forms:
    """What comes out now for the profile of a saved report, held against it.

    Raises Problem 422 if the body is no report or its profile is not understood any more.
    """
    if not is_report(body):
        raise Problem(
            422,
            "not-a-report",
            "The body is not a saved report",
            "Send the JSON of a look-up as it was; given and knowledge must be in it.",
        )
    new = plain(_report(context, body["given"], "/given"))
    found = result(body, new, Changes.between(body, new))
    return json_forms("Replay", found, lambda: replay_page(found))


def _from_fhir(context: Context, body: Any, query: Mapping[str, Any], by: str) -> Forms:
    reading = _read(context, body)
    report = _report(context, reading.profile, "/reading/profile")
    _shown(context, report, by)
    read = reading.as_json()
    why = query["why"]
    return Forms(
        TITLE,
        {
            "json": lambda: to_json({"report": plain(report), "reading": read}),
            "markdown": lambda: "\n".join(
                (render_markdown(report, why=why, everything=True), reading_page(read))
            ),
        },
    )


def _read(context: Context, body: Any) -> Reading:
    from seriatim.fhir import FhirError, read  # noqa: PLC0415 - of no use to other answers

    try:
        return read(body, context.engine.knowledge, today=context.clock().date())
    except FhirError:
        raise Problem(422, "not-fhir", "Nothing in the body is FHIR", FHIR_WANTED) from None


def _mapping(body: Any) -> dict[str, Any]:
    if isinstance(body, dict):
        if "resourceType" in body:
            raise Problem(
                415,
                "fhir-as-json",
                "The body is FHIR, but not said to be",
                "Send Content-Type: application/fhir+json.",
            )
        return body
    raise Problem(
        422,
        "profile-not-understood",
        "The profile cannot be understood",
        "A JSON object is wanted.",
        [{"pointer": "", "detail": "an object with the fields of a profile is wanted"}],
    )


def _report(
    context: Context, profile: PatientProfile | dict[str, Any], under: str
) -> EvidenceReport:
    started = perf_counter()
    try:
        return context.engine.look_up(profile)
    except ProfileError as error:
        raise of_profile(error, under) from None
    except DisagreementError as error:
        raise no_answer(error) from None
    finally:
        context.metrics.look_up_seconds.observe(perf_counter() - started)


def _shown(context: Context, report: EvidenceReport, by: str) -> None:
    """Note what is about to be shown; nothing of the patient."""
    context.store.record_shown(
        Shown(
            id=str(uuid4()),
            report_id=report.report_id,
            knowledge_hash=report.knowledge.hash,
            rules=tuple(dict.fromkeys(each.rule for each in report.fired)),
            courses=tuple(each.course for each in report.cases),
            hook=HOOK,
            client=by,
            at=context.clock(),
        )
    )
