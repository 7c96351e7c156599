"""Terms while they are typed: ranked, never guessed, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim import load_knowledge
from seriatim.knowledge.lexicon import names_of
from seriatim.service.rest.search import RANKS, Terms

if TYPE_CHECKING:
    from typing import Any

TERMS = Terms(load_knowledge().lexicon)


def hits(typed: str, kind: str | None = None, most: int = 20) -> list[dict[str, Any]]:
    return TERMS.search(typed, kind, most)


@pytest.mark.parametrize(
    ("typed", "term", "rank"),
    [
        ("Behçet's disease", "behcet-disease", "exact"),
        ("BEHCETS DISEASE", "behcet-disease", "exact"),
        ("behc", "behcet-disease", "prefix"),
        ("aosd", "adult-onset-still-disease", "exact"),
        ("kiner", "anakinra", "prefix"),
        ("onset still", "adult-onset-still-disease", "word"),
        ("M35.2", "behcet-disease", "exact"),
        ("ICD-10-CM:m35.2", "behcet-disease", "exact"),
        ("M06", "adult-onset-still-disease", "prefix"),
        ("ICD-10:M35.2", "behcet-disease", "exact"),
        ("MONDO:0007191", "behcet-disease", "exact"),
        ("anakira", "anakinra", "fuzzy"),
        ("canakinumb", "canakinumab", "fuzzy"),
    ],
)
def test_the_best_hit(typed: str, term: str, rank: str) -> None:
    first = hits(typed)[0]
    assert (first["id"], first["matched"]["rank"]) == (term, rank)


def test_an_open_name_says_what_it_could_be() -> None:
    first = hits("ss")[0]
    assert first["id"] is None
    assert {"systemic-sclerosis", "schnitzler-syndrome"} < set(first["could_be"])
    assert first["why"]


def test_a_kind_leaves_the_others_out() -> None:
    assert {each["kind"] for each in hits("a", "drug", 50)} == {"drug"}
    assert hits("anakinra", "diagnosis") == []


def test_a_system_leaves_other_codes_out() -> None:
    assert hits("ORPHA:M35.2") == []


@pytest.mark.parametrize("typed", ["zzzzzz", "?", "", "x" * 200, "…", "SNOMED CT:"])
def test_nothing_is_made_up(typed: str) -> None:
    assert hits(typed) == []


def test_every_name_finds_its_term() -> None:
    for concept in TERMS.lexicon.concepts.values():
        for name, _how in names_of(concept):
            if name != concept.id:
                found = [
                    each for each in hits(name, None, 50) if each["matched"]["rank"] == "exact"
                ]
                assert concept.id in {each["id"] for each in found} or name in TERMS.open, name


@settings(max_examples=75, deadline=None)
@given(st.text(max_size=30), st.sampled_from([None, "drug", "event"]), st.integers(1, 50))
def test_order_and_bounds(typed: str, kind: str | None, most: int) -> None:
    found = hits(typed, kind, most)
    assert len(found) <= most
    ranks = [RANKS.index(each["matched"]["rank"]) for each in found]
    assert ranks == sorted(ranks)
    ids = [each["id"] or each["name"] for each in found]
    assert len(ids) == len(set(ids))
    assert found == hits(typed, kind, most)
    assert found == hits(typed, kind, 50)[:most]
