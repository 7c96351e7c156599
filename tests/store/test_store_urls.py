"""URLs that cannot be used say so, and never show a password."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import pytest

from seriatim.store import Store, StoreError
from seriatim.store.places import read_place

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "pa55word"  # noqa: S105 - what must not be seen


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "cannot be read; give sqlite:///PATH or postgresql://USER@HOST/DATABASE"),
        ("store.db", "cannot be read; give sqlite:///PATH"),
        (f"postgresql://u:{SECRET}@h:{SECRET}/d", "cannot be read"),
        (f"mysql://u:{SECRET}@h/d", "in SQLite or PostgreSQL only"),
        (f"sqlite+aiosqlite:///{SECRET}", "in SQLite or PostgreSQL only"),
        ("postgresql+asyncpg://h/d", "in SQLite or PostgreSQL only"),
        ("sqlite://", "the store needs a file"),
        ("sqlite:///:memory:", "the store needs a file"),
        ("sqlite:///file:x?mode=memory", "takes no parameters"),
        ("sqlite:///file:x", "the store needs a file"),
        ("sqlite://folder/store.db", "three slashes before a path"),
        ("sqlite:///a\nb", "control character"),
        ("sqlite:///a\x00b", "control character"),
    ],
)
@pytest.mark.parametrize("migrate", [True, False])
def test_bad_urls(url: str, says: str, *, migrate: bool) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(url, migrate=migrate)
    assert says in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("url", [None, 7, b"sqlite:///x"])
def test_what_is_not_a_url(url: object) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        Store.open(url, migrate=False)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://someone:{}@127.0.0.1:1/records",
        "postgres://someone:{}@127.0.0.1:1/records?application_name=x",
        "postgresql+psycopg://127.0.0.1:1/records?password={}&user=someone",
        "postgresql://someone:{}@127.0.0.1:1/records?nonsense={}",
        "postgresql://someone:{}@127.0.0.1:1/records?sslmode=nonsense",
        "postgresql://someone:{}@[::1/records",
        "postgresql://someone:{}@nowhere.invalid/records?connect_timeout=2",
    ],
)
def test_a_server_that_cannot_be_reached(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(StoreError) as caught:
        Store.open(url.replace("{}", SECRET), migrate=True)
    assert SECRET not in str(caught.value)
    assert SECRET not in caplog.text
    assert "\n" not in str(caught.value)


def test_a_reachable_server_that_refuses(postgresql_url: str) -> None:
    other = postgresql_url.replace("/postgres", "/nowhere")
    with pytest.raises(StoreError, match="does not exist") as caught:
        Store.open(other, migrate=True)
    assert caught.value.temporary
    with pytest.raises(StoreError, match=r"role .* does not exist"):
        Store.open(postgresql_url.replace("seriatim@", "other@"), migrate=True)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://u:p%40ss@h:5433/d?sslmode=require", "postgresql://h:5433/d"),
        ("postgres://u:p@/d?host=/run/sockets", "postgresql:///run/sockets/d"),
        ("postgresql://u:p@/d?host=a&host=b", "postgresql://a,b/d"),
        ("sqlite:////srv/store.db", "sqlite:////srv/store.db"),
    ],
)
def test_the_name_has_no_user_and_no_password(url: str, name: str) -> None:
    assert read_place(url).name == name


def test_a_path_is_as_the_shell_would_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/someone")
    assert read_place("sqlite:///a b%c#d.db").path == tmp_path / "a b%c#d.db"
    assert str(read_place("sqlite:///~/store.db").path) == "/home/someone/store.db"


@pytest.mark.parametrize("name", ["a b.db", "100%.db", "é#.db", "%41.db", "a&b=c"])
def test_odd_file_names(tmp_path: Path, name: str) -> None:
    Store.open(f"sqlite:///{tmp_path / name}", migrate=True).close()
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_missing_package_is_named(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(sys.modules):
        if name.startswith("seriatim.store.") and name.rpartition(".")[2] in {"schema", "database"}:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(StoreError, match=r"pip install 'seriatim\[service\]'"):
        Store.open(sqlite_url, migrate=True)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'seriatim\[postgresql\]'"):
        Store.open("postgresql://h/d", migrate=True)


def test_a_store_shows_itself_without_secrets(sqlite_url: str) -> None:
    with Store.open(sqlite_url, migrate=True) as store:
        assert repr(store) == f"<Store {sqlite_url}>"
