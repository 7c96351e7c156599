from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fhir_charts import TODAY

from seriatim import Engine
from seriatim.fhir import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.fhir import Reading
    from seriatim.knowledge.lexicon import Lexicon


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine.default()


@pytest.fixture(scope="session")
def lexicon(engine: Engine) -> Lexicon:
    return engine.knowledge.lexicon


@pytest.fixture(scope="session")
def reads(engine: Engine) -> Callable[..., Reading]:
    """Reads data on the day of the tests, and holds that what comes out can be looked up."""

    def reading(data: Any, **more: Any) -> Reading:
        found = read(data, engine.knowledge, today=TODAY, **more)
        engine.look_up(found.profile)
        return found

    return reading
