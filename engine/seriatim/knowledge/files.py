"""The files that are the knowledge, and the one hash over their text."""

from __future__ import annotations

import os
from errno import EINVAL
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDERS = ("cases", "rules")
SUFFIX = ".yaml"
MAX_BYTES = 4_000_000


def files_under(root: Path) -> list[str]:
    """Every file under `cases/` and `rules/` by its path from the root, readable or not, in order.

    Only a README.md and what is hidden and no YAML are left out; a folder that is called as a
    file is listed, so that it is complained of, and so is one that cannot be read, with a `/` at
    its end. Links to folders are followed, each once.
    """
    found: list[str] = []
    unread: list[OSError] = []
    seen: set[str] = set()
    for part in FOLDERS:
        for folder, folders, names in os.walk(root / part, onerror=unread.append, followlinks=True):
            real = os.path.realpath(folder)
            if real in seen:
                folders.clear()
                continue
            seen.add(real)
            place = Path(folder).relative_to(root).as_posix()
            listed = [*names, *(each for each in folders if each.endswith(SUFFIX))]
            found += (f"{place}/{name}" for name in listed if not _is_beside(name, place))
    found += (f"{Path(each.filename).relative_to(root).as_posix()}/" for each in unread)
    return sorted(found, key=lambda name: name.split("/"))


def _is_beside(name: str, place: str) -> bool:
    hidden = name.startswith(".") or "/." in place
    return name == "README.md" or (hidden and not name.endswith(SUFFIX))


def why_unread(folder: Path) -> str:
    """What keeps a folder from being read."""
    try:
        with os.scandir(folder):
            return "unreadable"
    except OSError as error:
        return error.strerror or "unreadable"


def read_file(path: Path) -> bytes:
    """What a file holds, up to one byte more than is taken; a pipe or device is not opened."""
    if not S_ISREG(path.stat().st_mode):
        raise OSError(EINVAL, "not a regular file")
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def digest_of(data: bytes) -> str:
    """sha256 of a file's text, line endings aside."""
    return sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def hash_over(digests: Mapping[str, str]) -> str:
    """sha256 over the path and digest of every file."""
    lines = (f"{path} {digest}\n" for path, digest in sorted(digests.items()))
    return sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
