"""Says of text that is not YAML what is wrong, and where: libyaml says what it met after that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unicodedata import name as name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml

    Place = tuple[int, int]

_ODD_BLANKS = "\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff"
_ODD_BLANK = re.compile(rf"(?:^[ -]*|[:,\[{{])([{_ODD_BLANKS}])")
_ODD_QUOTE = re.compile(r"(?:^|[:,\[{-]) *([\u2018-\u201f\u00ab\u00bb])")
_KEY = re.compile(r"[ -]*[^\s'\"\[{#][^'\"\[{#]*?:(?: |$)")
_ENTRY = re.compile(r"-(?: |$)")
_BEGINNING = re.compile(r"[ -]*")
_QUOTES = ('"', "'")


@dataclass(frozen=True, slots=True)
class NotYaml:
    """What is wrong, where, and what should stand there."""

    found: str
    place: Place
    expected: str = ""


def explain(error: yaml.YAMLError, text: str, last: Place) -> NotYaml:
    """What a reader of the text would call the mistake; `last` is where the last value begins."""
    met, begun = _place(error, "problem_mark"), _place(error, "context_mark")
    if met is None:
        return NotYaml("not YAML", (1, 1))
    lines = _Lines(text.split("\n"))
    told = _told(error, lines, met, begun or met, last)
    for number in dict.fromkeys((told.place[0], met[0])):
        if odd := next(_odd(lines.line(number), number), None):
            return odd
    return told


class _Lines:
    """The text line by line, counted from 1; empty beyond its end."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def line(self, number: int) -> str:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def begins(self, number: int) -> Place:
        """Where the text of a line begins, behind blanks and the dash of an entry."""
        found = _BEGINNING.match(self.line(number))
        return (number, (found.end() if found else 0) + 1)

    def before(self, number: int) -> int:
        """The nearest line above that is neither empty nor a comment."""
        for above in range(number - 1, 0, -1):
            if self.line(above).strip() and not self.line(above).lstrip().startswith("#"):
                return above
        return 0


def _place(error: Any, which: str) -> Place | None:
    mark = getattr(error, which, None)
    return (mark.line + 1, mark.column + 1) if mark else None


def _told(error: Any, lines: _Lines, met: Place, begun: Place, last: Place) -> NotYaml:
    problem, context = str(error.problem or "not YAML"), str(error.context or "")
    if "expected ':'" in problem:
        return _no_colon(lines, begun)
    if "mapping values" in problem:
        return _colon(lines, met)
    if "flow" in context:
        missing = "node content" in problem
        return _value(lines, met, last) if missing else _bracket(met, begun)
    if "block" in context and "scalar" not in context:
        return _beside(lines, met, begun, last)
    if "quoted scalar" in context and "end of stream" in problem:
        return NotYaml("a quote is not closed", begun, "a quote at the end of the text")
    return _character(lines, met, f"{problem} {context}".strip())


def _character(lines: _Lines, met: Place, reason: str) -> NotYaml:
    found = lines.line(met[0])[met[1] - 1 : met[1]]
    if found == "\t":
        return NotYaml("a tab", met, "blanks to indent with")
    if "cannot start any token" in reason:
        return NotYaml(f"text begins with {found}", met, "the text in quotes")
    if "escape" in reason:
        return NotYaml("a backslash in double quotes", met, "single quotes around the text")
    return NotYaml(reason, met)


def _value(lines: _Lines, met: Place, last: Place) -> NotYaml:
    """Nothing where a value of a list or mapping in brackets must begin."""
    if lines.line(met[0])[met[1] - 1 :].strip():
        return NotYaml("a value is missing", met, "one between two commas")
    return NotYaml("a bracket is not closed", last, "a bracket at the end of the list")


def _bracket(met: Place, begun: Place) -> NotYaml:
    if met[0] == begun[0]:
        return NotYaml("a comma or a bracket is missing", met, "a comma between two entries")
    return NotYaml("a bracket is not closed", begun, "a bracket at the end of the list")


def _no_colon(lines: _Lines, begun: Place) -> NotYaml:
    line, begins = lines.line(begun[0]), lines.begins(begun[0])
    if ":" in line:
        column = line.index(":") + 1
        return NotYaml("no blank after the colon", (begun[0], column), "key: value")
    return NotYaml("a colon is missing", max(begun, begins), "key: value")


def _colon(lines: _Lines, met: Place) -> NotYaml:
    """A colon where none can be: within text, or because of the line or the indent before it."""
    line = lines.line(met[0])
    if _KEY.match(line[: met[1] - 1]):
        return NotYaml("a colon within text", met, "the text in quotes")
    above = lines.before(met[0])
    if above and not _KEY.match(lines.line(above)):
        return _no_colon(lines, lines.begins(above))
    return NotYaml(_DIFFERENTLY, lines.begins(met[0]), _AS_BESIDE)


def _beside(lines: _Lines, met: Place, begun: Place, last: Place) -> NotYaml:
    """Something beside keys or entries that is none."""
    line, at = lines.line(met[0]), met[1] - 1
    if line[at : at + 1] in ("]", "}"):
        return NotYaml("a bracket too many", met)
    if line[:at].rstrip().endswith(_QUOTES):
        if last[0] < met[0]:
            return NotYaml("a quote is not closed", last, "a quote at the end of the text")
        return NotYaml("text after a closing quote", met, "quotes around the whole text")
    if met[1] == begun[1]:
        return _dash(line[at:], lines.line(begun[0])[begun[1] - 1 :], met, begun)
    return NotYaml(_DIFFERENTLY, met, _AS_BESIDE)


def _dash(line: str, first: str, met: Place, begun: Place) -> NotYaml:
    """A key beside entries of a list, or the other way round; `first` is the line they begin at."""
    if first.startswith("-") and not _ENTRY.match(first):
        return NotYaml("no blank after the dash", begun, "- key: value")
    if _ENTRY.match(line):
        return NotYaml("an entry of a list beside keys", met, "a key")
    if _ENTRY.match(first):
        return NotYaml("no dash, beside entries of a list", met, "- key: value")
    return NotYaml(_DIFFERENTLY, met, _AS_BESIDE)


_DIFFERENTLY = "indented differently from the lines beside it"
_AS_BESIDE = "the same blanks before each"


def _odd(line: str, number: int) -> Iterator[NotYaml]:
    """A blank or quote that only looks like one."""
    for pattern, expected in ((_ODD_BLANK, "an ordinary blank"), (_ODD_QUOTE, "straight quotes")):
        for each in pattern.finditer(line):
            odd = each.group(1)
            found = f"a {name_of(odd, 'character').lower()} (U+{ord(odd):04X})"
            yield NotYaml(found, (number, each.start(1) + 1), expected)
