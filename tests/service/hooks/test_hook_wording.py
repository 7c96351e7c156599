"""The line of a card, whatever the knowledge calls its drugs and diagnoses; and other libraries."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import second_series
from seriatim import Engine
from seriatim.errors import KnowledgeError
from seriatim.knowledge.load import load_knowledge
from seriatim.service.app import create_app
from seriatim.service.hooks import codes
from seriatim.service.hooks.cards import Cards
from seriatim.service.hooks.catalogue import Catalogue
from seriatim.service.hooks.relevance import for_view
from seriatim.service.hooks.servers import Servers, canonical, next_page
from seriatim.service.hooks.summary import fits, summary
from seriatim.service.reading import SettingsError
from seriatim.service.settings import Settings
from service.hooks.calling import Caller, Hooks, Kept
from service.hooks.charts import Charts, view

if TYPE_CHECKING:
    from pathlib import Path

COUNT = re.compile(r"complete \d+ of \d+ \(95% CI [\d.]+–[\d.]+%\)")
PROFILES: list[dict[str, Any]] = [
    {"diagnoses": ["behcet-disease"], "therapies": [{"drug": "anakinra", "response": "none"}]},
    {"diagnoses": ["adult-onset-still-disease", "behcet-disease"], "age": 40},
    {"diagnoses": ["systemic-sclerosis"]},
    {"diagnoses": ["ICD-10-CM:M04.1"]},
    {"diagnoses": ["psoriasis"], "therapies": [{"drug": "anakinra", "response": "none"}]},
    {
        "diagnoses": ["behcet-disease"],
        "therapies": [{"drug": "anakinra", "status": "current"}],
        "adverse_events": [{"event": "neutropenia", "with_drug": "anakinra"}],
    },
]


def test_a_line_is_under_140_however_long_the_names_are(engine: Engine) -> None:
    catalogue = Catalogue(engine.knowledge)
    answers = [
        (report, answer)
        for report in map(engine.look_up, PROFILES)
        for answer in for_view(report, catalogue)
    ]
    assert len(answers) > 8

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(answers), st.text(max_size=250))
    def under(case: Any, name: str) -> None:
        report, answer = case
        line = summary(report, replace(answer, name=name), catalogue)
        assert fits(line)
        assert len(line) < 140
        for number in re.findall(r"\d+ of \d+|95% CI [^)]*", line):
            assert number in name or re.fullmatch(r"\d+ of \d+|95% CI [\d.]+–[\d.]+%", number)

    under()


def test_adverse_events_stand_in_every_line_that_counts(engine: Engine) -> None:
    """By name or by how many, also beside a label, a failure here and a group after a failure."""
    catalogue = Catalogue(engine.knowledge)
    means = {each.diagnosis.could_be or (each.diagnosis.concept,) for each in engine.cases.values()}
    seen = 0
    for could_be in means:
        for drug in (None, *catalogue.courses):
            failed = [{"drug": drug, "response": "none"}] if drug else []
            report = engine.look_up({"diagnoses": [could_be[0]], "therapies": failed})
            for answer in for_view(report, catalogue):
                finding = answer.findings[0]
                named = (f"; {each.name} {each.k} of" for each in finding.adverse_events)
                ways = (*named, f"adverse events {finding.any_adverse_event.k} of", "with adverse")
                line = summary(report, answer, catalogue)
                assert fits(line)
                if finding.any_adverse_event.k:
                    seen += 1
                    assert any(each in line for each in ways), line
                assert re.search(r"no response \d|\d without response", line)
    assert seen > 8


@pytest.mark.parametrize(
    ("diagnosis", "failed", "line"),
    [
        (
            "systemic-sclerosis",
            [],
            (
                "Canakinumab in SS as printed, perhaps systemic sclerosis: no response 0 of 3, "
                "partial 1, complete 2; adverse events 2 of 3"
            ),
        ),
        (
            "hyper-igd-syndrome",
            ["anakinra"],
            (
                "Canakinumab in HIDS, on label (US): no response 0 of 1, partial 0, complete 1; "
                "after anakinra: complete 1 of 1; periorbital swelling 1 of 1"
            ),
        ),
        (
            "discoid-lupus-erythematosus",
            ["anakinra"],
            (
                "Canakinumab after anakinra, in other diagnoses: 3 courses, 1 without response, "
                "0 partial, 1 with adverse events; not pooled"
            ),
        ),
    ],
)
def test_the_interval_gives_way_to_adverse_events(
    engine: Engine, diagnosis: str, failed: list[str], line: str
) -> None:
    catalogue = Catalogue(engine.knowledge)
    therapies = [{"drug": each, "response": "none"} for each in failed]
    report = engine.look_up({"diagnoses": [diagnosis], "therapies": therapies, "age": 40})
    assert line in [summary(report, each, catalogue) for each in for_view(report, catalogue)]


def test_a_number_is_never_cut(engine: Engine) -> None:
    """Every count that stands in a line stands in the detail with its interval."""
    catalogue = Catalogue(engine.knowledge)
    cards = Cards(catalogue, codes.read_codes(), "http://x")
    for report in map(engine.look_up, PROFILES):
        for card in cards.of(report, for_view(report, catalogue), []):
            for count in re.findall(
                r"complete \d+ of \d+ \(95% CI [\d.]+–[\d.]+%\)", card["summary"]
            ):
                assert count in card["detail"]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A library with a second series, of other drugs."""
    return Engine(load_knowledge(second_series.both(tmp_path_factory.mktemp("both"))))


