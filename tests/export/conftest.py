"""The shipped library, and one with a second series that prints little."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from second_series import both
from seriatim import load_knowledge

if TYPE_CHECKING:
    from seriatim.knowledge.library import KnowledgeBase


@pytest.fixture(scope="session")
def knowledge() -> KnowledgeBase:
    return load_knowledge()


@pytest.fixture(scope="session")
def two_series(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return load_knowledge(both(tmp_path_factory.mktemp("two") / "knowledge"))
