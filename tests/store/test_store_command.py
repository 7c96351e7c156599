"""`seriatim store`: migrate, status, export and purge, on both databases."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from store_samples import DAY, feedback, plain, shown

from seriatim.cli.guard import run
from seriatim.cli.problems import CannotRunError
from seriatim.cli.store import purge_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.store import Store

    Cli = Callable[..., "Result"]

PLAIN = re.compile(r"[\t\n\x20-\x7e…]*")


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


@pytest.fixture
def cli(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs `seriatim store` in this process."""
    for name in [each for each in os.environ if each.startswith("SERIATIM_")]:
        monkeypatch.delenv(name)

    def call(*arguments: str) -> Result:
        capfdbinary.readouterr()
        code = run(["store", *arguments])
        out, err = capfdbinary.readouterr()
        return Result(code, out.decode(), err.decode())

    return call


@pytest.fixture
def filled(store: Store) -> Store:
    now = datetime.now(UTC)
    for n in range(4):
        store.record_shown(shown(at=now - n * 30 * DAY))
        store.record_feedback([feedback(received_at=now - n * 30 * DAY)])
    assert store.flush()
    return store


def test_migrate_then_status(cli: Cli, url: str) -> None:
    first, second = cli("migrate", "--url", url), cli("migrate", "--url", url)
    assert (first.code, second.code) == (0, 0)
    assert first.out.endswith(": the tables are ready\n")
    assert second.out.endswith(": the tables were up to date\n")
    result = cli("status", "--url", url)
    assert result.code == 0
    assert result.out.splitlines()[1:] == [
        "tables: 0001, those of this release",
        "shown: 0",
        "feedback: 0",
        "seen_jti: 0",
    ]


def test_status_counts_and_dates(cli: Cli, filled: Store, url: str) -> None:
    records = list(filled.export("shown"))
    result = cli("status", "--url", url, "--format", "json")
    told = json.loads(result.out)
    assert (result.code, told["current"]) == (0, True)
    assert told["rows"] == {"shown": 4, "feedback": 4, "seen_jti": 0}
    assert told["spans"]["shown"] == {"oldest": records[3]["at"], "newest": records[0]["at"]}
    assert (
        f"shown: 4, {records[3]['at'][:10]} to {records[0]['at'][:10]}"
        in cli("status", "--url", url).out
    )


def test_status_of_tables_that_cannot_be_used(cli: Cli, store: Store, url: str) -> None:
    for statement, says in (
        ("UPDATE seriatim_store_version SET version_num = '0999'", "0999, of a newer release"),
        ("DROP TABLE seriatim_store_version", "none yet; run `seriatim store migrate`"),
    ):
        store._database.write(lambda to, run=statement: to.execute(text(run)), synced=True)
        result = cli("status", "--url", url)
        assert (result.code, result.err) == (1, "")
        assert says in result.out
        told = json.loads(cli("status", "--url", url, "--format", "json").out)
        assert (told["current"], told["rows"]) == (False, {})


def test_export_as_json_lines(cli: Cli, filled: Store, url: str) -> None:
    for kind in ("shown", "feedback"):
        result = cli("export", kind, "--url", url)
        assert (result.code, result.err) == (0, "")
        assert [json.loads(line) for line in result.out.splitlines()] == list(filled.export(kind))


def test_export_as_csv(cli: Cli, filled: Store, url: str) -> None:
    filled.record_feedback([feedback(reason_code=None, commented=False)])
    for kind in ("shown", "feedback"):
        rows = list(
            csv.DictReader(io.StringIO(cli("export", kind, "--url", url, "--format", "csv").out))
        )
        records = list(filled.export(kind))
        assert [list(row) for row in rows] == [list(each) for each in records]
        assert rows == [{name: _cell(value) for name, value in each.items()} for each in records]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(value) if isinstance(value, list) else str(value)


def test_an_empty_export_has_its_column_names(cli: Cli, store: Store, url: str) -> None:
    del store
    assert cli("export", "shown", "--url", url).out == ""
    assert cli("export", "shown", "--url", url, "--format", "csv").out == (
        "id,report_id,knowledge_hash,rules,courses,hook,client,at\n"
    )


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@a", "\t=1", "\uff1d1", " =1"])
def test_no_cell_can_be_taken_for_a_formula(cli: Cli, store: Store, url: str, value: str) -> None:
    """Even if somebody wrote into the database by other means."""
    store.record_feedback([feedback()])
    query = text("UPDATE feedback SET service = :value")
    store._database.write(lambda to: to.execute(query, {"value": value}), synced=True)
    out = cli("export", "feedback", "--url", url, "--format", "csv").out
    assert next(csv.DictReader(io.StringIO(out, newline="")))["service"] == f"'{value}"


def test_an_output_file_is_whole(cli: Cli, filled: Store, url: str, tmp_path: Path) -> None:
    del filled
    output = tmp_path / "out" / "shown.jsonl"
    output.parent.mkdir()
    output.write_text("old")
    result = cli("export", "shown", "--url", url, "--output", str(output))
    assert (result.code, result.out, result.err) == (0, "", "")
    assert output.read_text() == cli("export", "shown", "--url", url).out
    assert list(output.parent.iterdir()) == [output]


