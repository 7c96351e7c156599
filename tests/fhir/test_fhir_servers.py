"""Resources of several servers, versions of one resource, and subjects that are hard to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fhir_charts import coded, condition, drugs, patient, request, resource, whys

from seriatim.fhir.subjects import ANOTHER, UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.fhir import Reading
    from seriatim.knowledge.lexicon import Lexicon

    Reads = Callable[..., Reading]

BEHCET = "behcet-disease"
A, B = "http://a.example/fhir", "http://b.example/fhir"
A_COPY = "a copy or another version of one that is here"
MISSING = "its medication is not in the data"


def entries(*listed: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A Bundle of resources, each of the server that is given; of none if that is empty."""
    made = []
    for server, each in listed:
        full_url = f"{server}/{each['resourceType']}/{each['id']}"
        made.append({"fullUrl": full_url, "resource": each} if server else {"resource": each})
    return {"resourceType": "Bundle", "type": "collection", "entry": made}


def of_medication(lexicon: Lexicon, drug: str) -> dict[str, Any]:
    return {"resourceType": "Medication", "id": "m1", "code": coded(lexicon, drug)}


def ordered(number: str = "9") -> dict[str, Any]:
    made = request({}) | {"id": number, "medicationReference": {"reference": "Medication/m1"}}
    del made["medicationCodeableConcept"]
    return made


# --- servers -----------------------------------------------------------------------------------


def test_a_relative_reference_stays_on_its_server(reads: Reads, lexicon: Lexicon) -> None:
    of_a, of_b = of_medication(lexicon, "anakinra"), of_medication(lexicon, "canakinumab")
    for order in ([(A, of_a), (B, of_b)], [(B, of_b), (A, of_a)]):
        reading = reads(entries(*order, (B, ordered())))
        assert drugs(reading) == [("canakinumab", "current")]
    alone = reads(entries((A, of_a), (B, ordered())))
    assert drugs(alone) == []
    assert whys(alone) == {MISSING}
    for server in ("", "urn:uuid:6f1c3a52"):
        assert drugs(reads(entries((A, of_a), (server, ordered())))) == [("anakinra", "current")]


def test_the_resource_of_the_same_server_is_the_nearest(reads: Reads, lexicon: Lexicon) -> None:
    unknown, own = of_medication(lexicon, "anakinra"), of_medication(lexicon, "canakinumab")
    reading = reads(entries(("", unknown), (B, own), (B, ordered())))
    assert drugs(reading) == [("canakinumab", "current")]
    assert drugs(reads(entries(("", unknown), (B, ordered())))) == [("anakinra", "current")]


def test_resources_of_two_servers_are_no_versions(reads: Reads, lexicon: Lexicon) -> None:
    one, other = (request(coded(lexicon, each)) for each in ("anakinra", "canakinumab"))
    reading = reads([patient(), entries((A, one), (B, other))])
    assert drugs(reading) == [("anakinra", "current"), ("canakinumab", "current")]
    assert whys(reading) == set()


@pytest.mark.parametrize("servers", [(A, A), (A, ""), ("", "")])
def test_versions_of_one_server_are(
    servers: tuple[str, str], reads: Reads, lexicon: Lexicon
) -> None:
    code = coded(lexicon, BEHCET)
    old = condition(code, meta={"versionId": "9"})
    new = condition(code, "resolved", meta={"versionId": "10"})
    for order in ((old, new), (new, old)):
        reading = reads(entries(*zip(servers, order, strict=True)))
        assert [each.status for each in reading.profile.diagnoses] == ["history"]
        assert whys(reading) == {A_COPY}


@pytest.mark.parametrize(
    ("server", "count"), [(A, 1), ("", 1), (B, 0), (f"{A}/deep", 0), ("http://a.example", 0)]
)
def test_a_relative_subject_is_of_the_server_of_its_resource(
    server: str, count: int, reads: Reads, lexicon: Lexicon
) -> None:
    ill = condition(coded(lexicon, BEHCET))
    for order in ([(A, patient()), (server, ill)], [(server, ill), (A, patient())]):
        reading = reads(entries(*order))
        assert len(reading.profile.diagnoses) == count
        assert whys(reading) == (set() if count else {ANOTHER})
    told = reads([patient(), entries((server, ill))])
    assert len(told.profile.diagnoses) == 1


def test_patients_of_two_servers_are_two(reads: Reads, lexicon: Lexicon) -> None:
    ill = condition(coded(lexicon, BEHCET))
    data = entries((A, patient()), (B, patient(50, "male")), (A, ill))
    for wanted in (None, "p1"):
        reading = reads(data, patient=wanted)
        assert reading.profile.diagnoses == ()
        assert "speak of several patients" in reading.conflicts[0].statement
    told = reads(data, patient=f"{A}/Patient/p1")
    assert told.profile.sex == "female"
    assert len(told.profile.diagnoses) == 1


@pytest.mark.parametrize("servers", [(A, "", B), ("", A, B), (A, B, "")])
def test_subjects_of_two_servers_are_two(
    servers: tuple[str, ...], reads: Reads, lexicon: Lexicon
) -> None:
    listed = [(each, condition(coded(lexicon, BEHCET))) for each in servers]
    reading = reads(entries(*listed))
    assert reading.profile.diagnoses == ()
    assert "speak of several patients" in reading.conflicts[0].statement


def test_an_address_that_does_not_end_in_type_and_id_says_nothing(
    reads: Reads, lexicon: Lexicon
) -> None:
    ill = condition(coded(lexicon, BEHCET))
    data = entries((A, patient()), (B, ill))
    for full_url in ("urn:uuid:1", f"{B}/x", 7, None):
        data["entry"][1]["fullUrl"] = full_url
        assert len(reads(data).profile.diagnoses) == 1


