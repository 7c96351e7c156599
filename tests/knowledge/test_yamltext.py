"""The one YAML reader: agrees with JSON, never raises, and knows where everything stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.knowledge.yamltext import read_yaml

printable = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff"),
    max_size=20,
).filter(lambda text: not set(text) & set("\u2028\u2029\ufffe\uffff") and len(text) < 40)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.decimals(-(10**6), 10**6, places=3).map(float)
    | printable
)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(printable, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(value=documents, indent=st.sampled_from([None, 2]), escape=st.booleans())
def test_it_agrees_with_json(value: Any, indent: int | None, *, escape: bool) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    if escape:
        text = text.replace("ç", "\\u00e7")
    document = read_yaml(text, "sample.json")
    assert document.diagnostics == []
    assert document.value == json.loads(text)


@settings(max_examples=500, deadline=None)
@given(data=st.binary(max_size=200))
def test_it_never_raises_on_bytes(data: bytes) -> None:
    document = read_yaml(data, "noise.yaml")
    assert all(each.line >= 1 and each.column >= 1 for each in document.diagnostics)


YAMLISH = st.text(st.sampled_from("ab01: -[]{},'\"\n\t#&*!|>%@`?~.\\é\x00\ud800"), max_size=60)


@settings(max_examples=1000, deadline=None)
@given(text=YAMLISH)
def test_it_never_raises_on_text(text: str) -> None:
    document = read_yaml(text, "noise.yaml")
    for each in document.diagnostics:
        assert each.code.startswith("Y1")
        assert each.line <= text.count("\n") + 2


@settings(max_examples=500, deadline=None)
@given(text=YAMLISH)
def test_what_it_reads_as_text_another_reader_reads_as_the_same_text(text: str) -> None:
    document = read_yaml(text, "noise.yaml")
    if document.diagnostics or document.value is None:
        return
    assert yaml.load(text, Loader=yaml.CBaseLoader) == as_text(document.value, text)  # noqa: S506, TID251


def as_text(value: Any, text: str) -> Any:
    """A value with its numbers, booleans and nothings as they may be written."""
    if isinstance(value, dict):
        return {key: as_text(each, text) for key, each in value.items()}
    if isinstance(value, list):
        return [as_text(each, text) for each in value]
    return value if isinstance(value, str) else Written(value)


class Written:
    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        if self.value is None:
            return other in {"", "~", "null"}
        if isinstance(self.value, bool):
            return other == str(self.value).lower()
        return isinstance(other, str) and float(other) == self.value

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1", 1),
        ("a: -1.50", -1.5),
        ("a: true", True),
        ("a: ~", None),
        ("a:", None),
        ("a: '010'", "010"),
        ('a: "NO"', "NO"),
        ("a: 100mg daily", "100mg daily"),
        ("a: 2022-01-31", "2022-01-31"),
        ("a: |\n  two\n  lines\n", "two\nlines\n"),
        ("a: >-\n  one\n  line\n", "one line"),
        ("\ufeffa: 1", None),
    ],
)
def test_scalars(text: str, value: Any) -> None:
    document = read_yaml(text.encode(), "sample.yaml")
    if text.startswith("\ufeff"):
        value = 1
    assert document.diagnostics == []
    assert document.value == {"a": value}


@pytest.mark.parametrize(
    "text",
    [
        *("010", "0o17", "0x1F", "0b11", "1:30", "190:20:30.15", "1e-3", "1_000", "+1", ".5", "5."),
        *("yes", "No", "ON", "off", "y", "N", "True", "FALSE", "Null", ".inf", "-.INF", ".NaN"),
        *("=", "<<", "12345678901234567890"),
    ],
)
def test_what_readers_differ_on_must_be_quoted(text: str) -> None:
    document = read_yaml(f"a:\n  - b: {text}\n", "sample.yaml")
    assert [(d.code, d.line, d.column) for d in document.diagnostics] == [("Y112", 2, 8)]
    assert document.value == {"a": [{"b": text}]}
    assert read_yaml(f'a: "{text}"', "sample.yaml").diagnostics == []


def test_every_value_and_key_has_its_place() -> None:
    document = read_yaml('a: {b: [1, "x"]}\nc:\n  - d: |\n      text\n', "sample.yaml")
    assert document.places == {
        (): (1, 1),
        ("a",): (1, 4),
        ("a", "b"): (1, 8),
        ("a", "b", 0): (1, 9),
        ("a", "b", 1): (1, 12),
        ("c",): (3, 3),
        ("c", 0): (3, 5),
        ("c", 0, "d"): (3, 8),
    }
    assert document.key_places[("c", 0, "d")] == (3, 5)
    assert document.quoted == {("a", "b", 1), ("c", 0, "d")}
    assert document.place(("a", "nothing", "here")) == (1, 4)
    assert document.place(("a", "b"), key=True) == (1, 5)


def test_a_key_that_stands_twice_keeps_its_first_value_and_places() -> None:
    document = read_yaml("a:\n  b: 1\nc: 2\na:\n  b: {x: 1}\n  d: 4\n", "sample.yaml")
    assert document.value == {"a": {"b": 1}, "c": 2}
    assert [(d.code, d.line, d.column) for d in document.diagnostics] == [("Y111", 4, 1)]
    assert document.places[("a", "b")] == (2, 6)
    assert ("a", "d") not in document.places


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_it_gives_up_early_on_what_is_nested_without_end(opening: str) -> None:
    document = read_yaml(opening * 100_000, "deep.yaml")
    assert [d.code for d in document.diagnostics] in (["Y109"], ["Y110"], ["Y104"])
    assert document.value is None


def test_bounds_can_be_tightened() -> None:
    assert read_yaml("a: 12345", "x", max_bytes=4).diagnostics[0].code == "Y101"
    assert read_yaml("[1, 2, 3]", "x", max_nodes=3).diagnostics[0].code == "Y107"


NOT_YAML = {
    "id: x\nfamily dose\nstatus: y y\n": (2, 1, "a colon is missing"),
    "id x\ntitle: T\n": (1, 1, "a colon is missing"),
    "when:\n  - age: 3\nthen\n  cite:\n    a: b\n": (3, 1, "a colon is missing"),
    "a:\n  - id: x\n    drug anakinra\n    age: 3\n": (3, 5, "a colon is missing"),
    "a:\n  - drug anakinra\n    age: 3\n": (2, 5, "a colon is missing"),
    "c: d\na:b\ne: f\n": (2, 2, "no blank after the colon"),
    "when:\n  -age: 3\n  - b: c\n": (2, 3, "no blank after the dash"),
    "a: b\nsays: Adverse events: not many.\n": (2, 21, "a colon within text"),
    'a: b\nsays: "Weight and\nc: d\n': (2, 7, "a quote is not closed"),
    "a: b\nsays: 'Weight and\nc: d\n": (2, 7, "a quote is not closed"),
    'a: b\nsays: "Weight and\nc: "d"\n': (2, 7, "a quote is not closed"),
    'a: "b" c\nd: e\n': (1, 8, "text after a closing quote"),
    "a: b\nc: [x, z\nd: e\n": (2, 4, "a bracket is not closed"),
    "a: b\nc: {x: z\nd: e\n": (2, 4, "a bracket is not closed"),
    "a: {x: 1 z: 2}\n": (1, 11, "a comma or a bracket is missing"),
    "a: [x, , z]\n": (1, 8, "a value is missing"),
    "a: [{\n": (1, 5, "a bracket is not closed"),
    "a: [x]]\nb: c\n": (1, 7, "a bracket too many"),
    "id: x\nfamily:\u00a0dose\nstatus: z\n": (2, 8, "a no-break space (U+00A0)"),
    "a:\n  b: c\n \u00a0d: e\nf: g\n": (3, 2, "a no-break space (U+00A0)"),
    "a: \u201cb: c\u201d\n": (1, 4, "a left double quotation mark (U+201C)"),
    "cite:\n  x: z\n    relation: w\n": (3, 5, "indented differently"),
    "then:\n  cite:\n    relation: w\n   courses: c\n": (4, 4, "indented differently"),
    "a: b\n- c\n": (2, 1, "an entry of a list beside keys"),
    "- a: x\nb: c\n": (2, 1, "no dash, beside entries of a list"),
    "a: %b\n": (1, 4, "text begins with %"),
    'a: "\\q"\n': (1, 5, "a backslash in double quotes"),
    "a:\n\t- b\n": (2, 1, "a tab"),
}


@pytest.mark.parametrize("text", NOT_YAML)
def test_what_is_not_yaml_is_told_in_plain_words_where_it_is(text: str) -> None:
    line, column, says = NOT_YAML[text]
    (found,) = read_yaml(text, "sample.yaml").diagnostics
    assert (found.code, found.line, found.column) == ("Y104", line, column)
    assert found.message.startswith(says)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        *(("Yes", "true"), ("on", "true"), ("TRUE", "true"), ("NO", "false"), ("off", "false")),
        *(("Null", "null"), ("010", "a plain number"), ("1:30", "a plain number")),
    ],
)
def test_what_must_be_quoted_is_told_with_what_it_may_mean(text: str, meant: str) -> None:
    (found,) = read_yaml(f"a: {text}\n", "sample.yaml").diagnostics
    assert found.expected == f'{meant}, or "{text}" if text is meant'
