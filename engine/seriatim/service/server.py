"""Runs the service under uvicorn: a socket of our own, quiet logs and an end within bounds."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
from typing import TYPE_CHECKING, Any

import uvicorn

from seriatim.errors import SeriatimError
from seriatim.service import logs
from seriatim.service.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import Message, Receive, Scope, Send

    from seriatim.service.settings import Settings

_BACKLOG = 512
_KEEP_ALIVE = 15
"""Seconds that a connection may be idle; longer than proxies wait between calls of a page."""
_HEADER_BYTES = 262_144
"""An address that is far too long still gets a page that says so."""

_LAST_CALL = 0.1
"""Seconds at the end in which what is on its way here is still taken in and answered."""

_OBJECTS = 50_000
"""New objects between two collections of the youngest."""


class CannotListenError(SeriatimError):
    """The address cannot be listened on; the text says why."""

    exit_code = 2


def run(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is given where, once it answers.

    Requests in flight are finished within `shutdown_seconds`, then the store is flushed and
    closed. Raises CannotListenError, and what `create_app` raises, before anything is served.
    """
    listener = listen(settings)
    with contextlib.closing(listener):
        port = listener.getsockname()[1]
        settings = settings.model_copy(update={"port": port})
        logs.configure(settings.log_level)
        logs.catch_the_rest()
        app = create_app(settings)
        _settle_memory()
        server = _Server(config_of(app, settings), lambda: announce(_where(settings)))
        # before uvicorn takes it, and again once it has stopped and raises it anew
        signal.signal(signal.SIGTERM, lambda *_: setattr(server, "should_exit", True))
        with contextlib.suppress(KeyboardInterrupt):
            server.run([listener])


def _where(settings: Settings) -> str:
    """The address listened on and, if it differs, the one that clients call."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    here = f"http://{host}:{settings.port}"
    return f"{here} as {settings.base_url}" if settings.base_url else here


def listen(settings: Settings) -> socket.socket:
    """The socket; raises CannotListenError."""
    try:
        family, *_rest, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        unknown_host = isinstance(error, socket.gaierror)
        reason = "no such host" if unknown_host else os.strerror(error.errno or 0)
        raise CannotListenError(
            f"cannot listen on {settings.host} port {settings.port}: {reason}"
        ) from error
    # asyncio does not, for a socket without a protocol number: a short answer, whose head and body
    # are two segments, would wait 40 ms for the client's acknowledgement
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _settle_memory() -> None:
    """Collect once, and then leave what lives as long as the process out of every collection.

    A body of some hundred resources is ten thousand objects without a cycle: with the usual
    threshold it would be looked through a dozen times while it is read.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS, 10, 10)
    gc.enable()


def config_of(app: Any, settings: Settings) -> uvicorn.Config:
    """How uvicorn is run: no log of its own, and no header believed or added."""
    return uvicorn.Config(
        app,
        http="h11",  # whatever else is installed: its limits are the ones that are set here
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="on",
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        h11_max_incomplete_event_size=_HEADER_BYTES,
    )


class _LastWord:
    """An application that tells its callers, once it `is_leaving`, to make no more calls."""

    def __init__(self, app: Any) -> None:
        self.app, self.is_leaving = app, False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def last(message: Message) -> None:
            if self.is_leaving and message["type"] == "http.response.start":
                others = [each for each in message.get("headers", ()) if each[0] != b"connection"]
                message["headers"] = [*others, (b"connection", b"close")]
            await send(message)

        await self.app(scope, receive, last)


class _Server(uvicorn.Server):
    """Tells when it answers, and logs what nobody caught on the loop by type and place only.

    At its end, uvicorn would close connections that it has not taken in yet, or whose request it
    has not read yet: under load that is every second one.
    """

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self.announce = announce
        self.app = config.app = _LastWord(config.app)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does it, and then the announcement."""
        asyncio.get_running_loop().set_exception_handler(_uncaught)
        await super().startup(sockets)
        if self.started:
            self.announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does it, once everything that was sent before has been read."""
        self.app.is_leaving = True
        queue = [each for listener in sockets or () for each in _accepted(listener)]
        for each in (*self.servers, *(sockets or ())):  # a loop may listen on a copy of its own
            each.close()
        for connection in queue:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        if self.server_state.connections:
            await asyncio.sleep(_LAST_CALL)
        await super().shutdown(sockets)

    def _protocol(self) -> asyncio.Protocol:
        protocol: Any = self.config.http_protocol_class
        state = self.lifespan.state
        made: asyncio.Protocol = protocol(
            config=self.config, server_state=self.server_state, app_state=state
        )
        return made


def _accepted(listener: socket.socket) -> Iterator[socket.socket]:
    """Connections that wait in the listener's queue: closing it would cut them off."""
    listener.settimeout(0)
    for _ in range(_BACKLOG):
        try:
            yield listener.accept()[0]
        except OSError:  # nobody waits, or they have gone again
            return


def _uncaught(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if error is not None:
        logs.logger().error("task_failed", **logs.failure(error))
    else:
        logs.logger().error("loop_failed")
