"""Structured logs without patient data.

Only the fields named in `FIELDS` are ever written, so a body, a path, a query, a header or the
text of an exception cannot get in by oversight. Of an error, its type and its place are written.
Records of other libraries are reduced to logger, level and place: their texts may quote input.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from seriatim.store import StoreError

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from types import TracebackType
    from typing import TextIO

FIELDS = frozenset(
    {
        "address",
        "at",
        "client",
        "count",
        "error",
        "event",
        "hook",
        "kind",
        "knowledge",
        "level",
        "logger",
        "method",
        "ms",
        "reason",
        "request_id",
        "resources",
        "rest_auth",
        "route",
        "cds_auth",
        "seconds",
        "status",
        "time",
        "url",
        "version",
        "where",
        "workers",
    }
)
"""What may be written. `event`, `reason`, `kind` and `hook` are words of the program; `route` is
a template; `client` a name of the settings; `url` is our own address."""

_SOURCE = Path(__file__).resolve().parents[1]
_encode = msgspec.json.Encoder(enc_hook=lambda each: type(each).__name__).encode


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Write logs as JSON lines to `stream` (standard output), from this process's every thread."""
    target = stream or sys.stdout
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            _only_known,
            _line,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _Lines(target),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, Reduced)]:
        root.removeHandler(handler)
    root.addHandler(Reduced())
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level.upper()]))
    logging.captureWarnings(capture=True)


def is_configured() -> bool:
    """Whether logs go where `configure` sent them."""
    return structlog.is_configured()


def logger() -> Any:
    """A structlog logger: `logger().info("event", status=200)`."""
    return structlog.get_logger()


def failure(error: BaseException) -> dict[str, str]:
    """The type and the place of an error, without its text, as fields for a logger.

    Of an error of the store also why, if it says so in fixed words.
    """
    kind = type(error)
    why = {"reason": error.why} if isinstance(error, StoreError) and error.why else {}
    name = f"{kind.__module__}.{kind.__qualname__}"
    return {**why, "error": name, "where": _place(error.__traceback__)}


def catch_the_rest() -> None:
    """What no one caught, in a thread or while cleaning up, is logged without its text."""

    def of_thread(given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None:
            logger().error("thread_failed", **failure(given.exc_value))

    def unraisable(given: sys.UnraisableHookArgs) -> None:
        if given.exc_value is not None:
            logger().error("unraisable", **failure(given.exc_value))

    threading.excepthook = of_thread
    sys.unraisablehook = unraisable


class _Lines:
    """Writes lines; a reader of the logs that has gone stops no request."""

    def __init__(self, target: TextIO) -> None:
        self.target = target

    def msg(self, line: str) -> None:
        """One line, at once."""
        with contextlib.suppress(OSError, ValueError):
            self.target.write(f"{line}\n")
            self.target.flush()

    debug = info = warning = error = msg


class Reduced(logging.Handler):
    """Takes the records of other libraries down to what cannot hold input."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log where the record was made and, of an exception, its type and place."""
        fields = {"at": f"{Path(record.pathname).name}:{record.lineno}"}
        if record.exc_info and record.exc_info[1] is not None:
            fields |= failure(record.exc_info[1])
        if record.name == "seriatim.store":  # its reasons are fixed words
            fields["reason"] = str(getattr(record, "reason", ""))
        method = "error" if record.levelno >= logging.ERROR else "warning"
        package = record.name.partition(".")[0]
        name = package if package in sys.modules or package == "py" else "unknown"
        getattr(logger(), method)("library", logger=name, **fields)


def _only_known(
    _logger: Any, _method: str, fields: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {name: value for name, value in fields.items() if name in FIELDS}


def _line(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> str:
    return _encode(fields).decode()


def _place(trace: TracebackType | None) -> str:
    """Where it was raised and, if that is not in this package, where we called that."""
    last = ours = ""
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        inside = path.is_relative_to(_SOURCE)
        name = path.relative_to(_SOURCE.parent).as_posix() if inside else path.name
        last = f"{name}:{trace.tb_lineno}"
        ours = last if inside else ours
        trace = trace.tb_next
    return last if last == ours or not ours else f"{last} from {ours}"
