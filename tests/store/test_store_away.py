"""Databases that are away, full, read-only or not databases: plain errors, and nothing is lost."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import event
from store_samples import feedback, shown

from seriatim.store import Store, StoreError, connections, writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from store_server import Server


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def test_what_was_shown_waits_for_a_server_that_comes_back(
    postgresql_url: str,
    server: Server,
    open_store: Callable[..., Store],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writer, "LONGEST_WAIT", 0.2)
    store = open_store(postgresql_url)
    before, during = shown(), shown()
    store.record_shown(before)
    assert store.flush()
    server.stop()
    try:
        assert store.record_shown(during)
        assert not store.flush(0.5)
        assert store.shown_waiting == 1
        assert store.shown_failures > 0
        assert "cannot be reached" in (store.problem() or "")
    finally:
        server.start()
    assert store.flush(20)
    assert [each["id"] for each in store.export("shown")] == [before.id, during.id]
    assert (store.shown_written, store.shown_dropped) == (2, 0)
    assert store.healthy()


def test_a_record_that_can_never_be_written_does_not_make_the_store_ill(
    sqlite_url: str, open_store: Callable[..., Store]
) -> None:
    """Otherwise nothing more would be sent to this worker, and it could never get well."""
    store = open_store(sqlite_url)
    odd = shown()
    object.__setattr__(odd, "client", "x" * 1_000)  # as no constructor would let it be
    store.record_shown(odd)
    assert store.flush()
    assert (store.shown_dropped, store.shown_failures) == (1, 1)
    assert store.healthy()
    store.record_shown(shown())
    assert store.flush()
    assert (store.shown_written, store.shown_dropped) == (1, 1)


def test_a_file_that_is_moved_away_takes_nothing_with_it(
    sqlite_url: str,
    open_store: Callable[..., Store],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = open_store(sqlite_url)
    first, second = feedback(), feedback()
    store.record_feedback([first])
    store._database.disconnect()
    path_of(sqlite_url).rename(tmp_path / "moved.db")
    for _ in range(2):
        with pytest.raises(StoreError, match="gone or may not be opened"):
            store.record_feedback([second])
    assert not store.healthy()
    assert not store.healthy()
    told = [each.reason for each in caplog.records]  # type: ignore[attr-defined]
    assert told == ["the file is gone or may not be opened by this user"], "once, not each time"
    assert not path_of(sqlite_url).exists()
    (tmp_path / "moved.db").rename(path_of(sqlite_url))
    assert store.record_feedback([second]) == 1
    assert [each["card"] for each in store.export("feedback")] == [first.card, second.card]


def test_a_file_that_is_replaced_under_an_open_connection_is_noticed(
    sqlite_url: str, open_store: Callable[..., Store], tmp_path: Path
) -> None:
    store = open_store(sqlite_url)
    store.record_feedback([feedback()])
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    other.close()
    for end in ("-wal", "-shm"):
        Path(f"{path_of(sqlite_url)}{end}").unlink(missing_ok=True)
    (tmp_path / "other.db").replace(path_of(sqlite_url))
    late = feedback()
    assert store.record_feedback([late]) == 1
    fresh = open_store(sqlite_url, migrate=False)
    assert [each["card"] for each in fresh.export("feedback")] == [late.card]


def test_a_full_disk(
    sqlite_url: str,
    open_store: Callable[..., Store],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(writer, "LONGEST_WAIT", 0.05)
    store = open_store(sqlite_url)
    pages = {"most": 20}

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages['most']}")

    event.listen(store._database._engine, "checkout", limit)
    with pytest.raises(StoreError, match="the disk is full") as caught:
        store.record_feedback([feedback() for _ in range(1_000)])
    assert caught.value.temporary
    assert list(store.export("feedback")) == []
    for _ in range(300):
        store.record_shown(shown())
    assert not store.flush(0.3)
    assert "the disk is full" in (store.problem() or "")
    assert [each.reason for each in caplog.records] == ["the disk is full"]  # type: ignore[attr-defined]
    pages["most"] = 1_000_000
    assert store.flush(10)
    assert store.healthy()
    assert store.shown_written == 300


def test_a_full_disk_is_told_and_gets_well_though_nobody_writes(
    sqlite_url: str, open_store: Callable[..., Store]
) -> None:
    """Who is not ready is sent nothing: so it must find out by itself."""
    store, pages = open_store(sqlite_url), {"most": 20}
    now = datetime.now(UTC)

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages['most']}")

    event.listen(store._database._engine, "checkout", limit)
    end = now + timedelta(minutes=5)
    with pytest.raises(StoreError, match="the disk is full"):
        [store.first_use("https://ehr.example", str(each), end, now) for each in range(2_000)]
    assert not store.healthy()
    assert "the disk is full" in (store.problem() or "")
    pages["most"] = 1_000_000
    assert store.healthy()


@pytest.mark.parametrize("migrate", [True, False])
def test_a_disk_that_is_full_at_the_start(sqlite_url: str, *, migrate: bool) -> None:
    """It is said at once: nobody waits for a disk as for another process."""
    Store.open(sqlite_url, migrate=True).close()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    begun = time.monotonic()
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with pytest.raises(StoreError, match="no file can be made beside it; the disk may be full"):
            Store.open(sqlite_url, migrate=migrate)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert time.monotonic() - begun < 1
    Store.open(sqlite_url, migrate=migrate).close()


def test_a_file_that_another_program_keeps_locked(
    sqlite_url: str, open_store: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "BUSY_SECONDS", 0.05)
    store = open_store(sqlite_url)
    other = sqlite3.connect(path_of(sqlite_url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another process has kept it locked") as caught:
        store.record_feedback([feedback()])
    assert caught.value.temporary
    assert store.healthy(), "a locked file can still be read"
    other.execute("ROLLBACK")
    other.close()
    assert store.record_feedback([feedback()]) == 1


@pytest.mark.parametrize("content", [b"not a database, " * 100, b"\x00" * 5_000])
@pytest.mark.parametrize("migrate", [True, False])
def test_a_file_that_is_not_a_database(sqlite_url: str, content: bytes, *, migrate: bool) -> None:
    path_of(sqlite_url).write_bytes(content)
    with pytest.raises(StoreError, match="is not an SQLite database; give another path"):
        Store.open(sqlite_url, migrate=migrate)
    assert path_of(sqlite_url).read_bytes() == content


def test_a_damaged_file(sqlite_url: str) -> None:
    store = Store.open(sqlite_url, migrate=True)
    store.record_feedback([feedback() for _ in range(500)])
    store.close()
    data = bytearray(path_of(sqlite_url).read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path_of(sqlite_url).write_bytes(data)
    with pytest.raises(StoreError, match="the file is damaged; restore it from a copy"):
        list(Store.open(sqlite_url, migrate=False).export("feedback"))


@pytest.mark.parametrize("migrate", [True, False])
@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("nowhere/store.db", "nowhere: there is no such folder; make it, or give another path"),
        ("folder", "is a folder; give the path of a file"),
        ("pipe", "is not a file; give the path of a file"),
        ("file/store.db", "cannot be used for the store: Not a directory"),
        ("x" * 300, "cannot be used for the store: File name too long"),
    ],
)
def test_paths_that_cannot_be(tmp_path: Path, where: str, says: str, *, migrate: bool) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StoreError) as caught:
        Store.open(f"sqlite:///{tmp_path / where}", migrate=migrate)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("made_by", "says"),
    [
        ("REVOKE INSERT ON feedback FROM clerk", "the user has no right to do this"),
        ("ALTER ROLE clerk SET default_transaction_read_only = on", "the server is read-only now"),
        ("DROP TABLE feedback", "its tables are missing or old; run `seriatim store migrate`"),
    ],
)
def test_a_server_that_does_not_let_it_write(
    postgresql_url: str, open_store: Callable[..., Store], made_by: str, says: str
) -> None:
    open_store(postgresql_url).close()
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS clerk")
        connection.execute("CREATE ROLE clerk LOGIN")
        connection.execute("GRANT USAGE ON SCHEMA public TO clerk")
        connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO clerk")
        connection.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO clerk")
        connection.execute(made_by)  # type: ignore[call-overload]
    store = open_store(postgresql_url.replace("seriatim@", "clerk@"), migrate=False)
    with pytest.raises(StoreError, match=says) as caught:
        store.record_feedback([feedback()])
    assert caught.value.temporary
    store.close()
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("DROP OWNED BY clerk")
        connection.execute("DROP ROLE clerk")


# --- read-only, as another user if this one may do everything -------------------------------------

TRIES = """
import os, sys
from seriatim.store import Store, StoreError
from store_samples import feedback

