"""What is passed over at a glance is nothing that a look at every name would have found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fhir_charts import ICD, RXNORM, URIS

from seriatim.fhir import names as recognised
from seriatim.fhir.diagnosis_names import diagnosis_of
from seriatim.fhir.events import event_of
from seriatim.fhir.kinds.observation import asked_for
from seriatim.fhir.medications import drugs_listed, drugs_named
from seriatim.fhir.names import names_for
from seriatim.fhir.values import concept_of
from seriatim.knowledge.lexicon import names_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.fhir.names import Names
    from seriatim.pipeline import Engine

ASKS = (diagnosis_of, drugs_named, drugs_listed, event_of, asked_for)
AROUND = ("{}", " {} ", "{} (disorder)", "Some {} 100 MG/ML [x]", "x ({})", "chronic {}?", "«{}»")


@pytest.fixture(scope="module")
def names(engine: Engine) -> Names:
    return names_for(engine.knowledge)


def texts(names: Names) -> Iterator[dict[str, Any]]:
    known = [name for each in names.lexicon.concepts.values() for name, _how in names_of(each)]
    known += [each.name for each in names.lexicon.ambiguous]
    known += [*names.asked.names, *names.asked.states]
    for number, name in enumerate(known):
        yield {"text": AROUND[number % len(AROUND)].format(name)}
        yield {"coding": [{"display": name.upper()}], "text": "x"}
        yield {"text": name.rpartition(" ")[0]}


def codes(names: Names) -> Iterator[dict[str, Any]]:
    listed = [(each.system, each.code) for c in names.lexicon.concepts.values() for each in c.codes]
    for system, code in (*listed, *names.asked.codes, *names.asked.state_codes):
        uri = URIS.get(system, "http://loinc.org")
        for each in (code, f" {code.lower()} ", code.replace(".", ""), f"{code}.1", f"{code}1"):
            yield {"coding": [{"system": uri, "code": each}]}
        yield {"coding": [{"system": "urn:x", "code": "1"}, {"system": uri, "code": code}]}


def test_nothing_that_is_known_is_passed_over(names: Names) -> None:
    seen = 0
    for value in (*texts(names), *codes(names)):
        for ask in ASKS:
            found = ask(names, concept_of(value))
            assert names.of(ask, value) == found, value
            seen += found not in (ask(names, concept_of({})), None)
    assert seen > len(names.lexicon.concepts)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "x",
        {},
        {"text": "Chronic condition 7 (disorder)"},
        {"coding": [{"system": RXNORM, "code": "4711", "display": "Oral Tablet"}]},
        {"coding": [{"system": ICD, "code": "Z99.9"}], "text": "with"},
    ],
)
def test_most_of_a_record_is(value: Any, names: Names) -> None:
    assert names.seen(value) == concept_of(None)


def test_what_is_kept_is_told_apart(names: Names) -> None:
    known = next(iter(names.lexicon.of_kind("diagnosis")))
    text = names.lexicon.name(known)
    for odd in ([text], {"text": text}, 7, True, None, "x" * 5000):
        value = {"coding": [{"system": odd, "code": odd, "display": text}], "text": odd}
        for each in (value, {**value, "coding": value["coding"] * 2}, value):
            assert names.of(diagnosis_of, each) == diagnosis_of(names, concept_of(each))


def test_long_concepts_are_not_kept(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Any] = []
    monkeypatch.setattr(names._answers, "keep", lambda key, value: kept.append((key, value)))
    names.of(event_of, {"text": "a text of its own " * 10})
    names.of(event_of, {"text": "y" * (recognised.LONGEST_KEPT + 1)})
    assert len(kept) == 1
