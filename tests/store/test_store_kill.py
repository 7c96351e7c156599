"""What was acknowledged is there after `kill -9`, of the service or of the server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from store_samples import feedback

from seriatim.store import Store, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from store_server import Server

HERE = Path(__file__).parent
ACKNOWLEDGES = """
import sys
from store_samples import feedback
from seriatim.store import Store

store = Store.open(sys.argv[1], migrate=True)
while True:
    said = [feedback(), feedback()]
    store.record_feedback(said)
    print(*(each.card for each in said), flush=True)
"""


def test_what_is_acknowledged_is_on_the_disk(
    sqlite_url: str, open_store: Callable[..., Store]
) -> None:
    """What a power cut would show; FULL is 2, NORMAL is 1."""
    database = open_store(sqlite_url)._database
    for synced, level in ((False, 1), (True, 2), (False, 1), (True, 2)):
        asked = database.write(
            lambda to: to.exec_driver_sql("PRAGMA synchronous").scalar(), synced=synced
        )
        assert asked == level


@pytest.mark.parametrize(("given", "used"), [("off", "on"), ("on", "on"), ("local", "local")])
def test_a_server_that_would_not_wait_for_its_disk_is_told_to(
    postgresql_url: str, open_store: Callable[..., Store], given: str, used: str
) -> None:
    url = f"{postgresql_url}&options=-csynchronous_commit%3D{given}"
    database = open_store(url)._database
    for synced in (True, False):
        asked = database.write(
            lambda to: to.exec_driver_sql("SHOW synchronous_commit").scalar(), synced=synced
        )
        assert asked == used


def _service(url: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(HERE), *sys.path])
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", ACKNOWLEDGES, url],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )


def _rounds(url: str, rounds: int) -> None:
    acknowledged: list[str] = []
    for number in range(rounds):
        service = _service(url)
        assert service.stdout is not None
        for _ in range(1 + 7 * number % 20):
            acknowledged += service.stdout.readline().split()
        service.kill()
        acknowledged += service.stdout.read().rpartition("\n")[0].split()
        service.stdout.close()
        service.wait()
    store = Store.open(url, migrate=False)
    kept = [each["card"] for each in store.export("feedback")]
    store.close()
    assert len(acknowledged) > 2 * rounds
    assert len(kept) == len(set(kept))
    assert set(acknowledged) <= set(kept)
    assert len(kept) % 2 == 0, "what is recorded together is kept together"


def test_acknowledged_feedback_survives_the_end_of_the_service(url: str) -> None:
    _rounds(url, 2)


@pytest.mark.campaign
def test_acknowledged_feedback_survives_a_hundred_ends(url: str) -> None:
    _rounds(url, 100)


def test_acknowledged_feedback_survives_the_end_of_the_server(
    postgresql_url: str, server: Server, open_store: Callable[..., Store]
) -> None:
    store = open_store(postgresql_url)
    said = [feedback() for _ in range(20)]
    for each in said:
        store.record_feedback([each])
    server.stop()
    try:
        with pytest.raises(StoreError, match="cannot be reached") as caught:
            store.record_feedback([feedback()])
        assert caught.value.temporary
        assert not store.healthy()
    finally:
        server.start()
    late = feedback()
    assert store.record_feedback([late]) == 1
    assert store.healthy()
    assert [each["card"] for each in store.export("feedback")] == [
        each.card for each in (*said, late)
    ]