with Store.open(sys.argv[1], migrate=True) as warm:  # load everything while it can be read
    warm.record_feedback([feedback()])
    list(warm.export("feedback"))
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
for url in sys.argv[2:]:
    try:
        store = Store.open(url, migrate=not os.path.exists(url.removeprefix("sqlite:///")))
        store.record_feedback([feedback()])
        print("no error")
    except StoreError as error:
        print(error)
"""


def tries(urls: list[str], tmp_path: Path) -> list[str]:
    """What each URL tells a user who is not root."""
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", TRIES, f"sqlite:///{tmp_path}/warm.db", *urls],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another user can reach."""
    made = Path(tempfile.mkdtemp(prefix="store"))
    made.chmod(0o755)
    yield made
    made.chmod(0o755)
    shutil.rmtree(made)


def test_a_folder_and_files_that_may_not_be_used(folder: Path, tmp_path: Path) -> None:
    urls = {how: f"sqlite:///{folder}/{how}.db" for how in ("written", "read", "made")}
    for how, mode in (("written", 0o444), ("read", 0o000)):
        with Store.open(urls[how], migrate=True) as store:
            store.record_feedback([feedback()])
        (folder / f"{how}.db").chmod(mode)
    folder.chmod(0o555)
    written, read, made = tries(list(urls.values()), tmp_path)
    assert "may only be read by this user" in written or "may not be opened by this user" in written
    assert "may not be opened by this user" in read
    assert "may not be read or made by this user" in made
