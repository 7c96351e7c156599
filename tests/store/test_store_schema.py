"""The tables: made by migrations, by one process of many, and refused if they are not ours."""

from __future__ import annotations

import multiprocessing
import sqlite3
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from store_samples import feedback

from seriatim.store import Store, StoreError, schema
from seriatim.store.tables import METADATA

if TYPE_CHECKING:
    from collections.abc import Callable

WORKERS = 6
PATIENCE = 60


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def execute(store: Store, statement: str) -> None:
    store._database.write(lambda to: to.execute(text(statement)), synced=True)


def test_the_steps_are_those_that_the_package_carries() -> None:
    steps = ScriptDirectory.from_config(schema.alembic_config())
    assert tuple(step.revision for step in steps.walk_revisions())[::-1] == schema.REVISIONS
    assert steps.get_heads() == [schema.NEWEST]


def test_the_migrations_make_the_tables_that_are_used(store: Store) -> None:
    def differences(connection: Any) -> list[Any]:
        options = {"compare_type": True, "version_table": schema.VERSION_TABLE}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, METADATA))

    assert store._database.read(differences) == []


def test_the_migrations_hold_texts_to_their_length(store: Store) -> None:
    store.record_feedback([feedback()])
    for column, most in (("card", 36), ("client", 128), ("reason_system", 200), ("service", 64)):
        execute(store, f"UPDATE feedback SET {column} = '{'x' * most}'")  # noqa: S608
        with pytest.raises(StoreError, match="cannot be used"):
            execute(store, f"UPDATE feedback SET {column} = '{'x' * (most + 1)}'")  # noqa: S608
    with pytest.raises(StoreError):
        execute(store, "UPDATE feedback SET outcome = 'ignored'")


def test_without_tables_it_is_not_opened(url: str) -> None:
    if url.startswith("sqlite"):
        path_of(url).touch()
    with pytest.raises(StoreError, match="has no tables yet; run `seriatim store migrate`"):
        Store.open(url, migrate=False)


def test_a_file_is_not_made_unless_asked(sqlite_url: str) -> None:
    with pytest.raises(StoreError, match="there is no store yet; `seriatim store migrate`"):
        Store.open(sqlite_url, migrate=False)
    assert not path_of(sqlite_url).exists()


def test_a_second_migration_changes_nothing(store: Store, url: str) -> None:
    store.record_feedback([feedback()])
    Store.open(url, migrate=True).close()
    Store.open(url, migrate=False).close()
    assert len(list(store.export("feedback"))) == 1


@pytest.mark.parametrize("migrate", [True, False])
def test_a_newer_release_s_tables_are_left_alone(store: Store, url: str, *, migrate: bool) -> None:
    execute(store, f"UPDATE {schema.VERSION_TABLE} SET version_num = '0999'")  # noqa: S608
    with pytest.raises(StoreError, match=r"made by a newer release of Seriatim .*'0999'"):
        Store.open(url, migrate=migrate)
    assert not store.healthy()
    assert "newer release" in (store.problem() or "")


def test_missing_tables_are_named_as_such(store: Store) -> None:
    execute(store, "DROP TABLE feedback")
    with pytest.raises(StoreError, match="tables are missing or old") as caught:
        store.record_feedback([feedback()])
    assert caught.value.temporary


def test_a_file_of_something_else_is_left_alone(sqlite_url: str) -> None:
    with sqlite3.connect(path_of(sqlite_url)) as other:
        other.execute("CREATE TABLE bookmarks (id)")
    other.close()
    with pytest.raises(StoreError, match=r"has other tables \(bookmarks\); give the store a"):
        Store.open(sqlite_url, migrate=True)


def test_a_database_with_tables_of_the_same_name_is_left_alone(postgresql_url: str) -> None:
    store = Store.open(postgresql_url, migrate=True)
    execute(store, f"DROP TABLE {schema.VERSION_TABLE}")
    store.close()
    with pytest.raises(StoreError, match=r"has other tables \(feedback, seen_jti, shown\)"):
        Store.open(postgresql_url, migrate=True)


def test_a_migration_that_fails_leaves_nothing(
    url: str, monkeypatch: pytest.MonkeyPatch, open_store: Callable[..., Store]
) -> None:
    run = schema._run_alembic

    def failing(connection: Any) -> None:
        run(connection)
        connection.execute(text("SELECT * FROM nowhere"))

    with monkeypatch.context() as patch:
        patch.setattr(schema, "_run_alembic", failing)
        with pytest.raises(StoreError):
            Store.open(url, migrate=True)
    with pytest.raises(StoreError, match="has no tables yet"):
        Store.open(url, migrate=False)
    assert open_store(url).healthy()


def test_only_the_owner_may_read_the_file(store: Store, sqlite_url: str) -> None:
    del store
    Store.open(sqlite_url, migrate=True).close()
    assert stat.S_IMODE(path_of(sqlite_url).stat().st_mode) == 0o600


def test_the_file_is_written_ahead(sqlite_url: str, open_store: Callable[..., Store]) -> None:
    open_store(sqlite_url)
    connection = sqlite3.connect(path_of(sqlite_url))
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def _migrate(url: str, start: Any, answers: Any) -> None:
    start.wait(PATIENCE)
    try:
        store = Store.open(url, migrate=True)
        answers.put(store.record_feedback([feedback()]))
        store.close()
    except StoreError as error:
        answers.put(str(error))


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_processes_that_start_together_migrate_once(url: str) -> None:
    context = multiprocessing.get_context("fork")
    start, answers = context.Barrier(WORKERS), context.Queue()
    workers = [context.Process(target=_migrate, args=(url, start, answers)) for _ in range(WORKERS)]
    for each in workers:
        each.start()
    assert [answers.get(timeout=PATIENCE) for _ in workers] == [1] * WORKERS
    for each in workers:
        each.join()
        each.close()
    store = Store.open(url, migrate=False)
    assert len(list(store.export("feedback"))) == WORKERS
    store.close()
