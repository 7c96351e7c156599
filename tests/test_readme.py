"""The README is executed: its session, its profile, its Python, and the commands it lists."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from seriatim import Engine
from seriatim.cli.app import app, command

PATH = Path(__file__).parents[1] / "README.md"
README = PATH.read_text(encoding="utf-8")
HASH = re.compile(r"\([0-9a-f]{8}\)")


def block(after: str) -> str:
    """The text of the first code block after a piece of the README."""
    rest = README[README.index(after) + len(after) :]
    found = re.search(r"```\w*\n(.*?)```", rest, re.DOTALL)
    assert found is not None
    return found.group(1)


def test_the_session_is_what_the_command_prints() -> None:
    marker = re.search(r"<!-- session: (.*) -->", README)
    assert marker is not None
    result = CliRunner().invoke(app, shlex.split(marker.group(1)))
    assert result.exit_code == 0
    shown = block(marker.group(0))
    if os.environ.get("SERIATIM_UPDATE_GOLDEN"):
        PATH.write_text(README.replace(shown, result.stdout), encoding="utf-8")
        pytest.skip("the README was written anew")
    assert HASH.sub("", result.stdout) == HASH.sub("", shown)


def test_the_run_command_is_the_session() -> None:
    marker = re.search(r"<!-- session: (.*) -->", README)
    assert marker is not None
    command = block("<!-- run -->").strip()
    assert "\n" not in command
    assert command.endswith(f".venv/bin/seriatim {marker.group(1)}")


def test_the_profile_file_is_understood(tmp_path: Path) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text(block("or `-`:"), encoding="utf-8")
    result = CliRunner().invoke(app, ["lookup", str(profile)])
    assert result.exit_code == 0
    assert "T2R4" in result.stdout


def test_the_python_prints_what_is_shown() -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(block("## From Python"), {})  # noqa: S102 - the README's own lines
    shown = block("print(case.course, case.response.level, case.dose.printed)\n```")
    assert printed.getvalue() == shown


@pytest.mark.parametrize("command", re.findall(r"^\| `seriatim (\w+)", README, re.MULTILINE))
def test_every_command_of_the_table_has_help(command: str) -> None:
    assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0


def test_every_command_is_in_the_table() -> None:
    listed = re.findall(r"^\| `seriatim (\w+)", README, re.MULTILINE)
    assert set(listed) == set(command().commands)


def test_the_counts_of_the_limits_are_true() -> None:
    engine = Engine.default()
    assert f"{len(engine.cases)} courses" in README
    assert len(engine.knowledge.series) == 1
