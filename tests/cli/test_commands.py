"""The other commands, each in its forms, with its exit codes."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from seriatim import Engine
from seriatim.render.canvas import Canvas
from seriatim.render.rulebook import write_rule
from seriatim.render.table import cases_csv

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Result

    Cli = Callable[..., Result]

SERIES = "nyu-2022-il1"


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine.default()


# --- cases ----------------------------------------------------------------------------------------


def ids(result: Result) -> list[str]:
    assert result.code == 0
    return [each["course"].rpartition("/")[2] for each in json.loads(result.out)]


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (("--drug", "canakinumab", "--response", "none"), ["T2R4"]),
        (("--drug", "Kineret", "--diagnosis", "Behcet's disease"), ["T1R8", "T1R9"]),
        (("--after", "anakinra"), ["T2R1", "T2R4", "T2R6"]),
        (("--diagnosis", "Schnitzler syndrome"), ["T1R12", "T2R7", "T2R8", "T2R9"]),
        (("--diagnosis", "M04.1", "--drug", "canakinumab"), ["T2R6", "T2R10"]),
        (("--event", "neutropenia"), ["T1R9"]),
        (("--series", SERIES, "--event", "periorbital swelling"), ["T2R6"]),
    ],
)
def test_filters(cli: Cli, filters: tuple[str, ...], wanted: list[str]) -> None:
    assert ids(cli("cases", *filters, "--format", "json")) == wanted


def test_unknown_terms_of_filters(cli: Cli) -> None:
    result = cli("cases", "--drug", "anakira", "--diagnosis", "behets", "--series", "nope")
    assert (result.code, result.out) == (2, "")
    assert "'anakinra'" in result.err
    assert "Behçet's disease" in result.err
    assert SERIES in result.err


def test_every_field_of_every_course_survives_csv(cli: Cli, engine: Engine) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("cases", "--format", "csv").out)))
    assert [row["course"] for row in rows] == list(engine.cases)
    for row, case in zip(rows, engine.cases.values(), strict=True):
        assert row["dose_printed"].lstrip("'") == (case.dose.printed or "")
        assert json.loads(row["dose_regimens"]) == case.dose.model_dump(mode="json")["regimens"]
        assert row["previous"] == _listed(case.previous)
        assert row["response"] == (case.response.level or "")
        assert float(row["months"]) == case.months
        assert json.loads(row["linked"]) == [each.model_dump() for each in case.linked]
        assert row["diagnosis_could_be"] == "; ".join(case.diagnosis.could_be)


def _listed(cell: Any) -> str:
    return "" if cell is None else "; ".join(each.drug for each in cell) or "none"


def test_no_cell_can_be_taken_for_a_formula(engine: Engine) -> None:
    case = next(iter(engine.cases.values()))
    for start in (
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        " =",
        "\r\n+",
        "\u00a0@",
        "\uff1d",
        "\uff0b",
        " \uff0d",
        "\uff20",
    ):
        evil = case.model_copy(update={"note": f"{start}cmd|' /C calc'!A0"})
        (row,) = csv.DictReader(io.StringIO(cases_csv([evil])))
        shown = start.replace("\r\n", "\n").replace("\r", "\n")
        assert row["note"] == f"'{shown}cmd|' /C calc'!A0"


def test_cases_as_text_and_markdown(cli: Cli) -> None:
    text = cli("cases", "--diagnosis", "AOSD").out
    assert "✗ T1R1" in text
    assert "8 courses." in text
    assert cli("cases", "--format", "markdown").out.count("\n") == 26
    assert "0 courses." in cli("cases", "--drug", "canakinumab", "--event", "neutropenia").out


# --- rules, claims, schema ------------------------------------------------------------------------


def test_rules_by_family(cli: Cli, engine: Engine) -> None:
    text = cli("rules").out
    listed = json.loads(cli("rules", "--format", "json").out)
    assert [each["id"] for each in listed] == [each.id for each in engine.knowledge.rules]
    for each in engine.knowledge.rules:
        assert each.id in text


def test_every_rule_in_words(engine: Engine) -> None:
    for each in engine.knowledge.rules:
        canvas = Canvas()
        write_rule(canvas, engine.knowledge, each, 1)
        assert " ".join(each.rationale.split()) in " ".join(canvas.text().split())
        assert not set("${}") & set(canvas.text())


def test_one_rule(cli: Cli) -> None:
    out = cli("rules", "same-kind-of-response-before").out
    assert "- PRIOR brought a partial response only" in out
    assert "nyu-2022-il1, Tables 1 and 2, rows that carry a dagger" in out


def test_one_rule_as_json(cli: Cli) -> None:
    rule = json.loads(cli("rules", "same-diagnosis", "--format", "json").out)
    assert rule["conditions"] == ["diagnosis DIAGNOSIS", "DRUG is in question"]
    assert rule["groundings"] > 0
    assert rule["drawn_from"]


def test_a_rule_that_is_not_there(cli: Cli) -> None:
    result = cli("rules", "same-diagnoses")
    assert result.code == 2
    assert "same-diagnosis" in result.err


def test_observations(cli: Cli) -> None:
    assert "neutrophil count (a number, 10^9/L, 0 to 200)" in cli("rules", "--observations").out
    found = json.loads(cli("rules", "--observations", "--format", "json").out)
    assert found["pregnancy"]["type"] == "yes-no"


def test_claims(cli: Cli, engine: Engine) -> None:
    claims = json.loads(cli("claims", SERIES, "--format", "json").out)
    assert [each["claim"] for each in claims] == [
        each.id for each in engine.knowledge.series[SERIES].claims
    ]
    against = json.loads(cli("claims", "--contradicted", "--format", "json").out)
    assert against == [each for each in claims if each["verdict"] == "contradicted"]
    text = cli("claims", "--contradicted").out
    assert "switched-with-success: contradicted" in text
    assert "against it: T2R4" in text
    assert f"{len(against)} contradicted" in text
    result = cli("claims", "nyu-2022")
    assert (result.code, result.out) == (2, "")
    assert f"there is {SERIES}; did you mean '{SERIES}'?" in result.err


def test_schema(cli: Cli) -> None:
    every = json.loads(cli("schema").out)
    assert json.loads(cli("schema", "profile").out) == every["profile"]
    result = cli("schema", "ruel")
    assert (result.code, result.out) == (2, "")
    assert f"there is {', '.join(every)}; did you mean 'rule'" in result.err


# --- check ----------------------------------------------------------------------------------------


def test_check_of_the_shipped_knowledge_is_clean(cli: Cli) -> None:
    assert cli("check").code == 0
    assert json.loads(cli("check", "--format", "json").out) == []
    assert cli("check", "--format", "github").out == ""


def test_check_of_a_folder_a_file_and_of_another(cli: Cli, knowledge: Path) -> None:
    rule = knowledge / "rules" / "dose" / "flare-doses.yaml"
    rule.write_text(rule.read_text("utf-8").replace("title:", "titel:"), "utf-8")
    for path in (knowledge, knowledge / "rules", knowledge / "rules" / "dose", rule):
        result = cli("check", str(path))
        assert result.code == 1
        assert "flare-doses.yaml:2:1: error [M201]" in result.out
    assert cli("check", str(knowledge / "cases")).code == 0
    found = json.loads(cli("check", str(rule), "--format", "json").out)[-1]
    assert (found["code"], found["line"], found["nearest"]) == ("M201", 2, ["title"])
    github = cli("check", str(rule), "--format", "github").out
    assert all(line.startswith("::error file=") for line in github.splitlines())
    assert ",line=2,col=1,title=M201::" in github


def test_check_shows_hostile_names_harmlessly(cli: Cli, knowledge: Path) -> None:
    (knowledge / "rules/dose/a%,:\x1b[31m\n::set-env::\u202e.yaml").write_text("id: x\n", "utf-8")
    text = cli("check", str(knowledge)).out
    assert not {"\x1b", "\u202e"} & set(text)
    assert "\n::" not in text
    for line in cli("check", str(knowledge), "--format", "github").out.splitlines():
        path = line.removeprefix("::error file=").partition(",line=")[0]
        assert path.endswith("a%25%2C%3A\ufffd[31m%0A%3A%3Aset-env%3A%3A\ufffd.yaml")
    plain = cli("check", str(knowledge), "--format", "json").out
    assert plain.isascii()
    assert json.loads(plain)[0]["path"].endswith("\u202e.yaml")


def test_a_draft_is_verified_and_not_listed(cli: Cli, knowledge: Path, tmp_path: Path) -> None:
    file = knowledge / "cases/nyu-2022-il1.yaml"
    draft = file.read_text("utf-8").replace("nyu-2022-il1", "other")
    draft = draft.replace("status: active", "status: draft")
    (knowledge / "cases/other.yaml").write_text(draft, "utf-8")
    at = ("--knowledge", str(knowledge))
    (tmp_path / "letter.txt").write_text("nothing", "utf-8")
    assert cli("verify", "other", "--document", str(tmp_path / "letter.txt"), *at).code == 1
    assert cli("claims", "other", *at).code != 0
    assert cli("cases", *at).out == cli("cases").out


@pytest.mark.parametrize("path", ["/nowhere", "/"])
def test_check_of_no_knowledge(cli: Cli, path: str) -> None:
    assert cli("check", path).code == 2


def test_look_up_over_broken_knowledge_cannot_run(cli: Cli, knowledge: Path) -> None:
    (knowledge / "cases" / "library.yaml").unlink()
    result = cli("lookup", "--diagnosis", "AOSD", "--knowledge", str(knowledge))
    assert (result.code, result.out) == (2, "")
    assert "cases/library.yaml" in result.err


# --- verify ---------------------------------------------------------------------------------------


def test_verify_against_a_text_without_the_cells(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Nothing of it is here.", "utf-8")
    result = cli("verify", SERIES, "--document", str(path))
    assert result.code == 1
    assert "rows: 0 of 24" in result.out
    found = json.loads(cli("verify", SERIES, "--document", str(path), "--format", "json").out)
    assert found["ok"] is False
    assert found["same_document"] is False


def test_verify_cannot_run(cli: Cli, tmp_path: Path) -> None:
    pdf = tmp_path / "letter.pdf"
    pdf.write_bytes(b"%PDF-1.7 ...")
    assert cli("verify", SERIES, "--document", str(pdf)).code == 2
    assert cli("verify", SERIES, "--document", "/nowhere").code == 2
    assert cli("verify", "nope", "--document", str(pdf)).code == 2
    assert cli("verify", SERIES).code == 2
    pdf.write_bytes(b"\xff")
    assert cli("verify", SERIES, "--document", str(pdf)).code == 2
    pdf.write_bytes(b" " * 10_000_001)
    assert "larger than" in cli("verify", SERIES, "--document", str(pdf)).err
    assert cli("verify", SERIES, "--document", str(pdf)).code == 2


@pytest.mark.parametrize(
    "wrong",
    [
        ("cases", "--response", "nil"),
        ("cases", "--drug", "nosuch"),
        ("cases", "--series", "nosuch"),
        ("export", "nosuch"),
        ("export", "--series", "nosuch"),
        ("rules", "nosuch"),
        ("store", "purge", "--older-than", "long"),
    ],
)
def test_a_name_or_word_that_is_not_known_is_no_problem_that_was_found(
    cli: Cli, wrong: tuple[str, ...]
) -> None:
    result = cli(*wrong)
    assert (result.code, result.out) == (2, "")
