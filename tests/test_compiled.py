"""The compiled copy that a wheel carries answers as the files do, or is not used."""

from __future__ import annotations

import os
import pickle
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from seriatim import Engine, compiled
from seriatim.compiled import NAME, Compiled, compile_knowledge, compiled_at, dump, load
from seriatim.errors import KnowledgeError
from seriatim.knowledge.load import load_knowledge
from seriatim.knowledge.locate import knowledge_root
from seriatim.render.json import render_json

if TYPE_CHECKING:
    from pathlib import Path

PATIENTS: tuple[dict[str, Any], ...] = (
    {"diagnoses": ["SS"], "considering": ["canakinumab"]},
    {"age": 9, "diagnoses": ["ICD-10-CM:M04.1"], "therapies": ["prednisone"]},
    {
        "age": 30,
        "sex": "female",
        "diagnoses": ["Behçet's disease"],
        "therapies": [{"drug": "anakinra", "response": "none", "stopped_because": "intolerance"}],
        "adverse_events": ["neutropenia"],
    },
)


@pytest.fixture(scope="module")
def fresh() -> Compiled:
    return compile_knowledge(load_knowledge())


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: Compiled) -> Path:
    """A package's data folder: the files and the copy beside them."""
    root = knowledge_root()
    for part in ("cases", "rules"):
        shutil.copytree(root / part, tmp_path / part)
    (tmp_path / NAME).write_bytes(dump(fresh))
    monkeypatch.setattr(compiled, "PACKAGED", tmp_path)
    return tmp_path


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every folder that was read and checked file by file."""
    seen: list[Path] = []

    def counted(path: Path) -> Any:
        seen.append(path)
        return load_knowledge(path)

    monkeypatch.setattr("seriatim.knowledge.load.load_knowledge", counted)
    return seen


def test_the_copy_answers_with_the_same_bytes(package: Path, fresh: Compiled) -> None:
    kept = compiled_at(package)
    one, other = Engine(fresh), Engine(kept)
    for patient in PATIENTS:
        assert render_json(one.look_up(patient)) == render_json(other.look_up(patient))
    assert kept.knowledge.hash == fresh.knowledge.hash
    assert kept.program == fresh.program
    assert dict(kept.knowledge.documents) == dict(fresh.knowledge.documents)


def test_the_copy_is_taken_without_reading_the_files(package: Path, reads: list[Path]) -> None:
    compiled_at(package)
    assert reads == []


@pytest.mark.parametrize("change", ["edit", "add", "remove", "stray"])
def test_a_changed_file_is_read_and_the_copy_is_not_used(
    package: Path, reads: list[Path], fresh: Compiled, change: str
) -> None:
    rule = next((package / "rules").glob("*/*.yaml"))
    if change == "edit":
        rule.write_text(rule.read_text(encoding="utf-8") + "# seen\n", encoding="utf-8")
    elif change == "add":
        shutil.copy(rule, rule.with_name("another.yaml"))
    elif change == "remove":
        rule.unlink()
    else:
        rule.with_name("notes.txt").write_text("a note", encoding="utf-8")
    try:
        answered = compiled_at(package).knowledge.hash
    except KnowledgeError:
        answered = ""
    assert reads == [package]
    assert answered != fresh.knowledge.hash


def test_another_folder_than_the_package_s_is_always_read(
    package: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "PACKAGED", package / "elsewhere")
    compiled_at(package)
    assert reads == [package]


def test_another_version_s_copy_is_not_used(
    package: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "__version__", "0.0.0")
    compiled_at(package)
    assert reads == [package]


@pytest.mark.parametrize("damage", ["empty", "cut", "changed", "gone"])
def test_a_damaged_copy_is_not_used(package: Path, reads: list[Path], damage: str) -> None:
    copy = package / NAME
    data = copy.read_bytes()
    damaged = {"empty": b"", "cut": data[:5000], "changed": data[:-9] + b"\x00" + data[-8:]}
    if damage == "gone":
        copy.unlink()
    else:
        copy.write_bytes(damaged[damage])
    compiled_at(package)
    assert reads == [package]


def test_a_copy_makes_nothing_but_own_data(package: Path, fresh: Compiled, tmp_path: Path) -> None:
    class Harmful:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "made"),)

    for what in (Harmful(), knowledge_root, pickle.Unpickler):
        data = pickle.dumps(what)
        with pytest.raises(pickle.UnpicklingError, match="no data class of this package"):
            load(compiled._head(fresh.knowledge.hash, data) + data, package)
    assert not (tmp_path / "made").exists()
