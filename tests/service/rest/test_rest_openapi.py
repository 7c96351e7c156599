"""The description: OpenAPI 3.1 as it should be, examples that fit, and answers that conform."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.openapi.models import OpenAPI
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from seriatim.service.rest.operations import BASE
from seriatim.service.rest.routes import Rest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from seriatim.pipeline import Engine
    from service.conftest import Caller

METHODS = {"get", "post"}


def walk(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def resolve(description: dict[str, Any], value: Any) -> Any:
    while isinstance(value, dict) and "$ref" in value:
        found: Any = description
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        value = found
    return value


def problems(description: dict[str, Any], schema: Any, value: Any) -> list[str]:
    root = "urn:description"
    resource = DRAFT202012.create_resource({**description, "$id": root})
    registry: Any = Registry().with_resource(root, resource)
    whole = json.loads(json.dumps(schema).replace('"#/', f'"{root}#/'))
    validator = Draft202012Validator(whole, registry=registry)
    return [f"{each.json_path}: {each.message[:200]}" for each in validator.iter_errors(value)]


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in description["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def test_it_is_openapi_3_1(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1.")
    OpenAPI.model_validate(description)
    assert not (
        {"nullable", "x-nullable"} & {key for key, _value in walk(description["components"])}
    )


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    refs = {value for key, value in walk(description) if key == "$ref" and isinstance(value, str)}
    assert refs
    for each in refs:
        assert each.startswith("#/components/"), each
        assert resolve(description, {"$ref": each}) is not None


def test_every_schema_is_one(description: dict[str, Any]) -> None:
    for name, schema in description["components"]["schemas"].items():
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name)
        Draft202012Validator.check_schema(schema)
    for _path, _method, operation in operations(description):
        for key, value in walk(operation):
            if key == "schema":
                Draft202012Validator.check_schema(value)


def test_every_operation_is_described(description: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _p, _m, operation in operations(description)]
    assert len(ids) == len(set(ids))
    tags = {each["name"] for each in description["tags"]}
    for path, method, operation in operations(description):
        assert operation["summary"], path
        assert operation["description"], path
        assert set(operation["tags"]) <= tags
        needed = {"200", "400", "401", "403", "406", "429", "500", "503"}
        needed |= {"304"} if method == "get" else {"408", "413", "415", "422"}
        needed |= {"404"} if "{" in path else set()
        assert needed <= set(operation["responses"]), path
        named = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))


def test_every_error_is_a_problem(description: dict[str, Any]) -> None:
    for name, response in description["components"]["responses"].items():
        assert response["description"], name
        [media] = response["content"]
        assert media == "application/problem+json"
        for example in response["content"][media].get("examples", {}).values():
            schema = response["content"][media]["schema"]
            assert problems(description, schema, example["value"]) == []
            assert str(example["value"]["status"]) == name.removeprefix("Error")
    shown = [
        n
        for n, e in description["components"]["responses"].items()
        if "examples" in e["content"]["application/problem+json"]
    ]
    assert {"Error400", "Error404", "Error406", "Error422"} <= set(shown)


def contents(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from operation["responses"]["200"]["content"].values()
    yield from operation.get("requestBody", {}).get("content", {}).values()


def test_every_example_fits_its_schema(description: dict[str, Any]) -> None:
    n = 0
    for path, method, operation in operations(description):
        for content in contents(operation):
            for example in content.get("examples", {}).values():
                value = resolve(description, example)["value"]
                assert problems(description, content["schema"], value) == [], (path, method)
                n += 1
    assert n >= len(description["paths"]) - 3


def test_parameters_examples_fit(description: dict[str, Any]) -> None:
    for path, _method, operation in operations(description):
        for each in operation.get("parameters", ()):
            if "example" in each:
                assert problems(description, each["schema"], each["example"]) == [], path


def test_examples_are_real(description: dict[str, Any], rest: Caller) -> None:
    for path, method, operation in operations(description):
        if method != "get" or path.startswith((f"{BASE}/openapi", f"{BASE}/schemas")):
            continue
        given = {each["name"]: each.get("example") for each in operation["parameters"]}
        query = {
            each["name"]: each["example"]
            for each in operation["parameters"]
            if each["in"] == "query" and "example" in each
        }
        at = re.sub(r"{(\w+)}", lambda found, known=given: str(known[found[1]]), path)
        found = rest.request("GET", at, params=query).json()
        content = next(iter(operation["responses"]["200"]["content"].values()))
        shown = content["examples"]["real"]["value"]
        if isinstance(shown, list):
            assert found[: len(shown)] == shown
        elif isinstance(shown, dict) and set(shown) < set(found):
            assert shown.items() <= found.items()
        else:
            assert found == shown


def test_examples_of_the_look_up_are_real(description: dict[str, Any], rest: Caller) -> None:
    operation = description["paths"][f"{BASE}/lookup"]["post"]
    sent = operation["requestBody"]["content"]
    answers = operation["responses"]["200"]["content"]["application/json"]["examples"]
    profile = sent["application/json"]["examples"]["real"]["value"]
    found = rest.post(f"{BASE}/lookup", json=profile).json()
    assert found == resolve(description, answers["profile"])["value"]
    bundle = sent["application/fhir+json"]["examples"]["real"]["value"]
    kind = {"content-type": "application/fhir+json"}
    found = rest.post(f"{BASE}/lookup", content=json.dumps(bundle), headers=kind).json()
    assert found == answers["fhir"]["value"]
    assert found["reading"]["facts"]


def test_every_route_is_described(description: dict[str, Any], rest_app: FastAPI) -> None:
    served = {f"{BASE}{path}" for path in Rest(rest_app.state.context).handlers()}
    assert served == set(description["paths"])


REQUESTS = [
    *("", "/cases?drug=canakinumab", "/cases?drug=rilonacept", "/cases?format=phenopacket"),
    *("/series", "/claims", "/rules", "/observations", "/terms?q=s", "/terms?q=zzz", "/knowledge"),
    *("/about", "/schemas", "/openapi.json", "/series/nyu-2022-il1", "/terms/urticaria"),
]


@pytest.mark.parametrize("path", REQUESTS)
def test_answers_conform(description: dict[str, Any], rest: Caller, path: str) -> None:
    found = rest.get(BASE + path)
    operation = description["paths"][self_or_template(description, path.partition("?")[0])]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert problems(description, schema, found.json()) == []


def self_or_template(description: dict[str, Any], path: str) -> str:
    for each in description["paths"]:
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", each), BASE + path):
            return str(each)
    raise AssertionError(path)


def test_every_course_and_rule_conforms(
    description: dict[str, Any], rest: Caller, engine: Engine
) -> None:
    schema = {"$ref": "#/components/schemas/Course"}
    for each in rest.get(f"{BASE}/cases").json():
        assert problems(description, schema, each) == []
    for profile in ({}, {"diagnoses": ["SS"]}, {"diagnoses": ["AOSD"], "age": 8}):
        report = rest.post(f"{BASE}/lookup", json=profile).json()
        assert problems(description, {"$ref": "#/components/schemas/Report"}, report) == []
    assert len(engine.knowledge.courses) == 24


def test_errors_conform(description: dict[str, Any], rest: Caller) -> None:
    schema = {"$ref": "#/components/schemas/Problem"}
    found = [
        rest.get(f"{BASE}/cases?x=1"),
        rest.get(f"{BASE}/cases/a/b"),
        rest.get(f"{BASE}/nothing"),
        rest.get(f"{BASE}/about", headers={"accept": "image/png"}),
        rest.post(f"{BASE}/about"),
        rest.post(f"{BASE}/lookup", json={"x": 1}),
        rest.post(f"{BASE}/lookup", content=b"x"),
    ]
    assert [each.status_code for each in found] == [400, 404, 404, 406, 405, 422, 415]
    for each in found:
        assert problems(description, schema, each.json()) == []