# --- versions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            {"lastUpdated": "2026-11-20T10:00:00+05:00"},
            {"lastUpdated": "2026-11-20T09:00:00Z"},
        ),
        (
            {"lastUpdated": "2026-11-20T09:00:00.1Z"},
            {"lastUpdated": "2026-11-20T09:00:00.1500000Z"},
        ),
        ({"lastUpdated": "2026-11-20"}, {"lastUpdated": "2026-11-21"}),
        ({"versionId": "1"}, {"versionId": "2"}),
        ({"versionId": "9"}, {"versionId": "10"}),
        (
            {"lastUpdated": "2026-11-20T10:00:00+01:00", "versionId": "1"},
            {"lastUpdated": "2026-11-20T09:00:00Z", "versionId": "2"},
        ),
        ({"versionId": "1", "lastUpdated": "soon"}, {"versionId": "2"}),
    ],
)
@pytest.mark.parametrize("verified", ["refuted", "entered-in-error"])
def test_the_later_version_counts(
    old: Any, new: Any, verified: str, reads: Reads, lexicon: Lexicon
) -> None:
    code = coded(lexicon, BEHCET)
    both = [condition(code, meta=old), condition(code, verified=verified, meta=new)]
    for order in (both, both[::-1]):
        reading = reads(order)
        assert reading.profile.diagnoses == ()
        assert whys(reading) == {verified.replace("-", " "), A_COPY}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"versionId": "a"}, {"versionId": "b"}),
        ({"versionId": "1"}, {"versionId": "²"}),
        ({"lastUpdated": "2026-11-20"}, {"lastUpdated": "2026-11-21T00:00:00Z"}),
        ({"lastUpdated": "2026-11-20T09:00:00Z"}, {}),
        ({}, None),
    ],
)
def test_versions_whose_order_is_not_said_are_both_weighed(
    one: Any, other: Any, reads: Reads, lexicon: Lexicon
) -> None:
    code = coded(lexicon, BEHCET)
    both = [condition(code, meta=one), condition(code, verified="refuted", meta=other)]
    for order in (both, both[::-1]):
        statements = [each.statement for each in reads(order).conflicts]
        assert statements == ["Behçet's disease is both asserted and refuted."]


# --- subjects ----------------------------------------------------------------------------------

MUM = {"resourceType": "Patient", "id": "mum"}
OWN = {"system": "urn:ids", "value": "1"}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"subject": {"reference": "#mum"}, "contained": [MUM]}, UNREADABLE),
        ({"subject": {"display": "Jane Roe (mother)"}}, UNREADABLE),
        ({"subject": {"identifier": OWN}}, UNREADABLE),
        ({"subject": {"reference": 7}}, UNREADABLE),
        ({"subject": 7}, UNREADABLE),
        ({"subject": {"extension": []}}, UNREADABLE),
        ({"subject": "Patient/p2"}, ANOTHER),
        ({"subject": "Jane Roe"}, ANOTHER),
        ({"subject": [{"reference": "Patient/p2"}]}, ANOTHER),
        ({"subject": [{"reference": "Patient/p1"}, {"reference": "Patient/p2"}]}, ANOTHER),
        ({"subject": None, "patient": {"reference": "Patient/p2"}}, ANOTHER),
        ({"patient": {"reference": "Patient/p2"}}, ANOTHER),
    ],
)
def test_a_subject_that_is_not_clearly_this_patient(
    fields: dict[str, Any], why: str, reads: Reads, lexicon: Lexicon
) -> None:
    made = condition(coded(lexicon, BEHCET)) | fields
    reading = reads([patient(), made])
    assert reading.profile.diagnoses == ()
    assert whys(reading) == {why}
    draft = request(coded(lexicon, "anakinra"), "draft") | fields
    ordered_ = reads([patient()], draft_orders=[draft])
    assert ordered_.profile.considering == ()
    assert whys(ordered_) == {why}


def test_the_other_field_of_an_allergy(reads: Reads, lexicon: Lexicon) -> None:
    made = resource("AllergyIntolerance", code=coded(lexicon, "anakinra"))
    del made["patient"]
    for reference, count in (("Patient/p1", 1), ("Patient/p2", 0)):
        reading = reads([patient(), made | {"subject": {"reference": reference}}])
        assert sum(each.field == "intolerance" for each in reading.facts) == count


@pytest.mark.parametrize(
    "subject",
    [
        None,
        {},
        [],
        "",
        "Patient/p1",
        [{"reference": "Patient/p1"}],
        {"reference": "Patient/p1", "display": "Jane Roe"},
    ],
)
def test_a_subject_that_is_this_patient_or_not_said(
    subject: Any, reads: Reads, lexicon: Lexicon
) -> None:
    made = condition(coded(lexicon, BEHCET)) | {"subject": subject}
    assert len(reads([patient(), made]).profile.diagnoses) == 1


def test_identifiers_alone_name_one_patient_or_several(reads: Reads, lexicon: Lexicon) -> None:
    code = coded(lexicon, BEHCET)
    one = condition(code, subject={"identifier": OWN})
    other = condition(code, number=2, subject={"identifier": OWN | {"value": "2"}})
    assert len(reads([one, one]).profile.diagnoses) == 1
    several = reads([one, other])
    assert several.profile.diagnoses == ()
    assert "speak of several patients" in several.conflicts[0].statement
    beside = reads([one, condition(code, number=3)])
    assert whys(beside) == {UNREADABLE}
    assert len(beside.profile.diagnoses) == 1
