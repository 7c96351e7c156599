"""What of a knowledge folder is read: regular files that end in .yaml, up to a bound, or a word."""

from __future__ import annotations

import os
import shutil
from errno import EACCES
from pathlib import Path

import pytest

from seriatim.errors import KnowledgeError
from seriatim.knowledge.load import read_knowledge
from seriatim.pipeline import Engine, check

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for folder in ("cases", "rules"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def problems(root: Path) -> list[tuple[str, str]]:
    return [(each.code, each.message) for each in read_knowledge(root)[1]]


def test_pipes_and_devices_are_not_opened(copied: Path) -> None:
    os.mkfifo(copied / "cases/pipe.yaml")
    (copied / "rules/zero.yaml").symlink_to("/dev/zero")
    (copied / "rules/folder.yaml").mkdir()
    assert problems(copied) == [("Y100", "cannot be read: not a regular file")] * 3


def test_a_link_to_a_file_is_read(copied: Path) -> None:
    rule = copied / "rules/diagnosis/same-diagnosis.yaml"
    rule.rename(copied / "kept")
    rule.symlink_to(copied / "kept")
    assert problems(copied) == []


def test_no_more_than_the_bound_is_read(copied: Path) -> None:
    with (copied / "cases/sparse.yaml").open("wb") as file:
        file.truncate(50_000_000_000)
    assert problems(copied) == [("Y101", "over 4,000,000 bytes are too many")]


def test_read_me_and_hidden_files_may_stay(copied: Path) -> None:
    (copied / "rules/.cache").mkdir()
    (copied / "rules/.cache/index").write_text("x", "utf-8")
    for name in ("cases/README.md", "rules/dose/README.md", "rules/.gitkeep", "cases/.DS_Store"):
        (copied / name).write_text("x", "utf-8")
    assert problems(copied) == []


def test_a_name_that_is_not_utf_8(copied: Path) -> None:
    (copied / os.fsdecode(b"cases/\xff.yaml")).write_text("x: 1", "utf-8")
    assert {code for code, _message in problems(copied)} == {"M201", "M202"}


def lock(monkeypatch: pytest.MonkeyPatch, locked: Path) -> None:
    """As another user than root would find a folder without read permission."""
    scandir = os.scandir

    def refused(path: str = ".") -> object:
        if path == os.fspath(locked) or path == locked:
            raise PermissionError(EACCES, "Permission denied", os.fspath(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)


@pytest.mark.parametrize(
    "folder", ["rules/adverse-events", "rules", "cases/terms", "cases/labels", "cases"]
)
def test_a_folder_that_cannot_be_read_is_said_alone(
    folder: str, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(monkeypatch, copied / folder)
    found = [str(each) for each in check(copied)]
    assert found == [f"{folder}:1:1: error [Y100] the folder cannot be read: Permission denied"]


def test_no_answer_without_a_folder_of_rules(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(monkeypatch, copied / "rules/adverse-events")
    with pytest.raises(KnowledgeError, match=r"\[Y100\] the folder cannot be read"):
        Engine.at(copied)
