"""The only YAML reader of the project: strict, bounded and with the place of every value.

A plain loader reads `010` as 8, `1:30` as 90 and `NO` as false, drops a duplicate key without
a word and expands aliases without a bound. Here each of these is a diagnostic.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from seriatim.errors import Diagnostic
from seriatim.knowledge.files import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

Path = tuple[str | int, ...]
"""Where a value stands in its document: keys and list positions from the top."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_DEPTH = 40
MAX_NODES = 200_000

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}\Z")
_NOT_YAML = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What one YAML reader or another takes for something other than text.
_TREACHEROUS = re.compile(
    r"""(?: yes | no | on | off | y | n                     # booleans of YAML 1.1
        | true | false | null                               # in any other capitals
        | [-+]? 0 [0-9_]+ | 0x[0-9a-f_]+ | 0o[0-7]+ | 0b[01]+ # octal, hexadecimal, binary
        | [-+]? [0-9][0-9_]* (?: : [0-9]{1,2} )+ (?:\.[0-9]*)? # base 60
        | [-+]? (?: \.[0-9]+ | [0-9][0-9_]* \.? [0-9_]* ) (?: e [-+]? [0-9]+ )? # other numbers
        | [-+]? \.inf | \.nan
        | = | <<
        )\Z""",
    re.VERBOSE | re.IGNORECASE,
)
_TRUE_WORDS = frozenset({"true", "yes", "on", "y"})
_FALSE_WORDS = frozenset({"false", "no", "off", "n"})
_LONGEST_WORD = len("false")
_NUMBERS_START = frozenset("0123456789+-.=<")
"""Longer text that begins otherwise is text to every reader, without asking the patterns."""


@dataclass(slots=True)
class Document:
    """A parsed file: plain values, and for every path where it stands.

    `places` has the (line, column) of each value and of each key's own text under `key_places`,
    both counted from 1. `quoted` holds the paths of scalars that are in quotes or in a block.
    """

    path: str
    value: Any = None
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    key_places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    quoted: set[Path] = field(default_factory=set)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def place(self, where: Path, *, key: bool = False) -> tuple[int, int]:
        """(line, column) of the value at `where`, else of the nearest thing around it."""
        table = self.key_places if key else self.places
        for end in range(len(where), -1, -1):
            found = table.get(where[:end]) or self.places.get(where[:end])
            if found:
                return found
        return (1, 1)

    def problem(
        self,
        code: str,
        where: Path,
        message: str,
        *,
        expected: str = "",
        nearest: Iterable[str] = (),
        key: bool = False,
        severity: str = "error",
    ) -> Diagnostic:
        """Make a diagnostic at a path of this document."""
        line, column = self.place(where, key=key)
        return Diagnostic(
            code, message, self.path, line, column, severity, expected, tuple(nearest)
        )


def read_yaml(
    data: bytes | str, path: str, *, max_bytes: int = MAX_BYTES, max_nodes: int = MAX_NODES
) -> Document:
    """Parse one YAML (or JSON) document.

    Never raises for bad input: problems are in `Document.diagnostics`, and `value` is None if
    the text could not be read to its end.
    """
    document = Document(path)
    text = _decode(data, document, max_bytes)
    if text is None:
        return document
    if odd := _NOT_YAML.search(text):
        document.diagnostics.append(_character_problem(text, odd.start(), path))
        return document
    try:
        _Builder(document, max_nodes).build(text)
    except _GiveUpError as stop:
        document.value = None
        document.diagnostics.append(stop.diagnostic)
    except yaml.YAMLError as error:
        document.value = None
        document.diagnostics.append(_syntax_problem(error, text, document))
    return document


def _decode(data: bytes | str, document: Document, max_bytes: int) -> str | None:
    if len(data) > max_bytes:
        document.diagnostics.append(
            Diagnostic(
                "Y101",
                f"over {max_bytes:,} bytes are too many",
                document.path,
            )
        )
        return None
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        document.diagnostics.append(
            Diagnostic(
                "Y102",
                _encoding_problem(data, error.start),
                document.path,
                line,
                column,
                expected="text saved as UTF-8",
            )
        )
        return None


def _encoding_problem(data: bytes, start: int) -> str:
    wide = data.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    return f"byte 0x{data[start]:02x} is not UTF-8{'; this looks like UTF-16' if wide else ''}"


def _character_problem(text: str, start: int, path: str) -> Diagnostic:
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    found = f"character U+{ord(text[start]):04X} is not allowed in YAML"
    return Diagnostic("Y103", found, path, line, column, expected="printable text")


def _syntax_problem(error: yaml.YAMLError, text: str, document: Document) -> Diagnostic:
    from seriatim.knowledge.notyaml import explain  # noqa: PLC0415 - bad files only

    told = explain(error, text, next(reversed(document.places.values()), (1, 1)))
    return Diagnostic("Y104", told.found, document.path, *told.place, expected=told.expected)


