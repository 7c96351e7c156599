"""The answers that must come out, each derived once, and the files that show them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seriatim import Engine
from seriatim.cli.profile_file import read_profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim import EvidenceReport

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine.default()


@pytest.fixture(scope="session")
def report_of(engine: Engine) -> Callable[[str], EvidenceReport]:
    """The report of tests/golden/NAME.profile.yaml."""
    known: dict[str, EvidenceReport] = {}

    def look_up(name: str) -> EvidenceReport:
        if name not in known:
            document = read_profile(str(GOLDEN / f"{name}.profile.yaml"))
            known[name] = engine.look_up(document.value)
        return known[name]

    return look_up


@pytest.fixture
def golden(engine: Engine) -> Callable[[str, str], None]:
    """Hold text against a file of tests/golden, hashes aside."""
    hash_ = engine.knowledge.hash

    def check(name: str, text: str) -> None:
        masked = text.replace(hash_, "0" * 64).replace(hash_[:8], "0" * 8)
        masked = re.sub(r"sha256:[0-9a-f]{64}", f"sha256:{'0' * 64}", masked)
        path = GOLDEN / name
        if os.environ.get("SERIATIM_UPDATE_GOLDEN"):
            path.write_bytes(masked.encode())
        assert path.read_bytes().decode() == masked, f"{name} differs; see tests/golden/README.md"

    return check
