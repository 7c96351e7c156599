"""A whole look-up and its parts, beside a plain loop in the same run."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from profiles import WORKED, patients

from seriatim import Engine, PatientProfile


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.default()


@pytest.fixture
def worked() -> PatientProfile:
    return PatientProfile(**WORKED)


def test_plain_loop_of_this_machine(benchmark: Any) -> None:
    benchmark(lambda: sum(range(10_000)))


def test_look_up_of_the_worked_answer(
    benchmark: Any, engine: Engine, worked: PatientProfile
) -> None:
    assert benchmark(engine.look_up, worked).findings


def test_look_up_of_fresh_patients(benchmark: Any, engine: Engine) -> None:
    ready = itertools.cycle(list(itertools.islice(patients(), 2_000)))
    benchmark(lambda: engine.look_up(next(ready)))


def test_normalise(benchmark: Any, engine: Engine, worked: PatientProfile) -> None:
    benchmark(engine._normaliser.understand, worked)


def test_infer_by_durable_rules(benchmark: Any, engine: Engine, worked: PatientProfile) -> None:
    facts = engine._normaliser.understand(worked).facts
    benchmark(engine._infer, facts)


def test_infer_by_the_reference(benchmark: Any, engine: Engine, worked: PatientProfile) -> None:
    facts = engine._normaliser.understand(worked).facts
    benchmark(engine._reference.evaluate, facts)
