"""Requests made up from the description: no 500, no hang, answers as described."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from seriatim.service.rest.operations import BASE

if TYPE_CHECKING:
    from fastapi import FastAPI

DESCRIPTION = "/api/v1/openapi.json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SLOWEST = 5.0
"""Seconds that one answer may take, on a busy machine."""


SOME = {f"{BASE}{each}" for each in ("/lookup", "/replay", "/cases", "/terms", "/rules/{rule}")}
"""The operations of the default run."""


def fuzz(app: FastAPI, mode: GenerationMode, examples: int, *, only: frozenset[str] | None) -> int:
    """Calls operations with requests that fit them, or do not; how many."""
    schema = schemathesis.openapi.from_asgi(DESCRIPTION, app, headers={"host": "localhost"})
    n = 0
    for each in schema.get_all_operations():
        operation = each.ok()
        if only is not None and operation.path not in only:
            continue

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def call(case: Any) -> None:
            nonlocal n
            started = time.perf_counter()
            response = case.call(base_url="http://localhost")
            assert time.perf_counter() - started < SLOWEST
            case.validate_response(response, checks=CHECKS)
            n += 1

        call()
    return n


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_a_few(rest_app: FastAPI, mode: GenerationMode) -> None:
    assert fuzz(rest_app, mode, 4, only=frozenset(SOME)) >= 8


@pytest.mark.campaign
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_very_many_of_every_operation(rest_app: FastAPI, mode: GenerationMode) -> None:
    assert fuzz(rest_app, mode, 300, only=None) >= 2000
