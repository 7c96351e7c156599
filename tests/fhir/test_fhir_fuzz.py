"""Nothing that a server may send is a crash, and whatever is read can be looked up."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fhir_charts import TODAY, coded, of_course, of_every_kind, statement
from fhir_mutations import JSON, mutated
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seriatim import Engine
from seriatim.fhir import FhirError, Reading, read
from seriatim.fhir.kinds import HANDLERS
from seriatim.fhir.shapes import gather

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINE = Engine.default()
KNOWLEDGE = ENGINE.knowledge
PAIRS = [of_course(view, KNOWLEDGE.lexicon) for view in list(KNOWLEDGE.courses.values())[::4]]
BUNDLES = [bundle for bundle, _drafts in PAIRS]
EVERY_KIND = of_every_kind(KNOWLEDGE.lexicon)
SEEDS: list[Any] = [
    EVERY_KIND,
    *BUNDLES,
    *({"all": bundle, "more": drafts} for bundle, drafts in PAIRS),
]
FOLDER = os.environ.get("SERIATIM_FHIR_EXAMPLES")
"""A folder of FHIR examples in JSON or NDJSON, looked for at any depth."""
MORE = settings(suppress_health_check=list(HealthCheck), deadline=None)


def check(data: Any, drafts: Any = ()) -> Reading | None:
    """Read, look up, render; everything that is counted is there."""
    try:
        reading = read(data, KNOWLEDGE, today=TODAY, draft_orders=drafts)
    except FhirError:
        return None
    ENGINE.look_up(reading.profile)
    json.dumps(reading.as_json(), allow_nan=False)
    for each in reading.facts:
        assert each.field
        assert each.term
        assert each.how
        assert each.matched
        assert each.resource
    assert reading.profile.therapies_complete is False
    _accounted_for(reading, data)
    return reading


def _accounted_for(reading: Reading, data: Any) -> None:
    """Every resource of a kind that is read stands in a fact, or in a count with the reason."""
    handled = sum(each["resourceType"] in HANDLERS for each in gather(data).resources)
    told = sum(reading.unrecognised.values()) + sum(each.count for each in reading.facts)
    told += sum(each.count for each in reading.skipped if each.resource_type in HANDLERS)
    assert told >= handled


@settings(MORE, max_examples=80)
@given(JSON, JSON)
def test_any_json(data: Any, drafts: Any) -> None:
    check(data, drafts)


@settings(MORE, max_examples=60)
@given(mutated(SEEDS))
def test_broken_charts(data: Any) -> None:
    check(data)
    check(data, data)


@settings(MORE, max_examples=80)
@given(mutated([EVERY_KIND]))
def test_broken_resources_of_every_kind(data: Any) -> None:
    check(data)


def test_every_kind_is_read() -> None:
    reading = check(EVERY_KIND)
    assert reading is not None
    named = {each.resource.partition("/")[0] for each in reading.facts}
    named |= {each.partition("/")[0] for fact in reading.facts for each in fact.resources}
    assert named >= set(HANDLERS) | {"Patient"}
    assert reading.unrecognised == {}


@settings(MORE, max_examples=25)
@given(st.randoms(use_true_random=False), st.sampled_from(BUNDLES))
def test_the_order_of_a_bundle_does_not_matter(random: Any, bundle: Any) -> None:
    shuffled = bundle | {"entry": random.sample(bundle["entry"], len(bundle["entry"]))}
    there, back = check(bundle), check(shuffled)
    assert there is not None
    assert back is not None
    assert there.profile == back.profile
    assert there.conflicts == back.conflicts
    assert sorted(map(str, there.facts)) == sorted(map(str, back.facts))


@settings(MORE, max_examples=25)
@given(st.sampled_from(BUNDLES), st.sampled_from(["anakinra", "colchicine", "prednisone"]))
def test_a_resource_more_takes_no_drug_away(bundle: Any, drug: str) -> None:
    stop = statement(coded(KNOWLEDGE.lexicon, drug), "stopped", number="more")
    before, after = check(bundle), check([bundle, stop])
    assert before is not None
    assert after is not None
    known = {each.drug for each in before.profile.therapies or ()}
    assert known | {drug} == {each.drug for each in after.profile.therapies or ()}


@pytest.mark.campaign
@settings(MORE, max_examples=20_000)
@given(st.one_of(JSON, mutated(SEEDS)))
def test_long_fuzz(data: Any) -> None:
    check(data)


def examples() -> Iterator[tuple[str, Any]]:
    for path in sorted(Path(FOLDER or ".").rglob("*")):
        if path.suffix == ".json":
            yield path.name, json.loads(path.read_bytes())
        elif path.suffix == ".ndjson":
            lines = path.read_text(encoding="utf-8").splitlines()
            yield path.name, [json.loads(line) for line in lines if line]


@pytest.mark.campaign
@pytest.mark.skipif(FOLDER is None, reason="SERIATIM_FHIR_EXAMPLES names no folder")
def test_real_examples() -> None:
    seen = 0
    for _name, data in examples():
        reading = check(data)
        if reading is not None:
            seen += reading.resources
    assert seen


@pytest.mark.campaign
@pytest.mark.skipif(FOLDER is None, reason="SERIATIM_FHIR_EXAMPLES names no folder")
@settings(MORE, max_examples=3000)
@given(st.data())
def test_broken_examples(data: st.DataObject) -> None:
    if not SMALL:
        SMALL.extend(each for _name, each in examples() if len(str(each)) < 20_000)
    check(data.draw(mutated(SMALL)))


SMALL: list[Any] = []
