"""As a user meets it: a process, a pipe, a terminal, a signal; and what is not loaded for it."""

from __future__ import annotations

import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from fcntl import ioctl
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import seriatim
from seriatim.cli import guard

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Result

    Process = Callable[..., Result]
    Cli = Callable[..., Result]

LOOKUP = ("lookup", "--diagnosis", "Behçet's disease", "--considering", "canakinumab")
SOURCE = str(Path(seriatim.__file__).resolve().parents[1])


def on_a_terminal(columns: int, **more: str) -> str:
    """What a look-up writes to a terminal of so many columns."""
    leader, follower = pty.openpty()
    ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": SOURCE, "PYTHONUTF8": "1", "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-m", "seriatim", *LOOKUP], stdout=follower, env={**env, **more}
    )
    os.close(follower)
    found = b""
    try:
        while chunk := os.read(leader, 65536):
            found += chunk
    except OSError:
        pass  # the other end is closed
    os.close(leader)
    assert process.wait(timeout=60) == 0
    return found.decode().replace("\r\n", "\n")


def without_colour(text: str) -> str:
    return re.sub(r"\x1b\[\d+m", "", text)


def test_colour_and_width_of_a_terminal() -> None:
    text = on_a_terminal(80)
    assert "\x1b[31m✗\x1b[0m" in text
    assert "\x1b[1m" in text
    lines = without_colour(text).split("\n")
    assert 76 < max(map(len, lines)) <= 80


def test_no_colour_if_it_is_not_wanted() -> None:
    assert "\x1b" not in on_a_terminal(80, NO_COLOR="1")
    assert "\x1b" not in on_a_terminal(80, TERM="dumb")


def test_a_very_wide_terminal_gets_lines_that_can_be_read() -> None:
    lines = without_colour(on_a_terminal(300)).split("\n")
    assert 110 < max(map(len, lines)) <= 120


def test_piped_it_is_plain_and_100_wide(process: Process) -> None:
    result = process(*LOOKUP)
    assert (result.code, result.err) == (0, "")
    assert "\x1b" not in result.out
    assert 90 < max(map(len, result.out.split("\n"))) <= 100
    assert max(map(len, process(*LOOKUP, "--width", "80").out.split("\n"))) <= 80


def test_without_unicode_it_is_spelled(process: Process) -> None:
    result = process(*LOOKUP, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert result.code == 0
    assert result.out.isascii()
    assert "Behcet's disease" in result.out
    assert "x T2R4" in result.out


def test_json_is_utf_8_whatever_the_locale(process: Process) -> None:
    usual = process(*LOOKUP, "--format", "json")
    other = process(*LOOKUP, "--format", "json", PYTHONUTF8="0", PYTHONIOENCODING="latin-1")
    assert usual.out == other.out
    assert "Behçet" in usual.out


def test_a_closed_pipe_is_quiet() -> None:
    command = [sys.executable, "-m", "seriatim", "cases", "--format", "json"]
    env = {**os.environ, "PYTHONPATH": SOURCE}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) in {0, 141}


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("arguments", ["lookup -", "lookup --diagnosis AOSD", "check", "lookup -x"])
def test_closed_streams(closed: str, arguments: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$0" -m seriatim {arguments} {closed}', sys.executable],
        input=b"diagnoses: [AOSD]",
        capture_output=True,
        check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": SOURCE},
    )
    assert done.returncode in {0, 2}
    assert b"internal error" not in done.stderr
    assert b"Traceback" not in done.stderr
    if closed == ">&-":
        assert (done.returncode, done.stderr) == (2, b"seriatim: standard output is closed\n")
    if closed == "<&-" and arguments == "lookup -":
        assert (done.returncode, done.stderr) == (2, b"seriatim: standard input is closed\n")


def test_arguments_in_utf_8_whatever_the_locale(process: Process, tmp_path: Path) -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    result = process(*LOOKUP, "--format", "json", **plain)
    assert (result.code, result.err) == (0, "")
    assert result.out == process(*LOOKUP, "--format", "json").out
    path = tmp_path / "Behçet.yaml"
    path.write_text("diagnoses: [AOSD]\n", "utf-8")
    assert process("lookup", str(path), **plain).code == 0
    gone = process("lookup", "Behçet.yaml", **plain)
    assert gone.code == 2
    assert "internal error" not in gone.err


def test_ctrl_c_is_quiet() -> None:
    command = [sys.executable, "-m", "seriatim", "lookup", "-"]
    env = {**os.environ, "PYTHONPATH": SOURCE}
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        # a test run in the background of a shell has it ignored, and children inherit that
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as process:
        wait_for_input(process.pid)
        process.send_signal(signal.SIGINT)
        try:
            assert process.stderr
            assert process.wait(timeout=60) == 130
            assert process.stderr.read() == b""
        finally:
            process.kill()


def wait_for_input(pid: int) -> None:
    """Until the process waits for its input, as far as the system tells; else a while."""
    where = Path(f"/proc/{pid}/wchan")
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if where.exists() and "pipe" in where.read_text("ascii"):
            return
        time.sleep(0.1 if where.exists() else 5)


def test_errors_of_a_process(process: Process) -> None:
    result = process("lookup", "-", given=b"\xff\xfe")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("seriatim: standard input:1:1: error [Y102]")
    assert process("lookup", "/nowhere").code == 2
    assert process("lookup", "--diagnosis", "AOSD", SERIATIM_KNOWLEDGE="/nowhere").code == 2


def test_an_unexpected_error_is_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_arguments: list[str]) -> int:
        raise RuntimeError("secret of a patient")

    monkeypatch.setattr(guard, "_run", broken)
    result = cli("lookup")
    assert result.code == 2
    assert result.err.count("\n") == 1
    assert "internal error (RuntimeError)" in result.err
    assert "secret" not in result.err
    assert "Traceback" in cli("lookup", "--debug").err


def test_version_names_the_knowledge(process: Process) -> None:
    out = process("--version").out
    assert re.match(
        rf"seriatim {re.escape(seriatim.__version__)}\nknowledge \S+, .+\nsha256:[0-9a-f]{{64}}\n",
        out,
    )


def test_help_shows_examples(process: Process) -> None:
    text = process("lookup", "--help").out
    assert "seriatim lookup profile.yaml" in text
    assert "--failed anakinra --considering canakinumab" in text
    assert "lookup" in process().out + process().err
    told = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}  # whatever started the tests
    assert "_SERIATIM_COMPLETE" in process("--show-completion", "bash", **told).out


def test_a_look_up_loads_nothing_that_it_does_not_need() -> None:
    code = (
        "import sys; from seriatim.cli.guard import run\n"
        f"assert run({list(LOOKUP)!r}) == 0\n"
        "unwanted = {'rich', 'rapidfuzz', 'asyncio', 'seriatim.render.markdown',"
        " 'seriatim.knowledge.verify', 'seriatim.knowledge.schemas', 'seriatim.cli.cases'}\n"
        "assert not unwanted & set(sys.modules), unwanted & set(sys.modules)\n"
    )
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": SOURCE, "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env
    )
    assert done.returncode == 0, done.stderr
