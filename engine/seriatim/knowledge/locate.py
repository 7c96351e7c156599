"""Finds the folder that holds `rules/` and `cases/`."""

from __future__ import annotations

import os
from pathlib import Path

from seriatim.errors import SeriatimError

ENVIRONMENT = "SERIATIM_KNOWLEDGE"
_PACKAGE = Path(__file__).resolve().parents[1]
PACKAGED = _PACKAGE / "_data"
"""Where an installed package carries its knowledge."""


class KnowledgeNotFoundError(SeriatimError):
    """There is no knowledge where it was looked for."""


def knowledge_root(path: str | os.PathLike[str] | None = None) -> Path:
    """Take the explicit path, else `SERIATIM_KNOWLEDGE`, the installed data or the checkout.

    Raises KnowledgeNotFoundError if the place found has no `rules/` and `cases/`.
    """
    chosen = path if path is not None else os.environ.get(ENVIRONMENT)
    if chosen is not None:
        root = Path(chosen)
        if not is_root(root):
            origin = "" if path is not None else f" (from {ENVIRONMENT})"
            raise KnowledgeNotFoundError(f"{root}{origin} is not a folder with rules/ and cases/")
        return root
    for candidate in (PACKAGED, _PACKAGE.parents[1]):
        if is_root(candidate):
            return candidate
    raise KnowledgeNotFoundError(
        f"no rules/ and cases/ beside the package; set {ENVIRONMENT} to the folder that has them"
    )


def is_root(path: Path) -> bool:
    """Whether a folder holds knowledge."""
    return (path / "rules").is_dir() and (path / "cases").is_dir()
