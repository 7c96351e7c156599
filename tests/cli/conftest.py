"""Runs the command line in this process, or in one of its own."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seriatim.cli import lookup, replay
from seriatim.cli.guard import run
from seriatim.knowledge import load
from seriatim.knowledge.locate import ENVIRONMENT, knowledge_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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


@pytest.fixture(scope="package", autouse=True)
def _shipped_once() -> Iterator[None]:
    """The shipped knowledge is read and compiled once, not at each command of this process."""
    read, engine = cache(load.read_knowledge), cache(lookup.engine_at)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "read_knowledge", _if_shipped(read, load.read_knowledge))
        for module in (lookup, replay):
            patch.setattr(module, "engine_at", _if_shipped(engine, lookup.engine_at))
        yield


def _if_shipped(kept: Callable[[None], Any], fresh: Callable[[Any], Any]) -> Callable[..., Any]:
    def chosen(path: Any = None) -> Any:
        return kept(None) if path is None and ENVIRONMENT not in os.environ else fresh(path)

    return chosen


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


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    """A copy of the knowledge that may be spoiled."""
    root = knowledge_root()
    for folder in ("rules", "cases"):
        shutil.copytree(root / folder, tmp_path / "knowledge" / folder)
    return tmp_path / "knowledge"
