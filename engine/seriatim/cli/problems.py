"""Errors of the command line itself, and the exit codes of all."""

from __future__ import annotations

from seriatim.errors import SeriatimError

FINE = 0
PROBLEMS = 1
"""Something is wrong with what was given, or differs from what was expected."""
CANNOT_RUN = 2
"""Wrong usage, a file that cannot be read, no knowledge, or an error of our own."""
INTERRUPTED = 130
BROKEN_PIPE = 141


class InputError(SeriatimError):
    """What was given is wrong; the text says how."""

    exit_code = PROBLEMS


class CannotRunError(SeriatimError):
    """The command cannot be run as it was called; the text says why."""

    exit_code = CANNOT_RUN


def exit_code_of(error: SeriatimError) -> int:
    """1 for a problem of the input, 2 if there is nothing to run on or no answer."""
    known = getattr(error, "exit_code", None)
    if isinstance(known, int):
        return known
    from seriatim.errors import ProfileError  # noqa: PLC0415 - errors only
    from seriatim.knowledge.verify import NotTextError  # noqa: PLC0415

    return PROBLEMS if isinstance(error, (ProfileError, NotTextError)) else CANNOT_RUN
