"""Runs the command line in this process, or in one of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seriatim.cli.guard import run

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
BEHCET = (
    *("lookup", "--age", "30", "--sex", "female", "--diagnosis", "Behçet's disease"),
    *("--tried", "colchicine", "--tried", "methotrexate", "--tried", "hydroxychloroquine"),
    *("--tried", "mycophenolate", "--tried", "etanercept", "--tried", "anakinra=partial"),
    *("--considering", "canakinumab"),
)


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str


class _Stream(io.TextIOWrapper):
    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="", write_through=True)

    def content(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)  # type: ignore[attr-defined]


Run = "Callable[..., Result]"


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """One command in this process; `given` is its standard input."""

    def call(*arguments: str, given: bytes = b"", encoding: str = "utf-8") -> Result:
        out, err = _Stream(encoding), _Stream()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        code = run(list(arguments))
        return Result(code, out.content(), err.content())

    return call


def environment(**more: str) -> dict[str, str]:
    """An environment in which this very package is found, and nothing of the user's."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}
    import seriatim  # noqa: PLC0415 - wherever it is imported from

    source = str(Path(seriatim.__file__).resolve().parents[1])
    return {**kept, "PYTHONPATH": source, "PYTHONUTF8": "1", **more}


@pytest.fixture
def process() -> Callable[..., Result]:
    """One command in a process of its own."""

    def call(*arguments: str, given: bytes = b"", **more: str) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "seriatim", *arguments],
            input=given,
            capture_output=True,
            timeout=60,
            check=False,
            env=environment(**more),
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call
