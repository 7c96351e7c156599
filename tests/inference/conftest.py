"""The shipped engine, and the words of its library."""

from __future__ import annotations

import pytest

from random_profiles import Vocabulary
from seriatim import Engine


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.default()


@pytest.fixture(scope="module")
def vocabulary(engine: Engine) -> Vocabulary:
    return Vocabulary(engine.knowledge)
