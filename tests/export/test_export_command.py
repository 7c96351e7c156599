"""`seriatim export`, and which courses it takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from seriatim import ProfileError
from seriatim.cli.app import app
from seriatim.export import courses_named, fhir_bundle, phenopacket
from seriatim.render.json import to_json

if TYPE_CHECKING:
    from seriatim.knowledge.library import KnowledgeBase

COURSE = "nyu-2022-il1/T2R4"


def test_a_bundle(knowledge: KnowledgeBase) -> None:
    result = CliRunner().invoke(app, ["export", COURSE])
    assert result.exit_code == 0
    assert result.stdout == to_json(fhir_bundle(knowledge, [knowledge.courses[COURSE]]))


def test_a_phenopacket_by_its_short_id(knowledge: KnowledgeBase) -> None:
    result = CliRunner().invoke(app, ["export", "T2R4", "--format", "phenopacket"])
    assert json.loads(result.stdout) == phenopacket(knowledge, knowledge.courses[COURSE])


def test_a_series_is_a_cohort_under_its_name() -> None:
    arguments = ["export", "--series", "nyu-2022-il1", "--format", "phenopacket"]
    found = json.loads(CliRunner().invoke(app, arguments).stdout)
    assert found["id"] == "nyu-2022-il1"
    assert len(found["members"]) == 24


def test_order_is_that_of_the_library(knowledge: KnowledgeBase) -> None:
    found = courses_named(knowledge, ["T2R4", "nyu-2022-il1/T1R1", "T2R4"])
    assert [each.id for each in found] == ["nyu-2022-il1/T1R1", COURSE]


def test_every_unknown_id_is_named_at_once(knowledge: KnowledgeBase) -> None:
    with pytest.raises(ProfileError) as caught:
        courses_named(knowledge, ["T2R44", "T1R1", "nothing"])
    assert [each.field for each in caught.value.problems] == ["course", "course"]
    assert COURSE in caught.value.problems[0].nearest


def test_an_id_of_two_series_is_refused(two_series: KnowledgeBase) -> None:
    with pytest.raises(ProfileError, match="several series"):
        courses_named(two_series, ["T1R1"])
    assert len(courses_named(two_series, ["T1R1"], "nyu-2022-il1")) == 1


def test_an_unknown_series_is_refused(knowledge: KnowledgeBase) -> None:
    with pytest.raises(ProfileError) as caught:
        courses_named(knowledge, [], "nyu-2022")
    assert caught.value.problems[0].nearest == ("nyu-2022-il1",)
