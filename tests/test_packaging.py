"""What the wheel carries is what git tracks, and nothing of the test run's own place is used."""

from __future__ import annotations

import os
import subprocess
import zipfile
from importlib.metadata import requires, version
from pathlib import Path

import pytest

import seriatim
from seriatim.compiled import NAME, load
from seriatim.knowledge.locate import PACKAGED

ROOT = Path(__file__).parents[1]


def test_the_version_is_the_installed_one() -> None:
    try:
        installed = version("seriatim")
    except ModuleNotFoundError:
        pytest.skip("seriatim runs from the checkout, not installed")
    assert seriatim.__version__ == installed


def test_the_wheel_carries_what_git_tracks() -> None:
    wheel = os.environ.get("SERIATIM_WHEEL")
    if not wheel:
        pytest.skip("SERIATIM_WHEEL does not name a built wheel (.ci/run builds one)")
    names = {
        name
        for name in zipfile.ZipFile(wheel).namelist()
        if not name.split("/")[0].endswith(".dist-info")
    }
    listed = subprocess.run(
        ["git", "ls-files", "engine", "rules", "cases"],  # noqa: S607 - whichever git is here
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert names == {f"seriatim/_data/{NAME}"} | {
        name.removeprefix("engine/") if name.startswith("engine/") else f"seriatim/_data/{name}"
        for name in listed
    }


def test_the_wheel_carries_the_compiled_knowledge_of_its_own_files() -> None:
    wheel = os.environ.get("SERIATIM_WHEEL")
    if not wheel:
        pytest.skip("SERIATIM_WHEEL does not name a built wheel (.ci/run builds one)")
    with zipfile.ZipFile(wheel) as archive:
        copy = archive.read(f"seriatim/_data/{NAME}")
    assert load(copy, PACKAGED) is not None
    assert (PACKAGED / NAME).read_bytes() == copy


def test_installed_from_a_wheel_the_package_is_not_the_checkout() -> None:
    if not os.environ.get("SERIATIM_WHEEL"):
        pytest.skip("SERIATIM_WHEEL does not name a built wheel (.ci/run builds one)")
    assert not Path(seriatim.__file__).is_relative_to(ROOT)


def test_the_core_needs_few_packages() -> None:
    try:
        needed = requires("seriatim") or []
    except ModuleNotFoundError:
        pytest.skip("seriatim runs from the checkout, not installed")
    core = {
        each.split(";")[0].split("=")[0].split(">")[0].split("<")[0].strip()
        for each in needed
        if "extra ==" not in each
    }
    assert core == {"durable-rules", "pydantic", "pyyaml", "rapidfuzz", "typer"}
