"""Where the store is: a URL read, checked and shown without its password."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from seriatim.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLES = "sqlite:///PATH or postgresql://USER@HOST/DATABASE"
POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")


@dataclass(frozen=True, slots=True)
class Place:
    """A database: `path` of an SQLite file, or `url` of a PostgreSQL server; `name` to show."""

    name: str
    path: Path | None
    url: URL


def read_place(text: str) -> Place:
    """The place that a URL names.

    Raises StoreError; its text never holds the URL, which may hold a password in any part.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError, TypeError, AttributeError):
        raise StoreError(f"the URL of the store cannot be read; give {EXAMPLES}") from None
    if url.drivername in {"sqlite", "sqlite+pysqlite"}:
        return _sqlite(url, text)
    if url.drivername in POSTGRESQL:
        return _postgresql(url)
    raise StoreError(f"the store is kept in SQLite or PostgreSQL only; give {EXAMPLES}")


def _sqlite(url: URL, text: str) -> Place:
    if url.host or url.username or url.password or url.port:
        raise StoreError(
            "an SQLite URL has three slashes before a path, or four before one from the root: "
            "sqlite:///folder/store.db, sqlite:////folder/store.db"
        )
    if url.query:
        raise StoreError("an SQLite URL takes no parameters (everything from the ? on)")
    given = text.partition(":///")[2]  # as it stands: a path may well hold a %
    if not given or given == ":memory:" or given.startswith("file:"):
        raise StoreError("the store needs a file: give sqlite:///PATH")
    if not given.isprintable():
        raise StoreError("the path of the store holds a control character")
    path = _path(given)
    return Place(f"sqlite:///{path}", path, url)


def _path(given: str) -> Path:
    try:
        return Path(given).expanduser().absolute()
    except RuntimeError as error:
        raise StoreError(f"{given}: there is no such home folder; give a whole path") from error


def _postgresql(url: URL) -> Place:
    port = f":{url.port}" if url.port else ""
    host = _one(url.query, "host") or url.host or ""
    name = f"postgresql://{host}{port}/{url.database or ''}"
    shown = "".join(ch if ch.isprintable() else "?" for ch in name)
    return Place(shown, None, url.set(drivername="postgresql+psycopg"))


def _one(query: Mapping[str, str | tuple[str, ...]], key: str) -> str:
    value = query.get(key, "")
    return value if isinstance(value, str) else ",".join(value)


def create_file(path: Path) -> None:
    """An empty file for the store that only its owner can read, unless there is one.

    Raises StoreError that says why there cannot be one.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise StoreError(_why(path, error)) from error


def check_file(path: Path) -> None:
    """Raises StoreError if there is no such file or it is something else."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        if not path.parent.exists():
            raise StoreError(_why(path, error)) from error
        raise StoreError(
            f"{path}: there is no store yet; `seriatim store migrate` makes one"
        ) from error
    except OSError as error:
        raise StoreError(_why(path, error)) from error
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "not a file"
        raise StoreError(f"{path}: is {kind}; give the path of a file for the store")


def _why(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{path.parent}: there is no such folder; make it, or give another path"
    if isinstance(error, PermissionError):
        return f"{path}: may not be read or made by this user; give it the rights, or another path"
    return f"{path}: cannot be used for the store: {error.strerror}"
