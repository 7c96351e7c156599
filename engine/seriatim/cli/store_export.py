"""Records as lines of text, to standard output or, whole or not at all, to a file."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import tempfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seriatim.cli.output import say_bytes
from seriatim.cli.problems import CannotRunError
from seriatim.render.table import FORMULA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PORTION = 500
"""Lines written at once."""


def lines(records: Iterable[dict[str, Any]], kind: str, form: str) -> Iterator[str]:
    """One line a record, each with its newline; CSV has its column names first."""
    return _csv(records, kind) if form == "csv" else _jsonl(records)


def _jsonl(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    for each in records:
        yield json.dumps(each, ensure_ascii=False, separators=(",", ":")) + "\n"


def _csv(records: Iterable[dict[str, Any]], kind: str) -> Iterator[str]:
    from seriatim.store.reading import columns  # noqa: PLC0415 - an extra

    names = columns(kind)
    yield _csv_line(names)
    for each in records:
        yield _csv_line([_cell(each[name]) for name in names])


def _csv_line(values: Iterable[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerow(values)
    return out.getvalue()


def _cell(value: Any) -> str:
    """The value as text; an apostrophe before what would begin a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = " ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if FORMULA.match(text) else text


def write(lines: Iterator[str], output: str | None) -> None:
    """All of them; a file is only there, or only changed, once it is complete.

    Raises CannotRunError if the file cannot be written, and what the lines raise.
    """
    if output is None:
        for portion in _portions(lines):
            say_bytes(portion)
        return
    try:
        _replace(Path(output), lines)
    except OSError as error:
        raise CannotRunError(f"{output}: cannot be written: {error.strerror}") from error


def _portions(lines: Iterator[str]) -> Iterator[str]:
    while portion := "".join(islice(lines, PORTION)):
        yield portion


def _replace(path: Path, lines: Iterator[str]) -> None:
    if path.is_dir():
        raise IsADirectoryError(0, "it is a folder")
    handle, beside = tempfile.mkstemp(prefix=f".{path.name[:50]}.", dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - a handle
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(beside).unlink()
        raise
