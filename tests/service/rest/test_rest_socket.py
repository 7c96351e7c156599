"""What a client on a socket gets, beyond what the application alone can show."""

from __future__ import annotations

import socket

from seriatim.service.server import listen
from seriatim.service.settings import Settings


def test_a_short_answer_waits_for_nothing() -> None:
    with (
        listen(Settings(port=0)) as listener,
        socket.create_connection(listener.getsockname()[:2]),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
