"""The published schemas take every shipped file and refuse what is plainly wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from seriatim.knowledge.schemas import DIALECT, json_schemas
from seriatim.knowledge.yamltext import read_yaml

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = json_schemas()
FILES = sorted([*ROOT.glob("cases/**/*.yaml"), *ROOT.glob("rules/**/*.yaml")])


def kind_of(path: Path) -> str:
    name = path.relative_to(ROOT).as_posix()
    if name in {"cases/library.yaml", "rules/vocabulary.yaml"}:
        return path.stem
    folder = path.parent.name
    return {"terms": "terms", "labels": "label", "cases": "series"}.get(folder, "rule")


def problems(kind: str, value: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator(SCHEMAS[kind])
    return [each.message for each in validator.iter_errors(value)]


@pytest.mark.parametrize("kind", sorted(SCHEMAS))
def test_each_is_a_schema_of_the_dialect(kind: str) -> None:
    schema = SCHEMAS[kind]
    assert schema["$schema"] == DIALECT
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_shipped_file_is_valid(path: Path) -> None:
    document = read_yaml(path.read_bytes(), path.name)
    assert document.diagnostics == []
    assert problems(kind_of(path), document.value) == []


PROFILES: list[dict[str, Any]] = [
    {},
    {"age": 40, "diagnoses": ["Behçet's disease"], "therapies": ["colchicine"]},
    {"age": {"months": 7}, "sex": None, "therapies": None, "pregnancy": "unknown"},
    {"diagnoses": [{"term": "AOSD", "status": "history"}], "observations": {"neutrophils": 1.2}},
    {"therapies": [{"drug": "anakinra", "response": "partial"}, "MTX"], "age": None},
]


@pytest.mark.parametrize("profile", PROFILES)
def test_profiles_are_taken_as_people_write_them(profile: dict[str, Any]) -> None:
    assert problems("profile", profile) == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("profile", {"diagnosis": "AOSD"}),
        ("profile", {"diagnoses": "AOSD"}),
        ("profile", {"therapies": [{"response": "partial"}]}),
        ("profile", {"sex": "f"}),
        ("library", {"version": "1"}),
        ("terms", {"kind": "disease", "sources": {}, "concepts": []}),
        ("vocabulary", {"families": {}, "conclusions": {"x": {}}}),
        ("label", {"id": "Kineret US"}),
    ],
)
def test_what_is_wrong_is_refused(kind: str, value: Any) -> None:
    assert problems(kind, value) != []


@pytest.mark.parametrize(
    ("path", "bad"),
    [
        (("courses", 0, "age", "years"), 340),
        (("courses", 0, "id"), "T1"),
        (("courses", 0, "months", "months"), -1),
        (("courses", 0, "age", "printed"), 48),
        (("claims", 2, "recompute"), {"count": {}, "individuals": {}}),
        (("document", "sha256"), "bc18"),
        (("courses",), []),
    ],
)
def test_what_is_wrong_in_a_series_is_refused(path: tuple[str | int, ...], bad: Any) -> None:
    series = read_yaml((ROOT / "cases/nyu-2022-il1.yaml").read_bytes(), "series").value
    inner = series
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = bad
    assert problems("series", series) != []


RULE: dict[str, Any] = {
    "id": "a-rule",
    "title": "A rule",
    "family": "limits",
    "status": "active",
    "rationale": "To be tested.",
    "drawn_from": [{"note": "a test"}],
    "author": "Someone",
    "created": "2026-01-01",
    "revised": "2026-01-01",
    "for": {"drug": "any"},
    "when": [{"considering": "$drug"}, {"any": [{"age": {"below": 18}}, {"not": {"sex": "male"}}]}],
    "then": {"ask": {"fact": "age", "because": "It decides."}},
}


def test_a_rule_is_taken_with_its_conditions() -> None:
    assert problems("rule", RULE) == []


@pytest.mark.parametrize(
    "change",
    [
        {"when": []},
        {"when": [{"age": 18}]},
        {"when": [{"age": {"under": 18}}]},
        {"when": [{"tried": "a", "had": "b"}]},
        {"when": [{"response": {"to": "a"}}]},
        {"then": {}},
        {"then": {"ask": {"fact": "a", "because": "b"}, "conclude": {"x": True}}},
        {"status": "new"},
    ],
)
def test_a_rule_that_is_wrong_is_refused(change: dict[str, Any]) -> None:
    assert problems("rule", RULE | change) != []
