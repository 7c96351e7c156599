"""Errors of the command line itself, and the exit codes of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.errors import SeriatimError

if TYPE_CHECKING:
    from collections.abc import Iterable

FINE = 0
PROBLEMS = 1
"""Problems were found: in the profile, the knowledge or a document, or a report came out anew."""
CANNOT_RUN = 2
"""Wrong usage, a name that is not known, a file that cannot be read, no knowledge, or our error."""
INTERRUPTED = 130
BROKEN_PIPE = 141


class InputError(SeriatimError):
    """The profile is wrong; the text says how."""

    exit_code = PROBLEMS


class CannotRunError(SeriatimError):
    """The command cannot be run as it was called; the text says why."""

    exit_code = CANNOT_RUN


def exit_code_of(error: SeriatimError) -> int:
    """1 for a problem of the profile, 2 if there is nothing to run on or no answer."""
    known = getattr(error, "exit_code", None)
    if isinstance(known, int):
        return known
    from seriatim.errors import ProfileError  # noqa: PLC0415 - errors only

    return PROBLEMS if isinstance(error, ProfileError) else CANNOT_RUN


def among(wanted: str, known: Iterable[str]) -> str:
    """`; there is a, b, c; did you mean 'b'?`: all that there is, and the nearest."""
    from seriatim.knowledge.nearest import nearest  # noqa: PLC0415 - errors only

    names = tuple(known)
    near = " or ".join(map(repr, nearest(wanted, names)))
    return f"; there is {', '.join(names)}{f'; did you mean {near}?' if near else ''}"
