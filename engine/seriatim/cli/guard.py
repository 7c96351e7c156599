"""Runs a command and turns whatever goes wrong into a message and an exit code."""

from __future__ import annotations

import os
import sys

from seriatim.cli.problems import (
    BROKEN_PIPE,
    CANNOT_RUN,
    FINE,
    INTERRUPTED,
    exit_code_of,
)
from seriatim.errors import SeriatimError

DEBUG = "--debug"


def run(arguments: list[str]) -> int:
    """The exit code of one command; messages go to standard error."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - to the end
    if sys.stdout is None:
        _say("standard output is closed")
        return CANNOT_RUN
    debug = DEBUG in arguments
    arguments = [each for each in arguments if each != DEBUG]
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except SeriatimError as error:
        _say(str(error))
        _trace(debug=debug)
        return exit_code_of(error)
    except Exception as error:  # noqa: BLE001 - the last resort, so that no traceback is shown
        return _unexpected(error, debug=debug)
    return code


def _run(arguments: list[str]) -> int:
    from seriatim.cli.app import command  # noqa: PLC0415 - its import can be interrupted too

    done = command().main(args=arguments, prog_name="seriatim", standalone_mode=False)
    return done if isinstance(done, int) else FINE


def _unexpected(error: Exception, *, debug: bool) -> int:
    """Usage errors know how to show themselves; anything else is ours."""
    if type(error).__name__ == "Abort":
        return INTERRUPTED
    show = getattr(error, "show", None)
    if callable(show):
        show()
        return int(getattr(error, "exit_code", CANNOT_RUN))
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        _say(f"{where}{error.strerror or error}")
    else:
        _say(
            f"internal error ({type(error).__name__}); please report it with the command, "
            "without identifiers of a patient; --debug shows where it happened"
        )
    _trace(debug=debug)
    return CANNOT_RUN


def _trace(*, debug: bool) -> None:
    if debug:
        import traceback  # noqa: PLC0415 - only if asked for

        traceback.print_exc()


def _say(text: str) -> None:
    from seriatim.cli.output import complain  # noqa: PLC0415 - errors only

    complain(text)
