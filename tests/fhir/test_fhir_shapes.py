"""Every shape in which clients send FHIR, and what is no FHIR at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fhir_charts import TODAY, bundle, coded, condition, patient, request

from seriatim.errors import SeriatimError
from seriatim.fhir import FhirError, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim import Engine
    from seriatim.fhir import Reading
    from seriatim.knowledge.lexicon import Lexicon

    Reads = Callable[..., Reading]


@pytest.fixture(scope="session")
def resources(lexicon: Lexicon) -> list[dict[str, Any]]:
    return [
        patient(),
        condition(coded(lexicon, "behcet-disease")),
        request(coded(lexicon, "colchicine")),
    ]


def test_every_shape_says_the_same(reads: Reads, resources: list[dict[str, Any]]) -> None:
    expected = reads(resources).profile
    assert len(expected.diagnoses) == 1
    lines = "\n".join(json.dumps(each) for each in resources)
    shapes = [
        bundle(*resources),
        {"patient": resources[0], "rest": bundle(*resources[1:])},
        {"all": bundle(*resources)},
        {"patient": resources[0], "list": resources[1:]},
        {"entry": [{"resource": each} for each in resources]},
        [bundle(each) for each in resources],
        bundle(bundle(*resources) | {"id": "inner"}),
        (json.loads(line) for line in lines.splitlines()),
        tuple(resources),
    ]
    for shape in shapes:
        assert reads(shape).profile == expected


def test_the_order_does_not_matter(reads: Reads, resources: list[dict[str, Any]]) -> None:
    there, back = reads(resources), reads(list(reversed(resources)))
    assert there.profile == back.profile
    assert sorted(map(str, there.facts)) == sorted(map(str, back.facts))


def test_null_and_errors_in_a_prefetch(reads: Reads, resources: list[dict[str, Any]]) -> None:
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}
    reading = reads({"patient": resources[0], "conditions": None, "drugs": outcome, "n": 3})
    assert [(each.resource_type, each.count) for each in reading.skipped] == [
        ("(not FHIR)", 1),
        ("OperationOutcome", 1),
        ("prefetch", 1),
    ]
    assert reading.incomplete
    assert reading.profile.sex == "female"


def test_a_page_of_several_is_incomplete(reads: Reads, resources: list[dict[str, Any]]) -> None:
    paged = bundle(*resources) | {"link": [{"relation": "self"}, {"relation": "next"}]}
    reading = reads(paged)
    assert reading.incomplete
    assert [each.why for each in reading.skipped] == ["more pages follow that are not here"]
    assert not reads(bundle(*resources)).incomplete


def test_absence_is_unknown(reads: Reads, engine: Engine) -> None:
    reading = reads([patient()])
    profile = reading.profile
    assert profile.therapies is None
    assert profile.adverse_events is None
    assert profile.therapies_complete is False
    asked = {each.fact for each in engine.look_up(profile).missing}
    assert "the diagnosis" in asked


def test_known_events_do_not_close_the_list(reads: Reads, engine: Engine, lexicon: Lexicon) -> None:
    event = {
        "resourceType": "AdverseEvent",
        "id": "e",
        "actuality": "actual",
        "subject": {"reference": "Patient/p1"},
        "event": coded(lexicon, "acute-pancreatitis"),
    }
    behcet = condition(coded(lexicon, "behcet-disease"))
    drafts = [request(coded(lexicon, "anakinra"), "draft")]
    profile = reads([patient(), behcet, event], draft_orders=drafts).profile
    assert profile.adverse_events_complete is False
    assert "adverse events so far" in {each.fact for each in engine.look_up(profile).missing}
    closed = profile.model_copy(update={"adverse_events_complete": True})
    assert "adverse events so far" not in {each.fact for each in engine.look_up(closed).missing}


@pytest.mark.parametrize("data", [{}, [], (), {"patient": None}, [None]])
def test_nothing_is_no_error(data: Any, reads: Reads) -> None:
    reading = reads(data)
    assert reading.resources == 0
    assert reading.facts == ()


@pytest.mark.parametrize(
    "data",
    [None, 3, "Patient", b"{}", True, {"a": 1}, [1, 2], {"name": "x", "id": "y"}, [{"a": {}}]],
)
def test_what_is_not_fhir_is_said(data: Any, engine: Engine) -> None:
    with pytest.raises(FhirError, match="FHIR") as caught:
        read(data, engine.knowledge, today=TODAY)
    assert isinstance(caught.value, SeriatimError)
    assert "send a Bundle" in str(caught.value)


def test_deep_nesting_is_cut_off(reads: Reads, resources: list[dict[str, Any]]) -> None:
    deep: dict[str, Any] = bundle(*resources)
    for number in range(20):
        deep = bundle(deep | {"id": str(number)})
    reading = reads(deep)
    assert reading.resources == 0
    assert [each.why for each in reading.skipped] == ["nested too deeply"]
    within: Any = resources
    for _each in range(100_000):
        within = [within]
    assert reads([resources[0], within]).resources == 1


def test_plain_data_has_no_identifier(reads: Reads, resources: list[dict[str, Any]]) -> None:
    named = resources[0] | {
        "name": [{"family": "Canaryfamily", "given": ["Canarygiven"]}],
        "identifier": [{"system": "urn:mrn", "value": "CANARY-1"}],
        "telecom": [{"value": "canary@example.org"}],
        "text": {"div": "Canarydiv"},
    }
    noted = resources[1] | {"note": [{"text": "Canarynote"}], "id": "Canary Id With Blanks"}
    ordered = resources[2] | {
        "dosageInstruction": [{"text": "Canarydose"}],
        "status": "stopped",
        "statusReason": {"text": "ineffective said Canarydoctor"},
    }
    reading = reads(bundle(named, noted, ordered))
    shown = json.dumps(reading.as_json())
    assert "anary" not in shown
    assert named["birthDate"] not in shown
    assert set(reading.as_json()) >= {"profile", "facts", "conflicts", "skipped", "unrecognised"}
    assert reading.profile.therapies is not None
    assert reading.profile.therapies[0].stopped_because == "no-response"
