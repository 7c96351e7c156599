"""Drugs: what a status means, why one was stopped, and what several resources say together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fhir_charts import (
    REASONS,
    bundle,
    coded,
    concept,
    drugs,
    patient,
    request,
    resource,
    statement,
    whys,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.fhir import Reading
    from seriatim.knowledge.lexicon import Lexicon

    Reads = Callable[..., Reading]

ORDER = "MedicationRequest"
STATEMENT = "MedicationStatement"


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        (ORDER, "active", "current"),
        (ORDER, "on-hold", "current"),
        (ORDER, "completed", "past"),
        (ORDER, "stopped", "past"),
        (ORDER, "cancelled", None),
        (ORDER, "entered-in-error", None),
        (ORDER, "draft", None),
        (ORDER, "unknown", None),
        (ORDER, "nonsense", None),
        (STATEMENT, "active", "current"),
        (STATEMENT, "on-hold", "current"),
        (STATEMENT, "completed", "past"),
        (STATEMENT, "stopped", "past"),
        (STATEMENT, "intended", None),
        (STATEMENT, "not-taken", None),
        (STATEMENT, "entered-in-error", None),
        (STATEMENT, "unknown", None),
        ("MedicationAdministration", "completed", "past"),
        ("MedicationAdministration", "in-progress", "current"),
        ("MedicationAdministration", "stopped", "past"),
        ("MedicationAdministration", "not-done", None),
        ("MedicationAdministration", "entered-in-error", None),
        ("MedicationDispense", "completed", "past"),
        ("MedicationDispense", "declined", None),
        ("MedicationDispense", "entered-in-error", None),
        ("MedicationDispense", None, None),
    ],
)
def test_status(
    kind: str, status: str | None, expected: str | None, reads: Reads, lexicon: Lexicon
) -> None:
    made = resource(kind, status=status, medicationCodeableConcept=coded(lexicon, "anakinra"))
    reading = reads([made])
    assert drugs(reading) == ([("anakinra", expected)] if expected else [])
    assert bool(reading.skipped) == (expected is None)
    assert all(each.response == "unknown" for each in reading.profile.therapies or ())
    assert reading.profile.therapies_complete is False


@pytest.mark.parametrize(
    "more",
    [
        {"doNotPerform": True},
        {"doNotPerform": "true"},
        {"doNotPerform": 1},
        {"doNotPerform": {}},
        {"intent": "proposal"},
        {"intent": "plan"},
    ],
)
def test_orders_that_give_nothing(more: dict[str, Any], reads: Reads, lexicon: Lexicon) -> None:
    assert drugs(reads([request(coded(lexicon, "anakinra"), **more)])) == []


@pytest.mark.parametrize("said", [False, "false", None])
def test_an_order_that_is_not_forbidden(said: object, reads: Reads, lexicon: Lexicon) -> None:
    made = request(coded(lexicon, "anakinra"), doNotPerform=said)
    assert drugs(reads([made])) == [("anakinra", "current")]


@pytest.mark.parametrize("status", ["active", "on-hold"])
@pytest.mark.parametrize(
    "when", [{"effectivePeriod": {"start": "2030-01-01"}}, {"effectiveDateTime": "2030"}]
)
def test_what_begins_later_is_not_taken_yet(
    status: str, when: dict[str, Any], reads: Reads, lexicon: Lexicon
) -> None:
    reading = reads([statement(coded(lexicon, "anakinra"), status, **when)])
    assert drugs(reading) == []
    assert whys(reading) == {"intended for the future, not taken yet"}


def test_a_supply_that_lasts_until_today(reads: Reads, lexicon: Lexicon) -> None:
    made = resource(
        "MedicationDispense",
        status="completed",
        medicationCodeableConcept=coded(lexicon, "colchicine"),
        whenHandedOver="2026-11-01T10:00:00Z",
        daysSupply={"value": 30, "unit": "days"},
    )
    assert drugs(reads([made])) == [("colchicine", "current")]
    assert drugs(reads([made | {"whenHandedOver": "2026-01-01"}])) == [("colchicine", "past")]


def test_thirty_dispenses_are_one_therapy(reads: Reads, lexicon: Lexicon) -> None:
    made = [
        resource(
            "MedicationDispense",
            number,
            status="completed",
            medicationCodeableConcept=coded(lexicon, "colchicine"),
        )
        for number in range(30)
    ]
    reading = reads(bundle(*made))
    assert drugs(reading) == [("colchicine", "past")]
    assert (reading.facts[-1].count, len(reading.facts[-1].resources)) == (30, 10)


def test_active_and_stopped_at_once(reads: Reads, lexicon: Lexicon) -> None:
    drug = coded(lexicon, "anakinra")
    reading = reads([request(drug), request(drug, "stopped", number=2)])
    assert drugs(reading) == [("anakinra", "current"), ("anakinra", "past")]
    assert [each.statement for each in reading.conflicts] == [
        "Anakinra is given as active and as stopped at once."
    ]
    assert reading.conflicts[0].resources == (
        "MedicationRequest/medi-1",
        "MedicationRequest/medi-2",
    )


def test_a_newer_order_is_a_change_and_no_conflict(reads: Reads, lexicon: Lexicon) -> None:
    drug = coded(lexicon, "anakinra")
    old = request(drug, "stopped", number=2, authoredOn="2025-02-01")
    reading = reads([request(drug, authoredOn="2026-02-01"), old])
    assert drugs(reading) == [("anakinra", "current")]
    assert reading.conflicts == ()
    turned = reads([request(drug, authoredOn="2024-02-01"), old])
    assert len(turned.conflicts) == 1


def test_current_and_not_taken_is_a_conflict(reads: Reads, lexicon: Lexicon) -> None:
    drug = coded(lexicon, "anakinra")
    reading = reads([request(drug), statement(drug, "not-taken")])
    assert drugs(reading) == [("anakinra", "current")]
    assert "as current and as not taken" in reading.conflicts[0].statement


# --- why it was stopped ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "means", "matched"),
    [
        (concept((REASONS, "sintol")), "intolerance", f"{REASONS}|sintol"),
        (concept((REASONS, "salg")), "intolerance", f"{REASONS}|salg"),
        (concept((REASONS, "surg")), "other", f"{REASONS}|surg"),
        ({"text": "Drug was INEFFECTIVE"}, "no-response", "ineffective"),
        ({"text": "lack of efficacy"}, "no-response", "lack of efficacy"),
        ({"text": "Adverse reaction to drug"}, "intolerance", "adverse reaction"),
        ({"text": "patient choice"}, "other", "patient choice"),
        ({"text": "no adverse reaction"}, "unknown", None),
        ({"text": "ineffective, and adverse reaction"}, "unknown", None),
        ({"text": "see the letter"}, "unknown", None),
        (concept((REASONS, "clarif")), "unknown", None),
        (concept(("urn:local", "sintol")), "unknown", None),
        (None, "unknown", None),
    ],
)
def test_the_reason_for_a_stop(
    reason: dict[str, Any] | None,
    means: str,
    matched: str | None,
    reads: Reads,
    lexicon: Lexicon,
) -> None:
    made = request(coded(lexicon, "anakinra"), "stopped", statusReason=reason)
    reading = reads([made])
    assert reading.profile.therapies is not None
    therapy = reading.profile.therapies[0]
    assert therapy.stopped_because == means
    assert therapy.response == "unknown"
    shown = [each.matched for each in reading.facts if each.field == "therapies[0].stopped_because"]
    assert shown == ([matched] if matched else [])


@pytest.mark.parametrize(
    "text",
    [
        "?side effects",
        "side effects?",
        "fear of side effects",
        "concern for toxicity",
        "side effects: none",
        "treatment failure of etanercept",
        "treatment failure of TNF inhibitors",
        "treatment failure of another biologic",
        "side effects of methotrexate",
        "penicillin allergy",
        "No effect on fertility wanted",
        "cost-effective",
    ],
)
def test_words_that_give_no_reason_for_this_stop(text: str, reads: Reads, lexicon: Lexicon) -> None:
    made = statement(coded(lexicon, "anakinra"), "stopped", statusReason=[{"text": text}])
    reading = reads([made])
    assert reading.profile.therapies is not None
    assert reading.profile.therapies[0].stopped_because == "unknown"
    assert "used without its reason for the stop, which is not recognised" in whys(reading)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("treatment failure of anakinra", "no-response"),
        ("lack of efficacy of Kineret after 6 months", "no-response"),
        ("no effect on the joints", "no-response"),
        ("ineffective, said the patient", "no-response"),
        ("side effects (nausea)", "intolerance"),
        ("Intolerance - GI upset", "intolerance"),
        ("cost of medication", "other"),
    ],
)
def test_words_beside_a_reason(text: str, means: str, reads: Reads, lexicon: Lexicon) -> None:
    made = statement(coded(lexicon, "anakinra"), "stopped", statusReason=[{"text": text}])
    therapies = reads([made]).profile.therapies
    assert therapies is not None
    assert therapies[0].stopped_because == means


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("no toxicity", "unknown"),
        ("sintol?", "unknown"),
        ("ineffective", "unknown"),
        ("Suspected intolerance", "intolerance"),
        ("suspected intolerance: rash", "intolerance"),
        ("side effects", "intolerance"),
        ("see the letter", "intolerance"),
    ],
)
def test_a_code_of_a_reason_and_its_text(
    text: str, means: str, reads: Reads, lexicon: Lexicon
) -> None:
    reason = concept((REASONS, "sintol"), text=text)
    made = request(coded(lexicon, "anakinra"), "stopped", statusReason=reason)
    therapies = reads([made]).profile.therapies
    assert therapies is not None
    assert therapies[0].stopped_because == means


def test_an_event_that_its_text_denies_is_none(reads: Reads, lexicon: Lexicon) -> None:
    reason = coded(lexicon, "neutropenia") | {"text": "no neutropenia"}
    reading = reads([request(coded(lexicon, "anakinra"), "stopped", statusReason=reason)])
    assert reading.profile.adverse_events is None
    assert reading.profile.therapies is not None
    assert reading.profile.therapies[0].stopped_because == "unknown"


def test_reasons_on_what_goes_on_are_no_stop(reads: Reads, lexicon: Lexicon) -> None:
    paused = request(coded(lexicon, "anakinra"), "on-hold", statusReason={"text": "ineffective"})
    therapies = reads([paused]).profile.therapies
    assert therapies is not None
    assert therapies[0].stopped_because == "unknown"


def test_an_event_as_the_reason_is_an_event_with_the_drug(reads: Reads, lexicon: Lexicon) -> None:
    made = statement(
        coded(lexicon, "anakinra"), "stopped", statusReason=[coded(lexicon, "neutropenia")]
    )
    reading = reads([made])
    assert reading.profile.therapies is not None
    assert reading.profile.therapies[0].stopped_because == "intolerance"
    assert reading.profile.adverse_events is not None
    event = reading.profile.adverse_events[0]
    assert (event.event, event.with_drug) == ("neutropenia", "anakinra")


def test_a_stop_with_a_reason_is_kept_beside_a_new_order(reads: Reads, lexicon: Lexicon) -> None:
    drug = coded(lexicon, "anakinra")
    old = request(
        drug, "stopped", number=2, authoredOn="2020", statusReason={"text": "ineffective"}
    )
    reading = reads([request(drug, authoredOn="2026-01"), old])
    assert drugs(reading) == [("anakinra", "current"), ("anakinra", "past")]
    assert reading.profile.therapies is not None
    assert reading.profile.therapies[1].stopped_because == "no-response"


# --- months ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "period", "months"),
    [
        ("stopped", {"start": "2025-01-01", "end": "2025-07-02"}, 6.0),
        ("active", {"start": "2026-08-23"}, 3.0),
        ("stopped", {"start": "2025-01-01"}, None),
        ("stopped", {"start": "2025", "end": "2026"}, None),
        ("stopped", {"start": "2026-01-01", "end": "2025-01-01"}, None),
        ("stopped", {"start": "2027-01-01"}, None),
    ],
)
def test_months_only_from_exact_days(
    status: str, period: dict[str, str], months: float | None, reads: Reads, lexicon: Lexicon
) -> None:
    made = statement(coded(lexicon, "anakinra"), status, effectivePeriod=period)
    therapies = reads([made]).profile.therapies
    assert therapies is not None
    assert therapies[0].months == months


# --- draft orders ------------------------------------------------------------------------------


def test_draft_orders_are_under_consideration(reads: Reads, lexicon: Lexicon) -> None:
    draft = request(coded(lexicon, "canakinumab"), "draft", number="d")
    untyped = {each: draft[each] for each in draft if each != "resourceType"}
    for orders in ([draft], bundle(draft), {"entry": [{"resource": draft}]}, [untyped], untyped):
        reading = reads([patient()], draft_orders=orders)
        assert reading.profile.considering == ("canakinumab",)
        assert reading.profile.therapies is None
        assert reading.facts[-1].field == "considering[0]"


def test_draft_orders_that_consider_nothing(reads: Reads, lexicon: Lexicon) -> None:
    drug = coded(lexicon, "canakinumab")
    empty = {"resourceType": "MedicationRequest", "status": "draft"}
    stopping = request(drug, "stopped")
    other = request(drug, "draft", subject={"reference": "Patient/other"})
    service = resource("ServiceRequest", status="draft")
    changed = request(drug, "draft", modifierExtension=[{"url": "urn:x", "valueBoolean": True}])
    drafts = [empty, stopping, other, service, changed, None, "x"]
    reading = reads([patient()], draft_orders=drafts)
    assert reading.profile.considering == ()
    expected = {"no medication", "of another patient", "an extension changes its meaning"}
    assert expected <= whys(reading)


def test_every_resource_of_a_drug_stands_in_its_facts(reads: Reads, lexicon: Lexicon) -> None:
    drug = coded(lexicon, "anakinra")
    done = [request(drug, "completed", number=each) for each in range(3)]
    failed = request(drug, "stopped", number="s", statusReason={"text": "ineffective"})
    reading = reads([request(drug, number="a"), *done])
    assert drugs(reading) == [("anakinra", "current")]
    assert reading.facts[-1].resource == "MedicationRequest/medi-a"
    assert reading.facts[-1].count == 4
    over = reads([failed, *done])
    assert drugs(over) == [("anakinra", "past")]
    assert over.facts[0].resource == "MedicationRequest/medi-s"
    assert over.facts[0].count == 4
