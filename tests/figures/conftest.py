"""Answers and their figures, each made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from large_series import three
from pictured import LARGE, PROFILES, link

from seriatim import Engine
from seriatim.figures import Figure, figures_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.model.evidence import EvidenceReport


@pytest.fixture(scope="session")
def report_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], EvidenceReport]:
    """The report of one of `PROFILES`."""
    engines: dict[bool, Engine] = {}
    known: dict[str, EvidenceReport] = {}

    def engine(*, large: bool) -> Engine:
        if large not in engines:
            root = three(tmp_path_factory.mktemp("three")) if large else None
            engines[large] = Engine.at(root)
        return engines[large]

    def look_up(name: str) -> EvidenceReport:
        if name not in known:
            known[name] = engine(large=name == LARGE).look_up(PROFILES[name])
        return known[name]

    return look_up


@pytest.fixture(scope="session")
def figures(
    report_of: Callable[[str], EvidenceReport],
) -> Callable[[str], dict[str, Figure]]:
    """The figures of one of `PROFILES` by their names."""
    known: dict[str, dict[str, Figure]] = {}

    def draw(name: str) -> dict[str, Figure]:
        if name not in known:
            known[name] = {each.name: each for each in figures_of(report_of(name), link=link)}
        return known[name]

    return draw
