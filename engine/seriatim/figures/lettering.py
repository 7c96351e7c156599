"""How wide a text will be, near enough to break lines the same way on every machine."""

from __future__ import annotations

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
    """The text in lines; a word that is longer than a line is broken."""
    lines: list[str] = []
    for word in _words(text, look, room):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, look) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _words(text: str, look: str, room: float) -> Iterable[str]:
    for word in text.split():
        left = word
        while width(left, look) > room and len(left) > 1:
            end = max(1, next(n for n in range(len(left), 0, -1) if _fits(left[:n], look, room)))
            yield left[:end]
            left = left[end:]
        if left:
            yield left


def _fits(text: str, look: str, room: float) -> bool:
    return len(text) == 1 or width(text, look) <= room
