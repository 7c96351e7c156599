"""`seriatim lookup`: the worked answer by file, by flags and by standard input."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Result

    Cli = Callable[..., Result]

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
PROFILE = str(GOLDEN / "behcet-after-anakinra.profile.yaml")
FLAGS = (
    *("lookup", "--age", "30", "--sex", "female", "--diagnosis", "Behçet's disease"),
    *("--tried", "colchicine", "--tried", "methotrexate", "--tried", "hydroxychloroquine"),
    *("--tried", "mycophenolate", "--tried", "etanercept", "--tried", "anakinra=partial"),
    *("--considering", "canakinumab"),
)


def given(cli: Cli, *flags: str) -> dict[str, object]:
    """The profile that flags make, as the report gives it back."""
    result = cli("lookup", *flags, "--format", "json")
    assert result.err == ""
    return dict(json.loads(result.out)["given"])


def test_file_flags_and_standard_input_give_the_same_bytes(cli: Cli) -> None:
    by_file = cli("lookup", PROFILE, "--format", "json")
    by_flags = cli(*FLAGS, "--format", "json")
    data = Path(PROFILE).read_bytes()
    by_stdin = cli("lookup", "-", "--format", "json", given=data)
    assert by_file.code == by_flags.code == by_stdin.code == 0
    assert by_file.out == by_flags.out == by_stdin.out


def test_json_and_yaml_profiles_are_read_alike(cli: Cli, tmp_path: Path) -> None:
    profile = {"diagnoses": ["AOSD"], "therapies": []}
    path = tmp_path / "profile.json"
    path.write_text(json.dumps(profile), "utf-8")
    assert (
        cli("lookup", str(path)).out == cli("lookup", "--diagnosis", "AOSD", "--nothing-tried").out
    )


def test_text_is_the_golden_text(cli: Cli) -> None:
    said = re.sub(r"\([0-9a-f]{8}\)", "(00000000)", cli(*FLAGS).out)
    assert said == (GOLDEN / "behcet-after-anakinra.txt").read_text("utf-8")


def test_markdown_and_why(cli: Cli) -> None:
    assert cli(*FLAGS, "--format", "markdown").out.startswith("# Behçet's disease")
    assert "Rules that fired" in cli(*FLAGS, "--why").out
    assert "--all" not in cli(*FLAGS, "--all").out


@pytest.mark.parametrize(
    ("flags", "wanted"),
    [
        (("--age", "9m"), {"age": {"months": 9}}),
        (("--age", "9 months"), {"age": {"months": 9}}),
        (("--age", "30.5"), {"age": 30.5}),
        (("--sex", "Female"), {"sex": "female"}),
        (("--pregnant",), {"pregnancy": True}),
        (("--not-pregnant",), {"pregnancy": False}),
        (("--no-adverse-events",), {"adverse_events": []}),
        (("--had", "neutropenia=anakinra"),
         {"adverse_events": [{"event": "neutropenia", "with_drug": "anakinra"}]}),
        (("--observe", "neutrophils=1.2"), {"observations": {"neutrophils": 1.2}}),
        (("--observe", "active_infection=yes"), {"observations": {"active_infection": True}}),
        (("--history-of", "AOSD"), {"diagnoses": [{"term": "AOSD", "status": "history"}]}),
        (("--nothing-tried",), {"therapies": []}),
        (("--failed", "anakinra"), {"therapies": [{"drug": "anakinra", "response": "none"}]}),
        (("--tried", "anakinra=intolerance"),
         {"therapies": [{"drug": "anakinra", "stopped_because": "intolerance"}]}),
        (("--tried", "colchicine", "--history-incomplete"),
         {"therapies": [{"drug": "colchicine"}], "therapies_complete": False}),
        (("--on", "colchicine=partial"),
         {"therapies": [{"drug": "colchicine", "status": "current", "response": "partial"}],
          "therapies_complete": False}),
        (("--never", "anakinra"),
         {"therapies": [{"drug": "anakinra", "status": "never"}], "therapies_complete": False}),
    ],
)  # fmt: skip
def test_flags(cli: Cli, flags: tuple[str, ...], wanted: dict[str, object]) -> None:
    assert given(cli, *flags) == wanted


def test_what_is_on_alone_does_not_say_that_nothing_was_tried(cli: Cli) -> None:
    out = cli("lookup", "--diagnosis", "AOSD", "--on", "colchicine").out
    assert "not complete" in out
    assert "prior therapies" in out.partition("Not known")[2]


def test_file_and_flags_together(cli: Cli) -> None:
    result = cli("lookup", PROFILE, "--age", "30")
    assert (result.code, result.out) == (2, "")
    assert "use one" in result.err


@pytest.mark.parametrize(
    "flags",
    [
        (),
        ("--nope",),
        ("--format", "html"),
        ("--width", "3"),
        ("--nothing-tried", "--tried", "colchicine"),
        ("--no-adverse-events", "--had", "neutropenia"),
        ("no-such-file.yaml",),
        (str(GOLDEN),),
        ("--diagnosis", "AOSD", "--knowledge", "/nowhere"),
    ],
)
def test_wrong_usage_exits_2(cli: Cli, flags: tuple[str, ...]) -> None:
    result = cli("lookup", *flags)
    assert (result.code, result.out) == (2, "")
    assert result.err
    assert "Traceback" not in result.err


def test_unknown_terms_all_at_once_with_the_nearest_names(cli: Cli) -> None:
    result = cli(
        *("lookup", "--age", "-3", "--sex", "femal", "--diagnosis", "behets"),
        *("--tried", "colchicne", "--tried", "etanercept=maybe", "--observe", "neutrophil=1"),
    )
    assert (result.code, result.out) == (1, "")
    assert "--sex: 'femal' is not one of" in result.err
    assert "age -3 is not between 0 and 130" in result.err
    assert "--diagnosis: 'behets' is not a diagnosis" in result.err
    assert "Behçet's disease" in result.err
    assert "--tried: 'colchicne'" in result.err
    assert "did you mean 'colchicine'" in result.err
    assert "'maybe' is not a response" in result.err
    assert "'neutrophils'" in result.err


@pytest.mark.parametrize("age", ["thirty", "", "3 weeks", "nan", "1e3", "340", "-1"])
def test_ages_that_are_none(cli: Cli, age: str) -> None:
    result = cli("lookup", "--diagnosis", "AOSD", "--age", age)
    assert (result.code, result.out) == (1, "")
    assert "age" in result.err
