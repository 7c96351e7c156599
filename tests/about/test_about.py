"""Source attributes and the basis for review: complete, and from the series' own fields."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from second_series import both
from seriatim import PatientProfile, load_knowledge
from seriatim.about import about, sections
from seriatim.cli.app import app
from seriatim.knowledge.load import read_knowledge
from seriatim.render.json import to_json
from seriatim.render.sections import sections_markdown

if TYPE_CHECKING:
    from pathlib import Path

    from seriatim.knowledge.library import KnowledgeBase

ATTRIBUTES = [
    *("citation", "developer", "funding", "dates", "race", "ethnicity", "language"),
    *("sexual-orientation", "gender-identity", "sex", "date-of-birth"),
    *("social-determinants-of-health", "health-status-assessments"),
]
POINTS = {
    *("intended-use", "intended-users", "intended-patients", "not-time-critical", "inputs"),
    *("logic", "data", "validation", "limits", "this-patient"),
}


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    return load_knowledge()


@pytest.fixture(scope="module")
def account(knowledge: KnowledgeBase) -> dict[str, Any]:
    return about(knowledge)


def attributes(series: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in series["source_attributes"]["attributes"]}


def test_the_thirteen_attributes_in_order(account: dict[str, Any]) -> None:
    [series] = account["series"]
    found = series["source_attributes"]["attributes"]
    assert [each["id"] for each in found] == ATTRIBUTES
    assert [each["number"] for each in found] == list(range(1, 14))


def test_every_point_of_the_guidance(account: dict[str, Any]) -> None:
    assert {each["id"] for each in account["basis_for_review"]["points"]} == POINTS


def test_what_nobody_stated_is_said_to_be_not_stated(account: dict[str, Any]) -> None:
    funding = attributes(account["series"][0])["funding"]
    assert funding["stated"] is False
    assert funding["says"] == "Not stated."


def test_dates_and_citation_are_the_series_own(
    account: dict[str, Any], knowledge: KnowledgeBase
) -> None:
    series = knowledge.series["nyu-2022-il1"]
    found = attributes(account["series"][0])
    assert found["dates"]["published_online"] == series.citation.published_online
    assert found["dates"]["revised"] == series.revised
    for author in series.citation.authors:
        assert author in found["citation"]["says"]


def test_whether_the_series_reports_it(account: dict[str, Any]) -> None:
    found = attributes(account["series"][0])
    assert {name: found[name]["reported"] for name in ATTRIBUTES[4:]} == {
        "race": "not reported",
        "ethnicity": "not reported",
        "language": "not reported",
        "sexual-orientation": "not stated",
        "gender-identity": "not stated",
        "sex": "printed",
        "date-of-birth": "printed",
        "social-determinants-of-health": "not stated",
        "health-status-assessments": "not reported",
    }


def test_what_is_not_used_has_no_place_in_a_profile(
    account: dict[str, Any], knowledge: KnowledgeBase
) -> None:
    asked = " ".join([*PatientProfile.model_fields, *knowledge.vocabulary.observations])
    for name, each in attributes(account["series"][0]).items():
        if each.get("use") == "not used":
            assert name.split("-")[0] not in asked.replace("_", " ").split()


def test_counts_are_those_of_the_rows(account: dict[str, Any]) -> None:
    data = account["series"][0]["data"]
    assert (data["courses"], data["patients"], data["patients_if_probable_links"]) == (24, 21, 19)
    assert data["ages"] == {
        "n": 24,
        "min": 19,
        "max": 70,
        "says": "Age is printed for 24 of 24 courses: 19 to 70 years.",
    }
    assert data["sexes"]["patients"] == {"female": 15, "male": 6}
    assert sum(data["diagnoses"].values()) == sum(data["drugs"].values()) == 24
    assert data["diagnoses"]["SS as printed"] == 4
    assert data["claims"]["contradicted"] > 0
    assert len(data["appraisal"]["items"]) == 8


def test_it_covers_every_series(tmp_path: Path) -> None:
    account = about(load_knowledge(both(tmp_path / "knowledge")))
    first, second = sorted(account["series"], key=lambda each: each["id"])
    assert first["id"] == "invented-2024"
    data = first["data"]
    assert data["ages"]["says"] == "Age is printed for 1 of 4 courses: 8 to 8 years."
    assert data["sexes"]["patients"] == {"male": 1}
    assert attributes(first)["race"]["reported"] == "not stated"
    assert second["id"] == "nyu-2022-il1"


def test_a_library_without_texts_says_so(tmp_path: Path) -> None:
    root = both(tmp_path / "knowledge")
    path = root / "cases" / "library.yaml"
    path.write_text(path.read_text("utf-8").partition("about:")[0], "utf-8")
    account = about(load_knowledge(root))
    assert account["basis_for_review"] == {
        "after": account["basis_for_review"]["after"],
        "stated": False,
        "points": [],
    }
    for series in account["series"]:
        found = attributes(series)
        assert list(found) == ATTRIBUTES
        assert found["citation"]["stated"] is True
        for name in ATTRIBUTES[1:3] + ATTRIBUTES[4:]:
            assert found[name]["stated"] is False
    assert "Not stated by this library." in sections_markdown(sections(account))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("use: used in part", "use: often", "M203"),
        ("id: race", "id: races", "M203"),
        ("  developer:", "  maker: nobody\n  developer:", "M201"),
    ],
)
def test_a_wrong_text_is_a_diagnostic(tmp_path: Path, old: str, new: str, code: str) -> None:
    root = both(tmp_path / "knowledge")
    path = root / "cases" / "library.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    known, found = read_knowledge(root)
    assert known is None
    errors = {(each.code, each.path) for each in found if each.severity == "error"}
    assert (code, "cases/library.yaml") in errors


# --- the command ----------------------------------------------------------------------------------


def test_json_of_the_command(account: dict[str, Any]) -> None:
    result = CliRunner().invoke(app, ["about", "--format", "json"])
    assert result.exit_code == 0
    assert result.stdout == to_json(account)
    assert json.loads(result.stdout) == account


def test_text_and_markdown_hold_every_statement(account: dict[str, Any]) -> None:
    text = " ".join(CliRunner().invoke(app, ["about"]).stdout.split())
    markdown = CliRunner().invoke(app, ["about", "--format", "markdown"]).stdout
    for point in account["basis_for_review"]["points"]:
        for said in point["says"]:
            assert said in text
            assert said in markdown
    for limit in account["series"][0]["data"]["limits"]:
        assert limit in text
        assert limit in markdown
    assert "3. Funding source of the technical implementation: Not stated." in text
    assert markdown.startswith("# About Seriatim\n")
