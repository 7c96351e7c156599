"""Whose record it is, how old they are, and everybody else left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fhir_charts import bundle, coded, condition, patient

from seriatim.model.profile import Months

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.fhir import Reading
    from seriatim.knowledge.lexicon import Lexicon

    Reads = Callable[..., Reading]


def whys(reading: Reading) -> set[str]:
    return {each.why for each in reading.skipped}


def statements(reading: Reading) -> list[str]:
    return [each.statement for each in reading.conflicts]


@pytest.mark.parametrize(
    ("born", "age"),
    [
        ("1996-11-23", 30.0),  # today is the 23rd of November 2026
        ("1996-11-24", 29.0),
        ("1996-12", 29.0),
        ("1996-11", None),  # 29 or 30
        ("1996", None),
        ("2024-11-23", 2.0),
        ("2024-11-24", Months(months=23)),
        ("2026-11-23", Months(months=0)),
        ("2026-09", None),
        ("2026-11-24", None),
        ("1890-01-01", None),
        ("1896-11-23", 130.0),
        ("23.11.1996", None),
        ("1996-02-30", None),
        ("0000", None),
        ("", None),
        (19961123, None),
        (None, None),
    ],
)
def test_age(born: Any, age: Any, reads: Reads) -> None:
    reading = reads(patient(birthDate=born))
    assert reading.profile.age == age
    if isinstance(born, str) and age is None:
        assert any("no age" in each for each in whys(reading))
    assert all(str(born) not in str(each.as_json()) for each in reading.facts if born)


@pytest.mark.parametrize(
    ("gender", "sex"),
    [("female", "female"), ("MALE", "male"), ("other", "other"), ("F", "unknown"), (1, "unknown")],
)
def test_sex(gender: Any, sex: str, reads: Reads) -> None:
    assert reads(patient(gender=gender)).profile.sex == sex


def test_two_dates_of_birth_and_two_genders(reads: Reads) -> None:
    reading = reads([patient(30, "female"), patient(50, "male")])
    assert reading.profile.age is None
    assert reading.profile.sex == "unknown"
    assert statements(reading) == [
        "The patient has two dates of birth; no age.",
        "The patient is recorded with two genders.",
    ]


def test_deceased_replaced_and_not_in_use(reads: Reads) -> None:
    made = patient(
        deceasedDateTime="2020-01-01", active=False, link=[{"type": "replaced-by", "other": {}}]
    )
    assert statements(reads(made)) == [
        "The patient is recorded as deceased.",
        "This patient's record was replaced by another one.",
        "The patient's record is marked as not in use.",
    ]
    assert reads(patient(deceasedBoolean=False)).conflicts == ()


def test_what_is_of_another_patient_is_left_out_and_counted(reads: Reads, lexicon: Lexicon) -> None:
    behcet = coded(lexicon, "behcet-disease")
    others = [
        {"reference": "Patient/p2"},
        {"reference": "https://other.example.org/r4/Patient/p1"},
        {"reference": "Group/p1"},
        {"reference": "urn:uuid:0b5e7c1e-1111-4444-8888-3c5d9a000001"},
    ]
    made = [condition(behcet, number=n, subject=each) for n, each in enumerate(others)]
    reading = reads(bundle(patient(), *made))
    assert reading.profile.diagnoses == ()
    assert [(each.count, each.why) for each in reading.skipped] == [(4, "of another patient")]


@pytest.mark.parametrize(
    "reference",
    [
        "Patient/p1",
        "Patient/p1/_history/3",
        "https://fhir.example.org/r4/Patient/p1",
        "https://fhir.example.org/r4/Patient/p1/_history/3",
    ],
)
def test_ways_of_naming_the_patient(reference: str, reads: Reads, lexicon: Lexicon) -> None:
    made = condition(coded(lexicon, "behcet-disease"), subject={"reference": reference})
    assert len(reads(bundle(patient(), made)).profile.diagnoses) == 1


def test_a_subject_by_identifier(reads: Reads, lexicon: Lexicon) -> None:
    own = {"system": "urn:ids", "value": "1"}
    behcet = coded(lexicon, "behcet-disease")
    for identifier, count in ((own, 1), ({"system": "urn:ids", "value": "2"}, 0)):
        made = condition(behcet, subject={"identifier": identifier})
        reading = reads(bundle(patient(identifier=[own]), made))
        assert len(reading.profile.diagnoses) == count


def test_several_patients_are_never_mixed(reads: Reads, lexicon: Lexicon) -> None:
    second = patient(50, "male", id="p2")
    behcet = coded(lexicon, "behcet-disease")
    psoriasis = coded(lexicon, "psoriasis")
    data = [
        patient(),
        second,
        condition(behcet),
        condition(psoriasis, number=2, subject={"reference": "Patient/p2"}),
        condition(psoriasis, number=3, subject=None),
    ]
    unclear = reads(data)
    assert unclear.profile.diagnoses == ()
    assert unclear.profile.age is None
    assert "do not say which one is meant" in statements(unclear)[0]
    assert unclear.conflicts[0].resources == ("Patient/p1", "Patient/p2")

    told = reads(data, patient="p2")
    assert [each.term for each in told.facts if "diag" in each.field] == ["psoriasis"]
    assert told.profile.sex == "male"
    assert whys(told) == {
        "of another patient",
        "does not say whose it is, and there are several patients",
    }
    prefetch = {"patient": second, "all": bundle(*data[:1], *data[2:])}
    assert reads(prefetch).profile == told.profile


def test_without_a_patient_one_subject_is_enough(reads: Reads, lexicon: Lexicon) -> None:
    behcet = coded(lexicon, "behcet-disease")
    assert len(reads([condition(behcet)]).profile.diagnoses) == 1
    both = [condition(behcet), condition(behcet, number=2, subject={"reference": "Patient/p2"})]
    assert reads(both).profile.diagnoses == ()
    assert len(reads(both, patient="Patient/p2").profile.diagnoses) == 1


def test_of_two_versions_the_newer_one_counts(reads: Reads, lexicon: Lexicon) -> None:
    behcet = coded(lexicon, "behcet-disease")
    new = condition(behcet, "resolved", meta={"lastUpdated": "2026-02-01T00:00:00Z"})
    old = condition(behcet, "active", meta={"lastUpdated": "2020-02-01T00:00:00Z"})
    for order in ([new, old], [old, new]):
        reading = reads(order)
        assert [each.status for each in reading.profile.diagnoses] == ["history"]
        assert whys(reading) == {"a copy or another version of one that is here"}


def test_the_patient_that_is_meant_is_not_the_one_that_was_sent(
    reads: Reads, lexicon: Lexicon
) -> None:
    behcet = coded(lexicon, "behcet-disease")
    data = [patient(), condition(behcet), condition(behcet, number=2, subject=None)]
    reading = reads(data, patient="somebody-else")
    assert reading.profile.diagnoses == ()
    assert reading.profile.age is None
    assert whys(reading) == {
        "of another patient",
        "does not say whose it is, and there are several patients",
    }


def test_versions_that_do_not_say_which_is_last_are_both_weighed(
    reads: Reads, lexicon: Lexicon
) -> None:
    behcet = coded(lexicon, "behcet-disease")
    both = [condition(behcet), condition(behcet, verified="refuted")]
    for order in (both, both[::-1], [*both, both[0]]):
        reading = reads(order)
        assert statements(reading) == ["Behçet's disease is both asserted and refuted."]
    copies = reads([both[0], both[0], dict(both[0])])
    assert [(each.count, each.why) for each in copies.skipped] == [
        (2, "a copy or another version of one that is here")
    ]


def test_a_patient_without_an_id_and_what_names_one_patient(reads: Reads, lexicon: Lexicon) -> None:
    behcet = coded(lexicon, "behcet-disease")
    nameless = patient()
    del nameless["id"]
    reading = reads([nameless, condition(behcet)])
    assert len(reading.profile.diagnoses) == 1
    assert reading.profile.sex == "female"
    two = [condition(behcet), condition(behcet, number=2, subject={"reference": "Patient/p2"})]
    unclear = reads([nameless, *two])
    assert "do not say which one is meant" in statements(unclear)[0]
    assert unclear.profile.sex == "unknown"
