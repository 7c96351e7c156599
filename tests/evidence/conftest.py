"""One engine for all tests of the evidence."""

from __future__ import annotations

import pytest

from seriatim import Engine


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine.default()
