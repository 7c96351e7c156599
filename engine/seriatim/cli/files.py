"""Reads what was given: bounded in size, with one message for whatever is wrong."""

from __future__ import annotations

import os
import sys
from stat import S_ISDIR, S_ISFIFO, S_ISREG

from seriatim.cli.problems import CannotRunError

STANDARD_INPUT = "-"
FROM_THE_SHELL = ("/dev/fd/", "/proc/self/fd/", "/dev/stdin")
"""What the shell has opened already: `<(command)` and redirected input."""


def read_bytes(path: str, limit: int) -> bytes:
    """The bytes of a file, or of standard input for `-`.

    Raises CannotRunError if it cannot be read or is larger than `limit`.
    """
    try:
        if path == STANDARD_INPUT:
            if sys.stdin is None:
                raise CannotRunError("standard input is closed")
            data = sys.stdin.buffer.read(limit + 1)
        else:
            _refuse_what_never_ends(path)
            with open(path, "rb") as file:  # noqa: PTH123 - a path may be anything, also a pipe
                data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotRunError(f"{path}: cannot be read: {reason}") from error
    if len(data) > limit:
        raise CannotRunError(f"{name_of(path)}: larger than {limit:,} bytes")
    return data


def _refuse_what_never_ends(path: str) -> None:
    """A named pipe or a device may wait for ever; a pipe of the shell (`<(…)`) is welcome."""
    mode = os.stat(path).st_mode  # noqa: PTH116 - of what a link points to
    if S_ISREG(mode) or S_ISDIR(mode) or path.startswith(FROM_THE_SHELL):
        return
    kind = "a named pipe" if S_ISFIFO(mode) else "a device or socket"
    raise CannotRunError(f"{path}: is {kind}, not a file; give - to read standard input")


def name_of(path: str) -> str:
    """How a file is called in messages."""
    return "standard input" if path == STANDARD_INPUT else path
