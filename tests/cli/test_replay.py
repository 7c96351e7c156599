"""`seriatim replay`: identical, another answer, other knowledge, or no report at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Result

    Cli = Callable[..., Result]


@pytest.fixture
def report(cli: Cli, tmp_path: Path) -> Path:
    path = tmp_path / "report.json"
    result = cli("lookup", "--diagnosis", "AOSD", "--nothing-tried", "--format", "json")
    path.write_bytes(result.out.encode())
    return path


def test_replay_of_the_same(cli: Cli, report: Path) -> None:
    result = cli("replay", str(report))
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("identical, byte for byte")
    assert json.loads(cli("replay", str(report), "--format", "json").out)["changes"] == []
    report.write_text(json.dumps(json.loads(report.read_bytes())), "utf-8")
    assert cli("replay", str(report)).out.startswith("identical\n")


def test_replay_of_another_answer(cli: Cli, report: Path) -> None:
    old = json.loads(report.read_bytes())
    old["findings"][0]["outcomes"]["complete"]["k"] += 1
    old["extra"] = 1
    del old["limits"][-1]
    report.write_text(json.dumps(old), "utf-8")
    result = cli("replay", str(report))
    assert result.code == 1
    assert result.out.startswith("answer changed, although the knowledge is the same")
    assert "$.findings[0].outcomes.complete.k\n  old: 6\n  new: 5" in result.out
    changes = json.loads(cli("replay", str(report), "--format", "json").out)["changes"]
    assert {"path": "$.extra", "old": 1} in changes
    assert [each for each in changes if "old" not in each]


def test_replay_over_other_knowledge(cli: Cli, report: Path, knowledge: Path) -> None:
    library = knowledge / "cases" / "library.yaml"
    library.write_text(library.read_text("utf-8") + "# later\n", "utf-8")
    result = cli("replay", str(report), "--knowledge", str(knowledge))
    assert result.code == 1
    assert result.out.startswith("knowledge changed, not the answer")
    old = json.loads(report.read_bytes())["knowledge"]["hash"]
    assert f"knowledge: {old} -> " in result.out


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"[]", b"{}", b"[" * 100_000, b"\xff", b'{"given": NaN}',
             b'{"given": {"age": "x"}, "knowledge": {}}', b"9" * 10_000,
             b'{"given": {"age": 1e999}, "knowledge": {}}',
             b'{"given": {"diagnoses": ["\\ud800"]}, "knowledge": {}}',
             b" " * 5_000_001]
)  # fmt: skip
def test_replay_of_what_is_no_report(cli: Cli, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(data)
    result = cli("replay", str(path))
    assert (result.code, result.out) == (2, "")
    assert "internal error" not in result.err


@pytest.mark.parametrize(
    ("new", "says"),
    [
        ('{"summary": [], ', "key 'summary' stands twice"),
        ('{"x": ' + "9" * 5_000 + ", ", "99999… is a number of 5,000 digits"),
        ('{"x": -' + "9" * 5_000 + ", ", "99999… is a number of 5,000 digits"),
    ],
)
def test_a_report_that_cannot_be_read_in_one_way(
    cli: Cli, report: Path, new: str, says: str
) -> None:
    report.write_text(report.read_text("utf-8").replace("{", new, 1), "utf-8")
    result = cli("replay", str(report))
    assert (result.code, result.out) == (2, "")
    assert says in result.err


HOSTILE = "\x1b[2J\x1b]0;x\x07\u202e\x9b31m\ud800\u2028"


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_hostile_report_moves_no_cursor(cli: Cli, report: Path, form: str) -> None:
    old = json.loads(report.read_bytes())
    old["knowledge"]["hash"] = old["engine"] = old[HOSTILE] = HOSTILE
    report.write_text(json.dumps(old), "utf-8")
    result = cli("replay", str(report), "--format", form)
    assert result.code == 1
    assert not set(result.out) & set(HOSTILE) - set("[]0;x2J31m")
    if form == "json":
        assert HOSTILE in [each.get("old") for each in json.loads(result.out)["changes"]]


def test_a_hash_and_engine_of_another_kind(cli: Cli, report: Path) -> None:
    old = json.loads(report.read_bytes())
    old["knowledge"]["hash"], old["engine"] = ["\x1b"], {"\u202e": 1}
    report.write_text(json.dumps(old), "utf-8")
    result = cli("replay", str(report))
    assert result.code == 1
    assert not {"\x1b", "\u202e"} & set(result.out)


def test_many_changes_are_counted_not_listed(cli: Cli, report: Path) -> None:
    old = json.loads(report.read_bytes())
    old["findings"] = [1] * 500_000
    report.write_text(json.dumps(old), "utf-8")
    found = json.loads(cli("replay", str(report), "--format", "json").out)
    assert len(found["changes"]) == 200
    assert found["more"] == 499_800
    text = cli("replay", str(report)).out
    assert text.endswith("and 499,960 more; --format json lists the first 200\n")


def test_a_report_nested_deeply(cli: Cli, report: Path) -> None:
    old = report.read_text("utf-8")
    report.write_text(old.replace("{", '{"x": ' + "[" * 800 + "]" * 800 + ",", 1), "utf-8")
    for form in ("text", "json"):
        result = cli("replay", str(report), "--format", form)
        assert result.code in {1, 2}
        assert "internal error" not in result.err