def test_an_export_that_fails_leaves_the_old_file(
    cli: Cli, filled: Store, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from seriatim.store import reading  # noqa: PLC0415

    monkeypatch.setattr(reading, "PORTION", 2)
    kept = reading._plain

    def breaks(row: object) -> dict[str, object]:
        record = kept(row)  # type: ignore[arg-type]
        if record["id"] == last:
            filled._database.write(lambda to: to.execute(text("DROP TABLE shown")), synced=True)
        return record

    last = list(filled.export("shown"))[1]["id"]
    monkeypatch.setattr(reading, "_plain", breaks)
    output = tmp_path / "out" / "shown.jsonl"
    output.parent.mkdir()
    output.write_text("old")
    result = cli("export", "shown", "--url", url, "--output", str(output))
    assert result.code == 2
    assert "its tables are missing or old" in result.err
    assert output.read_text() == "old"
    assert list(output.parent.iterdir()) == [output]


@pytest.mark.parametrize(
    ("output", "says"), [("no/where.csv", "No such file or directory"), (".", "it is a folder")]
)
def test_output_that_cannot_be_written(
    cli: Cli, sqlite_url: str, tmp_path: Path, output: str, says: str
) -> None:
    cli("migrate", "--url", sqlite_url)
    result = cli("export", "shown", "--url", sqlite_url, "--output", str(tmp_path / output))
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith(f"cannot be written: {says}\n")


def test_purge_removes_what_is_older(cli: Cli, filled: Store, url: str) -> None:
    would = cli("purge", "--older-than", "45d", "--url", url, "--dry-run")
    assert would.code == 0
    assert would.out.startswith("would remove from before ")
    assert would.out.endswith(" UTC: shown 2, feedback 2\n")
    assert len(list(filled.export("shown"))) == 4
    done = cli("purge", "--older-than", "45d", "--url", url)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(" UTC: shown 2, feedback 2, seen_jti 0\n")
    assert len(list(filled.export("shown"))) == len(list(filled.export("feedback"))) == 2
    assert cli("purge", "--older-than", "2y", "--url", url).out.endswith("feedback 0, seen_jti 0\n")


@pytest.mark.parametrize("age", ["", "90", "d", "-1d", "1.5d", "90 d", "1m", "999999y", "٣d"])
def test_ages_that_are_none(age: str) -> None:
    with pytest.raises(CannotRunError, match=r"^--older-than: give "):
        purge_store(age, "sqlite:////nowhere/store.db", None, dry_run=False)


def test_ages(cli: Cli, sqlite_url: str) -> None:
    cli("migrate", "--url", sqlite_url)
    for age in ("0h", "12w", "999y"):
        assert cli("purge", "--older-than", age, "--url", sqlite_url).code == 0
    result = cli("purge", "--older-than", "soon", "--url", sqlite_url)
    assert (result.code, result.out) == (2, "")


def test_an_age_is_needed(cli: Cli, sqlite_url: str) -> None:
    result = cli("purge", "--url", sqlite_url)
    assert result.code == 2
    assert "--older-than" in result.err


def test_the_settings_tell_which_store(
    cli: Cli, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "seriatim.yaml"
    config.write_text(f'store: "{sqlite_url}"\n')
    assert cli("migrate", "--config", str(config)).out.startswith(sqlite_url)
    monkeypatch.setenv("SERIATIM_STORE", sqlite_url)
    assert cli("status").out.startswith(sqlite_url)
    monkeypatch.delenv("SERIATIM_STORE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert cli("migrate").out.startswith(f"sqlite:///{tmp_path}/state/seriatim/")


@pytest.mark.parametrize("command", ["migrate", "status", "export shown", "purge --older-than 1d"])
def test_a_store_that_cannot_be_used(cli: Cli, command: str, tmp_path: Path) -> None:
    for url in (
        "postgresql://u:pa55word@127.0.0.1:1/d",
        f"sqlite:///{tmp_path}/no/a.db",
        "pa55word",
    ):
        result = cli(*command.split(), "--url", url)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith("seriatim: ")
        assert "pa55word" not in result.err
        assert PLAIN.fullmatch(result.err)


@pytest.mark.parametrize("command", ["status", "export shown", "purge --older-than 1d"])
def test_nothing_is_made_by_looking(cli: Cli, command: str, sqlite_url: str) -> None:
    result = cli(*command.split(), "--url", sqlite_url)
    assert (result.code, result.out) == (2, "")
    assert "there is no store yet; `seriatim store migrate` makes one" in result.err
    assert not Path(sqlite_url.removeprefix("sqlite:///")).exists()


def test_in_a_process_of_its_own(sqlite_url: str, open_store: Callable[..., Store]) -> None:
    """No warning and no log line."""
    store = open_store(sqlite_url)
    record = shown()
    store.record_shown(record)
    assert store.flush()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "seriatim", "store", "export", "shown"],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "SERIATIM_STORE": sqlite_url},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == plain(record)


def test_without_the_extra_it_says_what_to_install(
    cli: Cli, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seriatim.cli.store.find_spec", lambda _: None)
    result = cli("status", "--url", sqlite_url)
    assert result.code == 2
    assert result.err.endswith("that are not installed: pip install 'seriatim[service]'\n")
