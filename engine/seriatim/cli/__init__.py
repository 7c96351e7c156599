"""The command line: each command in its own file, loaded when it is used."""

from __future__ import annotations

import gc
import os
import sys
import threading
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit; whatever happens, no traceback reaches the user."""
    gc.disable()  # a short life: collecting takes a tenth of it and frees nothing
    from seriatim.cli.guard import run  # noqa: PLC0415 - so that Ctrl-C is quiet from the start

    if arguments is not None:
        sys.exit(run(list(arguments)))
    _end(run(list(map(_as_utf_8, sys.argv[1:]))))


def _end(code: int) -> NoReturn:
    """Leave at once: taking every object apart takes a tenth of a command's time."""
    if threading.active_count() == 1 and sys.stdout is not None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _as_utf_8(argument: str) -> str:
    """An argument that the locale (`LC_ALL=C`) could not decode; a path that exists stays."""
    if argument.isprintable() or os.path.exists(argument):  # noqa: PTH110 - pathlib is slow to load
        return argument
    try:
        return os.fsencode(argument).decode()
    except ValueError:
        return argument
