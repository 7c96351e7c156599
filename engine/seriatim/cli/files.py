"""Reads what was given: bounded in size, with one message for whatever is wrong."""

from __future__ import annotations

import sys

from seriatim.cli.problems import CannotRunError, InputError

STANDARD_INPUT = "-"


def read_bytes(path: str, limit: int) -> bytes:
    """The bytes of a file, or of standard input for `-`.

    Raises CannotRunError if it cannot be read, InputError if it is larger than `limit`.
    """
    try:
        if path == STANDARD_INPUT:
            data = sys.stdin.buffer.read(limit + 1)
        else:
            with open(path, "rb") as file:  # noqa: PTH123 - a path may be anything, also a pipe
                data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotRunError(f"{path}: cannot be read: {reason}") from error
    if len(data) > limit:
        raise InputError(f"{name_of(path)}: larger than {limit:,} bytes")
    return data


def name_of(path: str) -> str:
    """How a file is called in messages."""
    return "standard input" if path == STANDARD_INPUT else path
