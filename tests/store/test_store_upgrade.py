"""From one release's tables to the next's: there is one step so far, so the next are made here."""

from __future__ import annotations

import multiprocessing
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import inspect, text
from store_samples import feedback, shown

import seriatim.store
from seriatim.cli import guard
from seriatim.store import Feedback, Store, StoreError, schema

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 60
WORKERS = 4
KILLED = 9
STEP = """
import os
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = {own!r}, {before!r}, None, None

def upgrade():
    op.add_column("feedback", sa.Column({column!r}, sa.String(8)))
    op.execute("UPDATE feedback SET {column} = 'before'")
    {then}
"""
FAILS = 'op.execute("INSERT INTO nowhere VALUES (1)")'


@dataclass
class Releases:
    """Later releases of the package, each with one step more; `now` becomes the last of them."""

    monkeypatch: pytest.MonkeyPatch
    folder: Path

    def now(self, *thens: str) -> None:
        """A release whose steps after the first end with `thens`."""
        ours = Path(seriatim.store.__file__).parent / "migrations" / "versions"
        revisions = ["0001"]
        for number, then in enumerate(thens, start=2):
            own, column = f"{number:04}", f"more_{number}"
            step = STEP.format(own=own, before=revisions[-1], column=column, then=then or "pass")
            (self.folder / f"v{own}.py").write_text(step)
            revisions.append(own)
        made = schema.alembic_config()
        made.set_main_option("version_locations", os.pathsep.join([str(ours), str(self.folder)]))
        self.monkeypatch.setattr(schema, "alembic_config", lambda: made)
        self.monkeypatch.setattr(schema, "REVISIONS", tuple(revisions))
        self.monkeypatch.setattr(schema, "NEWEST", revisions[-1])

    def back(self) -> None:
        """The release as it is."""
        self.monkeypatch.undo()


@pytest.fixture
def releases(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Releases:
    folder = tmp_path / "versions"
    folder.mkdir()
    return Releases(monkeypatch, folder)


@pytest.fixture
def said(url: str) -> Feedback:
    """What a store of this release holds, closed."""
    given = feedback()
    with Store.open(url, migrate=True) as store:
        store.record_feedback([given])
        store.record_shown(shown())
    return given


def state(store: Store) -> tuple[str | None, set[str], int]:
    """The revision, the columns that were added to the feedback, and how many rows it has."""

    def look(connection: Any) -> tuple[set[str], int]:
        columns = {each["name"] for each in inspect(connection).get_columns("feedback")}
        counted = connection.scalar(text("SELECT count(*) FROM feedback"))
        return {each for each in columns if each.startswith("more_")}, counted

    return schema.revision_of(store._database), *store._database.read(look)


def test_an_older_release_s_tables_are_brought_up_and_keep_what_they_hold(
    url: str, said: Feedback, releases: Releases, open_store: Callable[..., Store]
) -> None:
    old = open_store(url)
    releases.now("", "")
    with pytest.raises(StoreError, match=r"older release \(0001\); run `seriatim store migrate`"):
        Store.open(url, migrate=False)
    store = open_store(url)
    assert state(store) == ("0003", {"more_2", "more_3"}, 1)
    assert [each["card"] for each in store.export("feedback")] == [said.card]
    assert len(list(store.export("shown"))) == 1
    assert store.record_feedback([feedback()]) == 1
    releases.back()
    assert "newer release" in (old.problem() or "")
    with pytest.raises(StoreError, match=r"newer release of Seriatim \(tables at '0003'"):
        Store.open(url, migrate=True)


@pytest.mark.parametrize("thens", [(FAILS,), ("", FAILS)])
def test_a_step_that_fails_takes_everything_back(
    url: str,
    said: Feedback,
    releases: Releases,
    open_store: Callable[..., Store],
    thens: tuple[str, ...],
) -> None:
    """Of several steps too: the store is at the old release or at the new one, never between."""
    releases.now(*thens)
    with pytest.raises(StoreError, match=r"the store at .* cannot be used"):
        Store.open(url, migrate=True)
    releases.back()
    store = open_store(url, migrate=False)
    assert state(store) == ("0001", set(), 1)
    assert [each["card"] for each in store.export("feedback")] == [said.card]
    releases.now("", "")
    assert state(open_store(url)) == ("0003", {"more_2", "more_3"}, 1)


@pytest.mark.usefixtures("said")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_process_that_is_killed_half_way_leaves_the_old_tables(
    url: str, releases: Releases, open_store: Callable[..., Store]
) -> None:
    releases.now("", f"os._exit({KILLED})")
    process = multiprocessing.get_context("fork").Process(
        target=Store.open, args=(url,), kwargs={"migrate": True}
    )
    process.start()
    process.join(PATIENCE)
    assert process.exitcode == KILLED
    releases.back()
    assert state(open_store(url, migrate=False)) == ("0001", set(), 1)
    releases.now("", "")
    assert state(open_store(url)) == ("0003", {"more_2", "more_3"}, 1)


def _open(url: str, start: Any) -> None:
    start.wait(PATIENCE)
    Store.open(url, migrate=True).close()


@pytest.mark.campaign
@pytest.mark.usefixtures("said")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_processes_that_start_together_upgrade_once(
    url: str, releases: Releases, open_store: Callable[..., Store]
) -> None:
    releases.now("", "")
    context = multiprocessing.get_context("fork")
    start = context.Barrier(WORKERS)
    workers = [context.Process(target=_open, args=(url, start)) for _ in range(WORKERS)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(PATIENCE)
    assert [each.exitcode for each in workers] == [0] * WORKERS
    assert state(open_store(url, migrate=False)) == ("0003", {"more_2", "more_3"}, 1)


@pytest.mark.usefixtures("said")
def test_by_command(url: str, releases: Releases, capsys: pytest.CaptureFixture[str]) -> None:
    def says(command: str, code: int, words: str) -> bool:
        found = guard.run(["store", command, "--url", url])
        return found == code and words in "".join(capsys.readouterr())

    releases.now("")
    assert says("status", 1, "tables: 0001, of an older release; run `seriatim store migrate`")
    assert says("migrate", 0, "the tables are ready")
    assert says("status", 0, "tables: 0002, those of this release")
    releases.back()
    assert says("status", 1, "tables: 0002, of a newer release (this one knows 0001)")
    assert says("migrate", 2, "install that release")
