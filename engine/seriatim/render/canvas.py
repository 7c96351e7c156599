"""Words on lines: wraps to a width, hangs indents and colours, and never loses a word."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Style = Literal["bold", "dim", "red", "yellow", "green"]
GLUE = "\u00a0"
"""Keeps what belongs together on one line; printed as a blank."""

_TOGETHER = re.compile(
    r"\d+ of \d+|95% CI \S+|\d+ (?:months?|patients?|courses?|prior|mo|more|combinations?)\b"
    r"|p\. \d+|Table \S+|section \S+|row \d+|\bno adverse event printed"
)
"""A number and its unit, a count, an interval, a place: never parted at the end of a line."""

_ANSI: dict[Style, str] = {"bold": "1", "dim": "2", "red": "31", "yellow": "33", "green": "32"}
SMALLEST_GAP = 2
NOT_TEXT = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that could move a cursor, hide or reorder what is shown."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style."""

    text: str
    style: Style | None = None


Text = str | Span
"""What a line is made of."""

Word = list[Span]
"""Spans with no blank between them, which stay together."""


def glued(text: str) -> str:
    """The text in one piece, which is never wrapped."""
    return text.replace(" ", GLUE)


def clean(text: str) -> str:
    """The text without anything that could move a cursor, hide or reorder what is shown."""
    if text.isascii() and text.isprintable():
        return text
    plain = unicodedata.normalize("NFC", text)
    if plain.isprintable():  # nothing of NOT_TEXT is
        return plain
    return "".join(
        " " if ch in "\n\t" else "\ufffd" if unicodedata.category(ch) in NOT_TEXT else ch
        for ch in plain
    )


def cells(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(ch) else 2 if unicodedata.east_asian_width(ch) in "WF" else 1
        for ch in text
    )


@dataclass(slots=True)
class Canvas:
    """Lines of at most `width` columns; a word that is longer stands whole on a line of its own."""

    width: int = 100
    colour: bool = False
    lines: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Everything that was written, with a newline at its end."""
        return "".join(f"{line.rstrip()}\n" for line in self.lines)

    def blank(self) -> None:
        """One empty line, never two."""
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def write(self, *texts: Text, indent: int = 0, hang: int = 0) -> None:
        """A paragraph: its first line starts at `indent`, those after it at `indent + hang`."""
        self.row((), texts, indent=indent, hang=hang)

    def heading(self, *texts: Text) -> None:
        """A bold line after an empty one."""
        self.blank()
        bold = (Span(each, "bold") if isinstance(each, str) else each for each in texts)
        self.write(*bold, hang=2)

    def ends(self, left: Sequence[Text], right: Text) -> None:
        """One line with `right` at its far end, or two if both do not fit."""
        taken = cells("".join(_plain(each) for each in left))
        gap = self.width - taken - cells(_plain(right))
        if gap < SMALLEST_GAP:
            self.write(*left)
            self.write(right)
        else:
            self.lines.append("".join(self._paint(each) for each in (*left, " " * gap, right)))

    def row(
        self,
        columns: Sequence[tuple[Text, int]],
        rest: Sequence[Text],
        *,
        indent: int = 0,
        hang: int = 0,
        under: int | None = None,
    ) -> None:
        """Columns of fixed width, then a paragraph that wraps under its own first word.

        `under` is the column for its further lines instead.
        """
        head, start = " " * indent, indent
        for text, width in columns:
            taken = cells(_plain(text))
            head += self._paint(text) + " " * max(1, width - taken)
            start += max(width, taken + 1)
        further = start + hang if under is None else under
        for words in _wrapped(rest, self.width - start, self.width - further):
            self.lines.append(head + " ".join(self._word(each) for each in words))
            head = " " * further

    def _word(self, word: Word) -> str:
        return "".join(self._paint(span) for span in word)

    def _paint(self, text: Text) -> str:
        plain = _plain(text).replace(GLUE, " ")
        if not self.colour or isinstance(text, str) or text.style is None:
            return plain
        return f"\x1b[{_ANSI[text.style]}m{plain}\x1b[0m"


def _plain(text: Text) -> str:
    return clean(text if isinstance(text, str) else text.text)


def _together(text: str) -> str:
    return _TOGETHER.sub(lambda found: glued(found[0]), text)


def _wrapped(texts: Sequence[Text], first: int, later: int) -> list[list[Word]]:
    """The words line by line; at least one line, and at least one word on each."""
    lines: list[list[Word]] = [[]]
    taken, room = 0, first
    for word in _words(texts):
        size = sum(cells(span.text) for span in word)
        if lines[-1] and taken + 1 + size > room:
            lines.append([])
            taken, room = 0, later
        taken += size + bool(lines[-1])
        lines[-1].append(word)
    return lines


def _words(texts: Sequence[Text]) -> Iterator[Word]:
    """Split at blanks, across spans: `[red]none[/],` stays one word."""
    word: Word = []
    for text in texts:
        style = None if isinstance(text, str) else text.style
        for position, piece in enumerate(_together(_plain(text)).split(" ")):
            if position and word:
                yield word
                word = []
            if piece:
                word.append(Span(piece, style))
    if word:
        yield word
