"""docs/integration.md is executed: each session against a real server, by a real client."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from test_edge import Server  # noqa: F401

ROOT = Path(__file__).parents[2]
PATH = ROOT / "docs" / "integration.md"
SESSION = re.compile(r"<!-- session -->\n```sh\n(.*?)```\n\n```text\n(.*?)```\n", re.DOTALL)
BASE = "http://127.0.0.1:8000"
VARYING = re.compile(r"(?<=report sha256:)[0-9a-f]{8}|(?<=Knowledge )\S+(?=,)")


def test_every_session_prints_what_is_shown(server) -> None:  # noqa: ANN001
    if shutil.which("curl") is None:
        if os.environ.get("CI"):
            pytest.fail("curl is not here")
        pytest.skip("curl is not here")
    text = PATH.read_text(encoding="utf-8")
    new = text
    for command, shown in SESSION.findall(text):
        printed = run(command, server.url)
        if os.environ.get("SERIATIM_UPDATE_GOLDEN"):
            new = new.replace(
                f"{command}```\n\n```text\n{shown}```", f"{command}```\n\n```text\n{printed}```"
            )
        else:
            assert VARYING.sub("", printed) == VARYING.sub("", shown)
    PATH.write_text(new, encoding="utf-8")


def run(command: str, url: str) -> str:
    done = subprocess.run(
        ["/bin/sh", "-c", command.replace(BASE, url)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    printed = done.stdout.replace(url, BASE)
    return printed if printed.endswith("\n") else f"{printed}\n"
