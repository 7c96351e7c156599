"""Deliberately bad knowledge: one patch a file, with the code, place and words that must follow.

An entry copies the shipped knowledge, then patches it: `file` and `replace` (old text, which must
stand there once, and new text), `add_file` or `delete`. `place` is exact: the first `contains`
within the new text, or after the text `after`. `also` lists the codes that truly follow from the
same mistake; anything else that is reported fails the test. `mend` (bad text, good text) puts an
added file right, after which nothing may be reported. `compile: true` checks with
`seriatim.pipeline.check`, as `seriatim check` does.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seriatim.knowledge.load import read_knowledge
from seriatim.knowledge.yamltext import read_yaml

if TYPE_CHECKING:
    from seriatim.errors import Diagnostic

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ENTRIES = sorted(HERE.glob("*.yaml"))
KEYS = {
    *("code", "says", "place", "nearest", "also", "severity", "compile"),
    *("file", "replace", "add_file", "delete", "mend"),
}


@dataclass
class Patched:
    text: str
    start: int


def entry(path: Path) -> dict[str, Any]:
    document = read_yaml(path.read_bytes(), path.name)
    assert document.diagnostics == []
    assert set(document.value) <= KEYS
    assert path.name.startswith(f"{document.value['code']}-")
    return dict(document.value)


def patch(root: Path, want: dict[str, Any]) -> Patched:
    """Apply the patch; the patched text, and where in it the change begins."""
    patched = Patched("", 0)
    if "delete" in want:
        (root / want["delete"]).unlink()
    if "add_file" in want:
        added = want["add_file"]
        text = added["content"] * added.get("repeat", 1)
        target = root / added["path"]
        assert not target.exists()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode(added.get("encoding", "utf-8")))
        patched = Patched(text, 0)
    if "file" in want:
        target = root / want["file"]
        text = target.read_text("utf-8")
        old, new = want["replace"]
        assert text.count(old) == 1, f"{old!r} must stand once in {want['file']}"
        start = text.index(old)
        text = text[:start] + new + text[start + len(old) :]
        target.write_text(text, "utf-8", newline="")
        patched = Patched(text, start)
    return patched


def place_of(want: dict[str, Any], patched: Patched) -> tuple[int, int]:
    place = want["place"]
    if "line" in place:
        return place["line"], place["column"]
    text = patched.text
    if place.get("at") == "end":
        offset = len(text)
    else:
        base = patched.start
        if "after" in place:
            assert text.count(place["after"]) == 1
            base = text.index(place["after"])
        offset = text.index(place["contains"], base)
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def diagnostics_of(root: Path, want: dict[str, Any]) -> tuple[Diagnostic, ...]:
    if not want.get("compile"):
        return read_knowledge(root)[1]
    pipeline = pytest.importorskip("seriatim.pipeline")
    return tuple(pipeline.check(root))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for folder in ("cases", "rules"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def test_the_shipped_knowledge_has_no_diagnostics(copied: Path) -> None:
    knowledge, diagnostics = read_knowledge(copied)
    assert diagnostics == ()
    assert knowledge is not None


@pytest.mark.parametrize("path", ENTRIES, ids=lambda path: path.stem)
def test_bad_knowledge_is_said_to_be_bad(path: Path, copied: Path) -> None:
    want = entry(path)
    patched = patch(copied, want)
    found = diagnostics_of(copied, want)
    shown = "\n".join(map(str, found))
    assert sorted(each.code for each in found) == sorted([want["code"], *want.get("also", [])]), (
        shown
    )
    line, column = place_of(want, patched)
    here = [each for each in found if each.code == want["code"] and want["says"] in each.message]
    assert here, shown
    assert (want["place"]["file"], line, column) in [(d.path, d.line, d.column) for d in here], (
        shown
    )
    assert here[0].severity == want.get("severity", "error")
    if "nearest" in want:
        assert list(here[0].nearest)[: len(want["nearest"])] == want["nearest"]
    assert shown.startswith(("cases/", "rules/"))


@pytest.mark.parametrize(
    "path", [each for each in ENTRIES if "mend" in entry(each)], ids=lambda path: path.stem
)
def test_mended_it_is_good(path: Path, copied: Path) -> None:
    want = entry(path)
    patch(copied, want)
    target = copied / want["add_file"]["path"]
    bad, good = want["mend"]
    text = target.read_text("utf-8")
    assert text.count(bad) == 1
    target.write_text(text.replace(bad, good), "utf-8", newline="")
    assert diagnostics_of(copied, want) == ()
