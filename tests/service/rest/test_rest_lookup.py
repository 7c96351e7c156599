"""Look-ups over REST: the engine's answers, in the command line's bytes, and what is noted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from scenario_files import answer_files, read
from seriatim.cli.app import app
from seriatim.errors import DisagreementError
from seriatim.export import fhir_bundle
from seriatim.render.json import render_json
from seriatim.render.markdown import render_markdown

if TYPE_CHECKING:
    from pathlib import Path

    from seriatim.pipeline import Engine
    from service.conftest import Caller, KeptInMemory

WORKED = [  # the six of the first design, and what came to them
    answer for path in answer_files() if path.stem == "worked" for answer in read(path)["answers"]
]
PROFILE = {"age": 30, "diagnoses": ["Behçet's disease"], "considering": ["canakinumab"]}
LOOKUP = "/api/v1/lookup"
FHIR = {"content-type": "application/fhir+json"}


@pytest.mark.parametrize("answer", WORKED, ids=lambda each: each["name"])
def test_worked_answers_are_the_engines(
    answer: dict[str, Any], rest: Caller, engine: Engine
) -> None:
    found = rest.post(LOOKUP, json=answer["profile"])
    assert found.status_code == 200
    assert found.content == render_json(engine.look_up(answer["profile"])).encode()


def test_bytes_are_those_of_the_command_line(rest: Caller, tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    path.write_text(json.dumps(PROFILE), "utf-8")
    printed = CliRunner().invoke(app, ["lookup", str(path), "--format", "json"])
    assert rest.post(LOOKUP, json=PROFILE).content == printed.stdout_bytes


def test_no_cache_may_keep_it(rest: Caller) -> None:
    found = rest.post(LOOKUP, json=PROFILE)
    assert found.headers["cache-control"] == "no-store"
    assert "etag" not in found.headers


def test_what_was_shown_is_noted_without_the_patient(
    rest: Caller, kept: KeptInMemory, engine: Engine
) -> None:
    before = len(kept.shown)
    found = rest.post(LOOKUP, json={**PROFILE, "age": 31}).json()
    [shown] = kept.shown[before:]
    assert shown.report_id == found["report_id"]
    assert shown.knowledge_hash == engine.knowledge.hash
    assert shown.courses == tuple(each["course"] for each in found["cases"])
    assert set(shown.rules) == {each["rule"] for each in found["fired"]}
    assert (shown.hook, shown.client) == ("rest", "anonymous")


def test_what_was_refused_is_not_noted(rest: Caller, kept: KeptInMemory) -> None:
    before = len(kept.shown)
    assert rest.post(LOOKUP, json={"diagnoses": ["nothing at all"]}).status_code == 422
    assert rest.post(LOOKUP, json=PROFILE, headers={"accept": "image/png"}).status_code == 406
    assert len(kept.shown) == before


def test_markdown_holds_everything(rest: Caller, engine: Engine) -> None:
    found = rest.post(LOOKUP, json=PROFILE, headers={"accept": "text/markdown"})
    assert found.headers["content-type"] == "text/markdown; charset=utf-8"
    report = engine.look_up(PROFILE)
    assert found.text == render_markdown(report, everything=True)
    why = rest.post(f"{LOOKUP}?why=true&format=markdown", json=PROFILE)
    assert why.text == render_markdown(report, why=True, everything=True)


def test_a_page(rest: Caller) -> None:
    found = rest.post(LOOKUP, json=PROFILE, headers={"accept": "text/html"})
    assert found.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>" in found.text
    assert "T2R4" in found.text
    assert "?format=" not in found.text  # a POST cannot be followed as a link


# --- what is wrong --------------------------------------------------------------------------------


def test_every_wrong_field_has_a_pointer(rest: Caller) -> None:
    found = rest.post(LOOKUP, json={"age": "x", "therapies": [{"drug": "a", "respons": 1}]})
    assert found.status_code == 422
    assert found.headers["content-type"] == "application/problem+json"
    errors = {each["pointer"]: each for each in found.json()["errors"]}
    assert set(errors) == {"/age", "/therapies/0/respons"}
    assert errors["/therapies/0/respons"]["nearest"] == ["response"]


def test_a_number_beyond_all_bounds_is_refused_at_its_place(rest: Caller) -> None:
    sent = b'{"age": 1e400, "therapies": [{"drug": "anakinra", "months": -1e400}]}'
    found = rest.post(LOOKUP, content=sent, headers={"content-type": "application/json"})
    assert found.status_code == 422
    said = {each["pointer"]: each["detail"] for each in found.json()["errors"]}
    assert said == dict.fromkeys(("/age", "/therapies/0/months"), "must be a finite number")


def test_unknown_terms_have_the_nearest_names(rest: Caller) -> None:
    given = {"diagnoses": ["Behcet diseas"], "therapies": ["colchicin"], "considering": ["anakira"]}
    found = rest.post(LOOKUP, json=given).json()
    errors = {each["pointer"]: each["nearest"] for each in found["errors"]}
    assert errors["/diagnoses/0"] == ["Behçet's disease"]
    assert "colchicine" in errors["/therapies/0/drug"]
    assert "anakinra" in errors["/considering/0"]


@pytest.mark.parametrize("body", [[], "x", 1, None, True])
def test_a_body_that_is_no_object(rest: Caller, body: Any) -> None:
    found = rest.post(
        LOOKUP, content=json.dumps(body), headers={"content-type": "application/json"}
    )
    assert found.status_code == 422
    assert found.json()["errors"][0]["pointer"] == ""


def test_a_body_that_is_no_json(rest: Caller) -> None:
    kind = {"content-type": "application/json"}
    assert rest.post(LOOKUP, content=b"{", headers=kind).status_code == 400
    other = rest.post(LOOKUP, content=b"{}", headers={"content-type": "text/plain"})
    assert other.status_code == 415
    assert "application/fhir+json" in other.json()["detail"]


def test_faults_are_bounded(rest: Caller) -> None:
    found = rest.post(LOOKUP, json={f"field{n}": 1 for n in range(300)}).json()
    assert len(found["errors"]) == 100
    assert found["detail"] == "300 problems, of which the first 100 are listed."
    many = rest.post(LOOKUP, json={"considering": [f"nothing{n}" for n in range(300)]}).json()
    assert len(many["errors"]) <= 100


def test_engines_that_disagree_give_no_answer(
    rest: Caller, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disagree(_profile: Any) -> None:
        raise DisagreementError(["same-diagnosis (x)"], [])

    monkeypatch.setattr(engine, "look_up", disagree)
    found = rest.post(LOOKUP, json=PROFILE)
    assert found.status_code == 500
    assert found.json()["type"].endswith("engines-disagree")
    assert "same-diagnosis" in found.json()["detail"]


# --- FHIR -----------------------------------------------------------------------------------------


def bundle_of(engine: Engine, course: str) -> dict[str, Any]:
    view = engine.knowledge.courses[f"nyu-2022-il1/{course}"]
    return fhir_bundle(engine.knowledge, [view])


def test_a_bundle_is_read_and_answered(rest: Caller, engine: Engine) -> None:
    found = rest.post(LOOKUP, content=json.dumps(bundle_of(engine, "T2R4")), headers=FHIR).json()
    assert set(found) == {"report", "reading"}
    assert [each["field"] for each in found["reading"]["facts"]]
    concepts = {each["concept"] for each in found["report"]["profile"]["diagnoses"]}
    assert concepts == {"behcet-disease"}
    assert "nyu-2022-il1/T2R4" in [each["course"] for each in found["report"]["cases"]]
    # what was read gives the same report as a profile
    again = rest.post(LOOKUP, json=found["reading"]["profile"]).json()
    assert again == found["report"]


def test_a_bundle_as_markdown_says_what_was_read(rest: Caller, engine: Engine) -> None:
    content = json.dumps(bundle_of(engine, "T2R4"))
    found = rest.post(f"{LOOKUP}?format=markdown", content=content, headers=FHIR)
    assert "## Read from FHIR" in found.text
    page = rest.post(f"{LOOKUP}?format=html", content=content, headers=FHIR)
    assert "<h2>Read from FHIR</h2>" in page.text


def test_what_is_not_fhir_is_refused(rest: Caller) -> None:
    found = rest.post(LOOKUP, content=json.dumps({"age": 30}), headers=FHIR)
    assert found.status_code == 422
    assert found.json()["type"].endswith("not-fhir")
    assert "resourceType" in found.json()["detail"]
    assert "NDJSON" not in found.json()["detail"]


def test_fhir_that_is_not_said_to_be(rest: Caller, engine: Engine) -> None:
    found = rest.post(LOOKUP, json=bundle_of(engine, "T2R4"))
    assert found.status_code == 415
    assert "application/fhir+json" in found.json()["detail"]


def test_fhir_is_noted_too(rest: Caller, engine: Engine, kept: KeptInMemory) -> None:
    before = len(kept.shown)
    rest.post(LOOKUP, content=json.dumps(bundle_of(engine, "T1R4")), headers=FHIR)
    assert len(kept.shown) == before + 1


def test_a_large_body_is_answered_the_same(rest: Caller, engine: Engine) -> None:
    bundle = bundle_of(engine, "T2R4")
    small = rest.post(LOOKUP, content=json.dumps(bundle), headers=FHIR)
    padded = json.dumps(bundle) + " " * 300_000
    assert rest.post(LOOKUP, content=padded, headers=FHIR).content == small.content


# --- replay ---------------------------------------------------------------------------------------

REPLAY = "/api/v1/replay"


def test_the_same_report_is_identical(rest: Caller) -> None:
    report = rest.post(LOOKUP, json=PROFILE).json()
    found = rest.post(REPLAY, json=report).json()
    assert found["result"] == "identical"
    assert found["changes"] == []


def test_changes_are_those_of_the_command_line(rest: Caller, tmp_path: Path) -> None:
    report = rest.post(LOOKUP, json=PROFILE).json()
    report["summary"] = ["something else"]
    del report["limits"]
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report), "utf-8")
    printed = CliRunner().invoke(app, ["replay", str(path), "--format", "json"])
    found = rest.post(REPLAY, json=report)
    assert found.content == printed.stdout_bytes
    assert {each["path"] for each in found.json()["changes"]} >= {"$.summary[0]", "$.limits"}
    assert "answer changed" in rest.post(f"{REPLAY}?format=markdown", json=report).text


@pytest.mark.parametrize("body", [{}, [], {"given": {}, "knowledge": 1}, {"given": []}])
def test_what_is_no_report_is_refused(rest: Caller, body: Any) -> None:
    found = rest.post(REPLAY, json=body)
    assert (found.status_code, found.json()["type"]) == (422, "urn:seriatim:problem:not-a-report")


def test_a_report_whose_profile_is_wrong(rest: Caller) -> None:
    found = rest.post(REPLAY, json={"knowledge": {}, "given": {"considering": ["anakira"]}})
    assert found.status_code == 422
    assert found.json()["errors"][0]["pointer"] == "/given/considering/0"


@pytest.mark.parametrize(
    "report", [{"knowledge": {}, "given": {}}, {"knowledge": {"hash": []}, "given": {}}]
)
def test_a_poor_report_is_compared_all_the_same(rest: Caller, report: Any) -> None:
    assert rest.post(REPLAY, json=report).status_code == 200
