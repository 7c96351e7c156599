"""docs/store.md names every column and nothing else, and its commands run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seriatim.cli.guard import run
from seriatim.store.reading import columns
from seriatim.store.writer import LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[2] / "docs/store.md").read_text("utf-8")


@pytest.mark.parametrize("kind", ["shown", "feedback"])
def test_every_column_is_named(kind: str) -> None:
    _, _, after = PAGE.partition(f"\n`{kind}`, one row for each")
    table = after.split("\n\n")[1]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == columns(kind)


def test_the_longest_queue() -> None:
    assert f"at most {LIMIT:,}\nrecords" in PAGE


def commands() -> Iterator[list[str]]:
    for line in re.findall(r"^\$ seriatim (.+)$", PAGE, re.MULTILINE):
        yield shlex.split(line)


def test_its_commands_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(list(commands())) == 5
    for each in commands():
        assert run(each) == 0
    assert capfdbinary.readouterr().err == b""
    assert (tmp_path / "feedback.csv").read_text("utf-8").startswith("service,card,outcome,")