def test_another_series_is_cited_as_itself(both: Engine) -> None:
    charts, store = Charts(both.knowledge), Kept()
    hooks = Hooks(Caller(create_app(Settings(), engine=both, store=store)), store)
    shown: set[str] = set()
    for case in both.cases.values():
        for card in hooks.cards(view(charts.of_row(case))):
            label = card["source"]["label"]
            shown.add(label)
            assert len(label) < 120
    assert any("Author" in each for each in shown)
    assert any("Gutierrez" in each for each in shown)


def test_at_most_three_cards_and_the_rest_is_named(engine: Engine) -> None:
    catalogue = Catalogue(engine.knowledge)
    report = engine.look_up(PROFILES[0])
    (first, *_rest) = for_view(report, catalogue)
    many = [replace(first, drug=f"d{n}", name=f"drug {n}") for n in range(5)]
    cards = Cards(catalogue, codes.read_codes(), "http://x").of(report, many, [])
    assert len(cards) == 3
    assert "Further drugs, see the link: drug 3, drug 4." in cards[-1]["detail"]
    assert "Further drugs" not in cards[0]["detail"]


def test_the_codes_are_whole(engine: Engine) -> None:
    found = codes.read_codes()
    assert len({each["code"] for each in found.reasons}) == len(found.reasons)
    assert all(each["display"] for each in (*found.reasons, *found.topics.values()))
    assert found.reason(None, "known") == found.reasons[0]
    assert found.reason("urn:else", "known") is None
    assert engine


def test_damaged_codes_are_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / codes.FILE).write_text("override_reasons: [")
    monkeypatch.setattr(codes, "files", lambda _package: tmp_path)
    with pytest.raises(KnowledgeError, match=r"codes\.yaml:1:19: error \[Y104\]"):
        codes.read_codes()


@pytest.mark.parametrize(
    ("url", "spelled"),
    [
        ("https://EHR.example/r4/", "https://ehr.example/r4"),
        ("https://ehr.example:443/r4", "https://ehr.example/r4"),
        ("https://ehr.example:8443", "https://ehr.example:8443"),
        ("http://[::1]:80/r4", "http://[::1]/r4"),
        ("http://127.0.0.1:8103/fhir/R4", "http://127.0.0.1:8103/fhir/R4"),
        ("http://ehr.example/r4", None),
        ("https://ehr.example./r4", None),
        ("https://ehr.example/a%2Fb", None),
        ("https://ehr.example/a//b", None),
        ("https://ehr.example/a/../b", None),
        ("https://u@ehr.example/", None),
        ("https://ehr.example/?a", None),
        ("https://ehr.example/\u2025/", None),
        ("ehr.example/r4", None),
    ],
)
def test_an_address_has_one_spelling_or_none(url: str, spelled: str | None) -> None:
    assert canonical(url) == spelled


def test_an_allowed_server_that_could_never_match_stops_the_start() -> None:
    with pytest.raises(SettingsError, match=r"fhir_servers: 'https://ehr\.example/a%20b' is not"):
        Servers(["https://ehr.example/r4", "https://ehr.example/a%20b"])


def test_a_next_page_never_leaves_the_base() -> None:
    base = "https://ehr.example/r4"

    @settings(max_examples=150, deadline=None)
    @given(st.text("htps:/.@?#%2fr4ex\\", max_size=40) | st.text(max_size=30))
    def stays(link: str) -> None:
        for tried in (link, f"{base}{link}", f"{base}/{link}"):
            page = next_page(base, tried)
            assert page is None or re.match(r"https://ehr\.example/r4(\Z|[/?])", page)
            assert page is None or ".." not in page.partition("?")[0].split("/")

    stays()
