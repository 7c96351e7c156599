"""The service behind a real socket, in a thread of the tests' process."""

from __future__ import annotations

import socket
import threading
from typing import Any

import uvicorn

from seriatim.service.server import config_of
from seriatim.service.settings import Settings


class Server(uvicorn.Server):
    """Uvicorn in a thread, on a free port of loopback."""

    def __init__(self, app: Any) -> None:
        super().__init__(config_of(app, Settings(shutdown_seconds=5)))
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def install_signal_handlers(self) -> None:
        """Not in a thread."""

    def start(self) -> None:
        self.thread = threading.Thread(target=self.run, args=([self.socket],), daemon=True)
        self.thread.start()
        while not self.started:
            assert self.thread.is_alive()
            self.thread.join(0.01)

    def stop(self) -> None:
        self.should_exit = True
        self.thread.join(10)
        self.socket.close()
