"""Condition: a diagnosis, by its own status: present, of the past, ruled out or only suspected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir.chart import DiagnosisSeen, ObservationSeen
from seriatim.fhir.kinds.observation import is_recent
from seriatim.fhir.results import Conflict
from seriatim.fhir.values import code_of, day, label, mapping, objects, text, texts_of
from seriatim.knowledge.lexicon import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.fhir.chart import Chart, Standing
    from seriatim.fhir.names import Match

_OVER = {"inactive", "remission", "resolved"}
_THERE = {"active", "recurrence", "relapse", ""}
_UNSURE = {"unconfirmed", "provisional", "differential"}
MENTIONED = "its text mentions a diagnosis of the library among other words"
UNCLEAR = "its codes do not agree on the diagnosis"
FINDING = "a finding that is known as an adverse event; that it was one here is not said"


def read(chart: Chart, resource: dict[str, Any]) -> None:
    """A diagnosis, or a state such as pregnancy that rules ask for."""
    verified = code_of(resource.get("verificationStatus"))
    clinical = code_of(resource.get("clinicalStatus"))
    if verified == "entered-in-error":
        chart.skip(resource, "entered in error")
        return
    code = mapping(resource.get("code"))
    match = _diagnosis(chart, resource, code)
    if match is None:
        return
    standing, note = _standing(resource, verified, clinical)
    if standing is None:
        chart.skip(resource, "its status is none of FHIR's")
        return
    when = day(resource.get("recordedDate")) or day(resource.get("onsetDateTime"))
    term = _term(chart, match)
    chart.diagnoses.append(DiagnosisSeen(term, match, label(resource), standing, when, note))


def _standing(
    resource: dict[str, Any], verified: str, clinical: str
) -> tuple[Standing | None, str]:
    if verified == "refuted":
        return "refuted", "refuted"
    if verified in _UNSURE:
        return "unconfirmed", verified
    ended = any(key.startswith("abatement") and resource[key] is not None for key in resource)
    if clinical in _OVER:
        return "history", f"clinical status {clinical}"
    if clinical not in _THERE:
        return None, ""
    if ended and clinical in ("", "active") and resource.get("abatementBoolean") is not False:
        return "history", "it is said when it ended"
    return "active", _kind(resource) or ("no clinical status" if not clinical else "")


def _kind(resource: dict[str, Any]) -> str:
    for category in objects(resource.get("category")):
        if code_of(category) == "encounter-diagnosis":
            return "the diagnosis of an encounter"
    return ""


def _diagnosis(chart: Chart, resource: dict[str, Any], code: dict[str, Any]) -> Match | None:
    """What the Condition is called; counted with the reason if that is nothing usable."""
    matches = _by_code(chart, code)
    settled = {each.concept: each for each in matches if each.concept and not each.meaning.why}
    if len(settled) > 1:
        settled = _narrowest(chart, settled)
    if len(settled) > 1:
        _disagree(chart, resource, settled)
        return None
    if settled:
        return next(iter(settled.values()))
    named = _by_text(chart, code)
    if matches and (named is None or not _within(named, matches)):
        return min(matches, key=lambda each: (len(each.meaning.could_be), each.matched))
    if named is None:
        _unknown(chart, resource, code)
    return named


def _within(named: Match, matches: list[Match]) -> bool:
    """Whether a name settles which of the diseases of its code is meant."""
    return any(named.concept in (*each.meaning.could_be, each.concept) for each in matches)


def _by_code(chart: Chart, code: dict[str, Any]) -> list[Match]:
    codings = ((text(c.get("system")), text(c.get("code"))) for c in objects(code.get("coding")))
    found = (chart.names.code(system, value, "diagnosis") for system, value in codings)
    return [each for each in found if each]


def _by_text(chart: Chart, code: dict[str, Any]) -> Match | None:
    found = {
        (match.concept, match.meaning.could_be): match
        for match in (chart.names.whole(each, "diagnosis") for each in texts_of(code))
        if match
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _narrowest(chart: Chart, settled: dict[str, Match]) -> dict[str, Match]:
    """Of a disease and a kind of it, the kind."""
    ancestors = chart.names.lexicon.ancestors
    wider = {up for concept in settled for up in ancestors[concept]}
    return {concept: each for concept, each in settled.items() if concept not in wider}


def _disagree(chart: Chart, resource: dict[str, Any], settled: dict[str, Match]) -> None:
    named = " and ".join(sorted(chart.name(each) for each in settled))
    chart.skip(resource, UNCLEAR)
    statement = f"One diagnosis is coded as {named}; none was taken from it."
    chart.conflicts.append(Conflict(statement, (label(resource),)))


def _unknown(chart: Chart, resource: dict[str, Any], code: dict[str, Any]) -> None:
    if _state(chart, resource, code):
        return
    if _is_event(chart, code):
        chart.skip(resource, FINDING)
    elif any(chart.names.mentions(each, "diagnosis").found for each in texts_of(code)):
        chart.skip(resource, MENTIONED)
    else:
        chart.not_known(resource)


def _is_event(chart: Chart, code: dict[str, Any]) -> bool:
    return any(
        chart.names.code(text(each.get("system")), text(each.get("code")), "event")
        for each in objects(code.get("coding"))
    ) or any(chart.names.whole(each, "event") for each in texts_of(code))


def _state(chart: Chart, resource: dict[str, Any], code: dict[str, Any]) -> bool:
    """Whether it is an observation of the vocabulary that a Condition can also state."""
    for name, matched in _states(chart, code):
        when = day(resource.get("recordedDate")) or day(resource.get("onsetDateTime"))
        verified = code_of(resource.get("verificationStatus"))
        standing, _note = _standing(resource, verified, code_of(resource.get("clinicalStatus")))
        if standing == "active" and when is not None and is_recent(chart, name, when):
            chart.seen.append(
                ObservationSeen(
                    name,
                    value=True,
                    how="text",
                    matched=matched,
                    resource=label(resource),
                    when=when,
                )
            )
        else:
            chart.skip(resource, "a state that is over, unsure, undated or not recent")
        return True
    return False


def _states(chart: Chart, code: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for each in texts_of(code):
        folded = fold(chart.names.untagged(each))
        if folded in chart.asked.states:
            yield chart.asked.states[folded], folded


def _term(chart: Chart, match: Match) -> str:
    """What the profile will say: the code, which may leave it open which disease, or the id."""
    if match.how != "text":
        uri, _bar, code = match.matched.partition("|")
        return f"{chart.names.tables.systems[uri]}:{code.rpartition(':')[2]}"
    return match.concept or match.matched
