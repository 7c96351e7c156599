"""Courses as Phenopackets: read by the schema's own classes, strictly, with nothing made up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from phenopackets import Cohort, Phenopacket

from export.invariants import walk
from seriatim import load_knowledge
from seriatim.export import cohort, phenopacket

if TYPE_CHECKING:
    from seriatim.knowledge.library import KnowledgeBase

COURSES = sorted(load_knowledge().courses)


def packet(knowledge: KnowledgeBase, course: str) -> dict[str, Any]:
    return phenopacket(knowledge, knowledge.courses[f"nyu-2022-il1/{course}"])


def row_of(found: dict[str, Any]) -> str:
    return str(found["metaData"]["externalReferences"][1]["description"])


@pytest.mark.parametrize("course", COURSES)
def test_each_course_is_valid(knowledge: KnowledgeBase, course: str) -> None:
    found = phenopacket(knowledge, knowledge.courses[course])
    read = ParseDict(found, Phenopacket(), ignore_unknown_fields=False)
    assert MessageToDict(read) == found


@pytest.mark.parametrize("course", COURSES)
def test_what_the_schema_calls_required_is_there(knowledge: KnowledgeBase, course: str) -> None:
    found = phenopacket(knowledge, knowledge.courses[course])
    meta = found["metaData"]
    assert found["id"] == course
    assert found["subject"]["id"]
    assert meta["created"]
    assert meta["createdBy"]
    assert meta["phenopacketSchemaVersion"]
    for each in meta["resources"]:
        assert set(each) == {"id", "name", "url", "version", "namespacePrefix", "iriPrefix"}
        assert all(each.values())
    assert "agent" in found["medicalActions"][0]["treatment"]
    # a dose interval must have its dates, and no row prints any
    assert "doseIntervals" not in found["medicalActions"][0]["treatment"]


@pytest.mark.parametrize("course", COURSES)
def test_every_prefix_has_its_resource_and_no_other(knowledge: KnowledgeBase, course: str) -> None:
    found = phenopacket(knowledge, knowledge.courses[course])
    terms = [v for _p, _k, v in walk(found) if isinstance(v, dict) and set(v) == {"id", "label"}]
    assert terms
    for each in terms:
        assert re.fullmatch(r"[A-Za-z0-9]+:\S+", each["id"])
    used = {each["id"].partition(":")[0] for each in terms}
    assert {each["namespacePrefix"] for each in found["metaData"]["resources"]} == used


def test_strictness_can_fail() -> None:
    with pytest.raises(ParseError):
        ParseDict({"id": "x", "name": "y"}, Phenopacket(), ignore_unknown_fields=False)


def test_an_open_term_is_no_disease(knowledge: KnowledgeBase) -> None:
    found = packet(knowledge, "T2R7")
    assert "diseases" not in found
    assert "treatmentTarget" not in found["medicalActions"][0]
    assert "diagnosis \u201cSS\u201d" in row_of(found)
    assert "The diagnosis is open" in row_of(found)
    assert "no unit is printed" in row_of(found)


def test_all_that_the_schema_cannot_hold_is_said(knowledge: KnowledgeBase) -> None:
    said = row_of(packet(knowledge, "T2R4"))
    for part in ("Table 2 row 4, p. 208", "150mg q28 days", "Anakinra", "20", "dates of treatment"):
        assert part in said


def test_responses_and_events_travel(knowledge: KnowledgeBase) -> None:
    action = packet(knowledge, "T2R4")["medicalActions"][0]
    assert action["responseToTreatment"]["id"] == "SERIATIM:response-none"
    for name, view in knowledge.courses.items():
        action = phenopacket(knowledge, view)["medicalActions"][0]
        events = view.course.adverse_events.events  # type: ignore[union-attr]
        assert len(action.get("adverseEvents", ())) == len(events), name


def test_only_verified_codes_stand_alone(knowledge: KnowledgeBase) -> None:
    status = {
        code.code.rpartition(":")[2]: code.status
        for concept in knowledge.lexicon.concepts.values()
        for code in concept.codes
    }
    for view in knowledge.courses.values():
        for _path, _key, value in walk(phenopacket(knowledge, view)):
            if isinstance(value, dict) and set(value) == {"id", "label"}:
                prefix, _, local = value["id"].partition(":")
                assert prefix == "SERIATIM" or status[local] == "verified"


def test_versions_are_those_that_were_read(knowledge: KnowledgeBase) -> None:
    resources = {e["id"]: e for e in packet(knowledge, "T1R9")["metaData"]["resources"]}
    assert resources["hp"]["version"].startswith("Human Phenotype Ontology 2025-01-16")
    assert "2026-08-21" in resources["mondo"]["version"]


def test_a_cohort_holds_all(knowledge: KnowledgeBase) -> None:
    found = cohort(knowledge, list(knowledge.courses.values()))
    read = ParseDict(found, Cohort(), ignore_unknown_fields=False)
    assert MessageToDict(read) == found
    assert [each["id"] for each in found["members"]] == list(knowledge.courses)
    assert found["description"].startswith("24 published courses of 21 patients")


def test_a_series_that_prints_little_is_valid(two_series: KnowledgeBase) -> None:
    views = [each for each in two_series.courses.values() if each.series == "invented-2024"]
    found = cohort(two_series, views, "invented-2024")
    ParseDict(found, Cohort(), ignore_unknown_fields=False)
    bare = found["members"][1]
    assert "sex" not in bare["subject"]
    assert "timeAtLastEncounter" not in bare["subject"]
    assert "Not held here: age; sex; dose;" in row_of(bare)
    ParseDict(cohort(two_series, []), Cohort(), ignore_unknown_fields=False)
