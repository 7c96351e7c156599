"""The shipped knowledge, read once, and again as plain YAML for independent checks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from seriatim.knowledge.load import load_knowledge

if TYPE_CHECKING:
    from seriatim.knowledge.library import KnowledgeBase

ROOT = Path(__file__).resolve().parents[2]
SERIES = "nyu-2022-il1"


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def knowledge() -> KnowledgeBase:
    return load_knowledge(ROOT)


@pytest.fixture(scope="session")
def plain() -> dict[str, Any]:
    """The series as another reader sees it; CBaseLoader gives every scalar as text."""
    text = (ROOT / "cases" / f"{SERIES}.yaml").read_text("utf-8")
    return dict(yaml.load(text, Loader=yaml.CBaseLoader))  # noqa: S506, TID251