class _GiveUpError(Exception):
    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not been read yet."""

    value: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None
    skipping: bool = False
    hidden: bool = False
    """Under a key that stands twice: read on, but the first value and its places stay."""


class _Builder:
    """Builds values from parser events with a stack of its own: no recursion to exhaust."""

    def __init__(self, document: Document, max_nodes: int) -> None:
        self.document = document
        self.max_nodes = max_nodes
        self.stack: list[_Open] = []
        self.nodes = 0

    def build(self, text: str) -> None:
        documents = 0
        loader = _LOADER(text)
        try:
            while (event := loader.get_event()) is not None:
                if isinstance(event, yaml.ScalarEvent):
                    self._node(event, None)
                elif isinstance(event, yaml.MappingStartEvent):
                    self._node(event, {})
                elif isinstance(event, yaml.SequenceStartEvent):
                    self._node(event, [])
                elif isinstance(event, yaml.CollectionEndEvent):
                    self.stack.pop()
                elif isinstance(event, yaml.AliasEvent):
                    self._give_up("Y106", event, f"alias *{event.anchor}", "the value written out")
                elif isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        self._give_up("Y105", event, "a second document begins here", "one a file")
        finally:
            loader.dispose()

    def _node(self, event: Any, opened: dict[str, Any] | list[Any] | None) -> None:
        """Take a scalar, or the beginning of the mapping or list that was `opened`."""
        self.nodes += 1
        if self.nodes > self.max_nodes:
            self._give_up("Y107", event, "too many values", f"at most {self.max_nodes:,}")
        if event.anchor:
            self._give_up("Y106", event, f"anchor &{event.anchor}", "the value written out")
        if event.tag and event.tag not in ("!", "tag:yaml.org,2002:str"):
            self._give_up(
                "Y108", event, f"tag {event.tag.replace('tag:yaml.org,2002:', '!!')}", "no tags"
            )
        here = self.stack[-1] if self.stack else None
        if here and here.key is None and isinstance(here.value, dict):
            if opened is not None:
                self._give_up("Y110", event, "a list or mapping as a key", "a plain name")
            self._key(event, here)
            return
        where = self._where(here)
        hidden = here is not None and (here.hidden or here.skipping)
        if not hidden:
            self.document.places[where] = _place(event)
        if opened is None:
            self._put(here, self._scalar(event, where, hidden=hidden))
            return
        if len(self.stack) >= MAX_DEPTH:
            self._give_up("Y109", event, "nested too deeply", f"at most {MAX_DEPTH} levels")
        self._put(here, opened)
        self.stack.append(_Open(opened, where, hidden=hidden))

    def _where(self, here: _Open | None) -> Path:
        if here is None:
            return ()
        if isinstance(here.value, list):
            return (*here.path, len(here.value))
        return (*here.path, here.key or "")

    def _key(self, event: Any, here: _Open) -> None:
        key = event.value
        where = (*here.path, key)
        if key in here.value:
            first_line = self.document.key_places.get(where, (0, 0))[0]
            first = f" (first in line {first_line})" if first_line and not here.hidden else ""
            line, column = _place(event)
            self.document.diagnostics.append(
                Diagnostic(
                    "Y111",
                    f"key {key!r} stands twice{first}",
                    self.document.path,
                    line,
                    column,
                    expected="each key once",
                )
            )
            here.skipping = True
        elif not here.hidden:
            self.document.key_places[where] = _place(event)
        here.key = key

    def _put(self, here: _Open | None, value: Any) -> None:
        if here is None:
            self.document.value = value
        elif isinstance(here.value, list):
            here.value.append(value)
        else:
            if not here.skipping:
                here.value[here.key or ""] = value
            here.key, here.skipping = None, False

    def _scalar(self, event: Any, where: Path, *, hidden: bool) -> Any:
        text: str = event.value
        if event.style:
            if not hidden:
                self.document.quoted.add(where)
            return text
        if len(text) > _LONGEST_WORD and text[0] not in _NUMBERS_START:
            return text
        return self._plain(event, text)

    def _plain(self, event: Any, text: str) -> Any:
        if text in ("", "null", "~"):
            return None
        if text in ("true", "false"):
            return text == "true"
        if _INTEGER.match(text):
            return int(text)
        if _DECIMAL.match(text):
            return float(text)
        if _TREACHEROUS.match(text):
            line, column = _place(event)
            self.document.diagnostics.append(
                Diagnostic(
                    "Y112",
                    f"{text} without quotes is read differently by different YAML readers",
                    self.document.path,
                    line,
                    column,
                    expected=f'{_meant(text)}, or "{text}" if text is meant',
                )
            )
        return text

    def _give_up(self, code: str, event: Any, found: str, expected: str) -> None:
        line, column = _place(event)
        raise _GiveUpError(
            Diagnostic(code, found, self.document.path, line, column, expected=expected)
        )


def _meant(text: str) -> str:
    """How to write what the text looks like."""
    word = text.lower()
    if word in _TRUE_WORDS:
        return "true"
    if word in _FALSE_WORDS:
        return "false"
    return "null" if word == "null" else "a plain number"


def _place(event: Any) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1)
