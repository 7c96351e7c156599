"""Another library: a series that prints little, and one whose text is hostile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fhir.resources.R4B.bundle import Bundle
from google.protobuf.json_format import ParseDict
from phenopackets import Phenopacket

from export.invariants import broken
from second_series import SECOND, both
from seriatim.pipeline import Engine
from seriatim.service.app import create_app
from seriatim.service.settings import Settings
from service.conftest import Caller, KeptInMemory

if TYPE_CHECKING:
    from pathlib import Path

BASE = "/api/v1"
HOSTILE = "<script>alert(1)</script> ![x](http://x) | [y](javascript:1) &amp; `z`"


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Caller:
    root: Path = both(tmp_path_factory.mktemp("other") / "knowledge")
    path = root / "cases" / f"{SECOND}.yaml"
    text = path.read_text("utf-8").replace("title: An invented series", f"title: '{HOSTILE}'")
    text = text.replace("setting: two places", f"setting: '{HOSTILE}'")
    text = text.replace('printed: "TRAPS"', f"printed: '{HOSTILE}'")
    path.write_text(text.replace("says: Nothing of this happened.", f"says: '{HOSTILE}'"), "utf-8")
    app = create_app(Settings(), engine=Engine.at(root), store=KeptInMemory())  # type: ignore[arg-type]
    return Caller(app)


@pytest.mark.parametrize("course", ["T1R1", "T1R2", "T1R3", "C1"])
def test_every_form_of_a_course(other: Caller, course: str) -> None:
    at = f"{BASE}/cases/{SECOND}/{course}"
    bundle = other.get(f"{at}/fhir").json()
    Bundle.model_validate(bundle)
    assert broken(bundle) == []
    ParseDict(other.get(f"{at}/phenopacket").json(), Phenopacket(), ignore_unknown_fields=False)
    for form in ("json", "markdown", "csv", "html"):
        assert other.get(f"{at}?format={form}").status_code == 200


@pytest.mark.parametrize("path", ["/series", f"/series/{SECOND}", "/cases", "/about"])
def test_hostile_text_is_text(other: Caller, path: str) -> None:
    page = other.get(f"{BASE}{path}?format=html").text
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page


def test_the_description_is_of_this_library(other: Caller) -> None:
    found = other.get(f"{BASE}/openapi.json")
    assert found.status_code == 200
    assert SECOND in found.text


def test_both_series_are_listed(other: Caller) -> None:
    assert [each["id"] for each in other.get(f"{BASE}/series").json()] == [SECOND, "nyu-2022-il1"]
    found = other.get(f"{BASE}/cases?series={SECOND}&format=phenopacket").json()
    assert len(found["members"]) == 4
