"""How wide a text will be, near enough to break lines the same way on every machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seriatim.figures.palette import bold, size_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOWER, _UPPER, _WIDEST = 0.61, 0.72, 1.0
_EM: dict[str, float] = {
    **dict.fromkeys("abcdeghknopqsuvxyz0123456789", _LOWER),
    **dict.fromkeys("ABCDEFGHIJKLNOPQRSTUVXYZ", _UPPER),
    **dict.fromkeys("ijl'|.,:;!·’", 0.31),
    **dict.fromkeys(" ftr()[]/-", 0.39),
    **dict.fromkeys("mw", 0.93),
    **dict.fromkeys("MW%@…", 1.0),
}
LATIN = "\u0250"
GLUE = "\u00a0"
_KEPT = re.compile(
    r"\(?95% CI [\d.–]+%[);]?"
    r"|\(?\b\d[\d.–]*(?: - [\d.]+)?(?:mg)? (?:q\d+ )?"
    r"(?:of \d+|months?|weeks?|days?|years?|mg|courses?|patients?)\b"
    r"|\bq\d+ (?:days?|weeks?|months?)"
    r"|\b(?:woman|man|girl|boy|infant|child|adult|age),? \d+"
    r"|\bT\w+R\d+ [\w-]+ (?:no response|partial|complete|response not printed)"
)
"""What is read as one."""
BOLD = 1.1
"""The wide faces among sans-serif ones (DejaVu Sans, Verdana): in others a line ends earlier."""


def width(text: str, look: str) -> float:
    """CSS pixels that a text of a class takes, a little more than less."""
    ems = sum([_EM[each] if each in _EM else _em(each) for each in text])
    return ems * size_of(look) * (BOLD if bold(look) else 1)


def _em(character: str) -> float:
    if character >= LATIN and not "\u2010" <= character <= "\u2026":
        return _WIDEST
    return _UPPER if character.isupper() else _LOWER


def fitted(text: str, look: str, room: float) -> str:
    """The text, or as much of it as there is room for and an ellipsis."""
    if width(text, look) <= room:
        return text
    end = len(text)
    while end and width(f"{text[:end].rstrip()}…", look) > room:
        end -= 1
    return f"{text[:end].rstrip()}…"


def wrapped(text: str, look: str, room: float) -> list[str]:
    """The text in lines; a word that is longer than a line is broken.

    A number stays with what it counts, if there is room for both.
    """
    lines: list[str] = []
    for word in _words(text, look, room):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, look) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return [each.replace(GLUE, " ") for each in lines]


def _words(text: str, look: str, room: float) -> Iterable[str]:
    for word in _glued(text, look, room).split(" "):
        left = word
        while width(left, look) > room and len(left) > 1:
            end = max(1, next(n for n in range(len(left), 0, -1) if _fits(left[:n], look, room)))
            yield left[:end]
            left = left[end:]
        if left:
            yield left


def _glued(text: str, look: str, room: float) -> str:
    """The text with the spaces that are no place for a new line as others."""

    def glued(found: re.Match[str]) -> str:
        return found[0].replace(" ", GLUE) if width(found[0], look) <= room else found[0]

    return _KEPT.sub(glued, " ".join(text.split()))


def _fits(text: str, look: str, room: float) -> bool:
    return len(text) == 1 or width(text, look) <= room
