"""Where output goes: how wide it is, in which colours and characters, and its exact bytes."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seriatim.cli.problems import BROKEN_PIPE
from seriatim.render.canvas import Canvas, clean
from seriatim.render.glyphs import Glyphs, glyphs_for, spelled

if TYPE_CHECKING:
    from typing import TextIO

PIPED_WIDTH = 100
WIDEST = 120
"""Longer lines are hard to read, however wide the terminal."""
NARROWEST = 60


@dataclass(frozen=True, slots=True)
class Terminal:
    """What standard output can show."""

    width: int
    colour: bool
    glyphs: Glyphs

    def canvas(self) -> Canvas:
        """An empty page for it."""
        return Canvas(self.width, self.colour)


def terminal(width: int | None = None) -> Terminal:
    """Standard output as it is, with another width if one is given."""
    stream = sys.stdout
    return Terminal(
        width=max(NARROWEST, width or _width(stream)),
        colour=_coloured(stream),
        glyphs=glyphs_for(stream.encoding),
    )


def _width(stream: TextIO) -> int:
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError, AttributeError):
        return PIPED_WIDTH
    return min(columns, WIDEST) if columns else PIPED_WIDTH


def _coloured(stream: TextIO) -> bool:
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain


def say(text: str) -> None:
    """Text for a reader, in characters that the stream can show."""
    _write(spelled(text, sys.stdout.encoding).encode(sys.stdout.encoding, "replace"))


def say_bytes(text: str) -> None:
    """Text for a program: UTF-8 with plain newlines, whatever the locale."""
    _write(text.encode())


def _write(data: bytes) -> None:
    """All of it, or, if nobody reads on, the end of the command without a word."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        mute()
        raise SystemExit(BROKEN_PIPE) from None


def mute() -> None:
    """Give standard output somewhere to go, so that closing it does not complain either."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say_json(value: Any) -> None:
    """Any plain value as JSON."""
    from seriatim.render.json import to_json  # noqa: PLC0415 - only if asked for

    say_bytes(to_json(value))


def complain(text: str) -> None:
    """A message to standard error, line by line, without control characters."""
    lines = [clean(line) for line in text.split("\n")]
    shown = "\n".join(("seriatim: " if not at else "  ") + each for at, each in enumerate(lines))
    sys.stderr.write(spelled(shown, sys.stderr.encoding) + "\n")
    sys.stderr.flush()
