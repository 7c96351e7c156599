"""Whatever a file holds: a message with its place, exit code 1 or 2, no traceback, bounded time."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Result

    Cli = Callable[..., Result]

LONGEST = 5.0
"""Seconds for the worst of them, on a slow machine."""

BAD = {
    "empty": (b"", "the profile is empty"),
    "only-a-comment": (b"# nothing\n", "the profile is empty"),
    "a-list": (b"- age: 30\n", "a list, not the fields of a profile"),
    "a-word": (b"hello\n", "not the fields of a profile"),
    "not-yaml": (b"age: [30\n", "[Y104]"),
    "half-json": (b'{"age": 30,', "[Y104]"),
    "tab": (b"a:\n\t- b\n", "[Y104]"),
    "duplicate-key": (b"age: 30\nsex: male\nage: 4\n", ":3:1: error [Y111] key 'age' stands twice"),
    "alias": (b"a: &x [1]\nb: *x\n", ":1:4: error [Y106]"),
    "bomb": (b"a: &a [x]\nb: &b [*a,*a]\nc: [*b,*b]\n", "[Y106]"),
    "latin-1": ("diagnoses: [Behçet]".encode("latin-1"), ":1:16: error [Y102]"),
    "utf-16": ("age: 30".encode("utf-16"), "[Y102]"),
    "control": (b'age: 30\ndiagnoses: ["a\x07b"]\n', ":2:15: error [Y103]"),
    "nul": (b"age: 30\x00", "[Y103]"),
    "tag": (b"age: !!python/object:os.system 30\n", "[Y108]"),
    "two-documents": (b"age: 30\n---\nage: 40\n", "[Y105]"),
    "deep": (b"a: " + b"[" * 500, "[Y109]"),
    "no-boolean": (b"sex: no\n", "[Y112]"),
    "unknown-field": (b"age: 30\naeg: 3\n", ":2:1: aeg: unknown field"),
    "age-as-text": (b'age: "30"\n', ":1:6: age: a number is wanted"),
    "age-absurd": (b"age: 340\n", "age 340 is not between 0 and 130"),
    "unknown-field-without-a-value": (b"age: 30\ndiagnosis:\n", ":2:1: diagnosis: unknown field"),
    "unknown-key-without-a-value": (b"therapies:\n  - {drug: anakinra, stat: }\n", "unknown field"),
    "unknown-observation-without-a-value": (b"observations:\n  neutrofils:\n", "neutrofils"),
    "surrogate": (b'diagnoses: ["\\ud800"]\n', "profile.yaml:1:"),
    "age-a-little-over": (b"age: 130.0000001\n", "age 130.0000001 is not between 0 and 130"),
    "age-negative": (b"age: -3\n", "age -3 is not between"),
    "sex": (b"sex: femal\n", ":1:6: sex: 'femal' is not one of"),
    "yes-for-true": (b"pregnancy: Yes\n", 'expected true, or "Yes" if text is meant'),
    "text-for-a-number": (
        b"observations: {neutrophils: low}\n",
        ":1:29: observations.neutrophils: a number, 10^9/L, is wanted, not 'low'",
    ),
    "number-for-an-unknown-observation": (
        b"observations: {neutrofils: low}\n", "a number, or true or false, is wanted, not 'low'"
    ),
    "unknown-diagnosis": (b"diagnoses:\n  - behets\n", ":2:5: diagnoses[0]: 'behets'"),
    "unknown-drug": (
        b"therapies:\n  - drug: colchicne\n", ":2:11: therapies[0].drug: 'colchicne'"
    ),
    "naive-and-failed": (
        b"therapies:\n  - {drug: anakinra, status: never}\n  - {drug: anakinra, response: none}\n",
        "never tried and as tried",
    ),
    "never-with-a-response": (
        b"therapies:\n  - {drug: anakinra, status: never, response: none}\n", "never given"
    ),
    "empty-name": (b'diagnoses: [""]\n', "is empty"),
    "long-name": (b"diagnoses: [" + b"x" * 300 + b"]\n", "too long"),
    "ten-megabytes": (b"diagnoses: [" + b"x, " * 3_400_000 + b"x]", "larger than 1,000,000"),
    "too-many-values": (b"therapies: [" + b"x, " * 60_000 + b"x]", "[Y107]"),
    "ten-thousand-unknown": (
        b"therapies: [" + b", ".join(b"drug%d" % n for n in range(10_000)) + b"]",
        "therapies[0].drug: 'drug0'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_profile(name: str, cli: Cli, tmp_path: Path) -> None:
    data, wanted = BAD[name]
    path = tmp_path / "profile.yaml"
    path.write_bytes(data)
    begun = time.perf_counter()
    result = cli("lookup", str(path))
    assert time.perf_counter() - begun < LONGEST
    assert (result.code, result.out) == (2 if name == "ten-megabytes" else 1, "")
    assert wanted in result.err
    assert "Traceback" not in result.err
    assert "internal error" not in result.err
    assert len(result.err) < 8000


EVERYTHING = b"""\
age: 30 years
age: 31
sex: femal
pregnancy: Yes
diagnoses: [{trm: AOSD}, behets]
therapies: [kolchicine]
observations: {neutrophils: low, neutrofils: 3, active_infection: 3}
considering: [anakinr]
"""


def test_all_that_is_wrong_is_said_in_one_run_in_the_order_of_the_file(
    cli: Cli, tmp_path: Path
) -> None:
    path = tmp_path / "profile.yaml"
    path.write_bytes(EVERYTHING)
    result = cli("lookup", str(path))
    assert result.code == 1
    told = [line.split("profile.yaml:")[1] for line in result.err.splitlines()]
    assert [" ".join(each.split(" ")[:3]).rstrip(";") for each in told] == [
        "1:6: age: a",
        "2:1: error [Y111]",
        "3:6: sex: 'femal'",
        "4:12: error [Y112]",
        "5:13: diagnoses[0].term: is",
        "5:14: diagnoses[0].trm: unknown",
        "5:26: diagnoses[1]: 'behets'",
        "6:13: therapies[0].drug: 'kolchicine'",
        "7:29: observations.neutrophils: a",
        "7:46: observations.neutrofils: no",
        "7:67: observations.active_infection: 3",
        "8:15: considering[0]: 'anakinr'",
    ]


def test_ten_thousand_known_therapies_get_an_answer(cli: Cli) -> None:
    data = b"diagnoses: [AOSD]\ntherapies: [" + b"colchicine, " * 9_999 + b"colchicine]\n"
    begun = time.perf_counter()
    result = cli("lookup", "-", given=data)
    assert time.perf_counter() - begun < LONGEST
    assert result.code == 0
    assert "colchicine printed as previous therapy" in result.out


def test_an_empty_mapping_is_a_profile_without_a_diagnosis(cli: Cli) -> None:
    result = cli("lookup", "-", given=b"{}")
    assert result.code == 0
    assert "a profile without a diagnosis" in result.out


def test_same_drug_with_different_responses_is_said(cli: Cli) -> None:
    data = (
        b"therapies:\n- {drug: anakinra, response: none}\n- {drug: anakinra, response: partial}\n"
    )
    assert "different responses" in " ".join(cli("lookup", "-", given=data).out.split())


def test_escapes_in_a_message_are_not_obeyed(cli: Cli) -> None:
    result = cli("lookup", "-", given=b'diagnoses: ["\\e[31mred\\e[0m"]\n')
    assert result.code == 1
    assert "\x1b" not in result.err


def test_a_named_pipe_is_not_waited_for(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    for command in (("lookup",), ("replay",), ("verify", "nyu-2022-il1", "--document")):
        result = cli(*command, str(path))
        assert (result.code, result.out) == (2, "")
        assert "named pipe, not a file; give -" in result.err
    assert "a device" in cli("lookup", "/dev/zero").err


def test_a_pipe_of_the_shell_is_read(cli: Cli) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"diagnoses: [AOSD]\n")
    os.close(writer)
    result = cli("lookup", f"/dev/fd/{reader}")
    os.close(reader)
    assert (result.code, result.err) == (0, "")


@pytest.mark.parametrize("value", ["nan", "inf", "-Infinity", "1e999"])
def test_an_observation_is_a_finite_number(cli: Cli, value: str) -> None:
    result = cli("lookup", "--observe", f"neutrophils={value}")
    assert (result.code, result.out) == (1, "")
    assert "expected NAME=VALUE with yes, no, unknown or a number" in result.err
