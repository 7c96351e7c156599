"""Values inside Markdown: no table cell, link, mention, HTML or code can begin in one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seriatim.render.canvas import GLUE, clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MARKUP = re.compile(r"([\\`*_{}\[\]#|~$])")
_AT_START = re.compile(r"^(\s*)(?:([-+=]+)|(\d+)([.)]))(?=\s|$)")
_LINK = re.compile(r"(?i)(https?|ftp|mailto|www)([:.])|@")
NOTHING = "<!-- -->"
"""Seen by no reader; keeps what stands on its two sides from being read as one."""


def escape(text: str) -> str:
    """The text as literal text."""
    plain = clean(text.replace(GLUE, " ")).replace("&", "&amp;")
    plain = plain.replace("<", "&lt;").replace(">", "&gt;")
    plain = _MARKUP.sub(r"\\\1", plain)
    plain = _LINK.sub(lambda found: f"{found[1] or '@'}{NOTHING}{found[2] or ''}", plain)
    return _AT_START.sub(_literal_start, plain)


def _literal_start(found: re.Match[str]) -> str:
    """A dash or number that would open a list."""
    if found[2]:
        return f"{found[1]}\\{found[2]}"
    return f"{found[1]}{found[3]}\\{found[4]}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table; its values are escaped here."""
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(escape(cell) for cell in row)} |" for row in rows]
    return lines


def bullets(items: Iterable[str]) -> list[str]:
    """A list; its values are escaped here."""
    return [f"- {escape(each)}" for each in items]
