"""From a profile to facts: what is true, what is false, and what is left open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seriatim import Engine, ProfileError
from seriatim.pipeline import parse_profile

if TYPE_CHECKING:
    from seriatim.inference.facts import Facts

TRUE, FALSE, OPEN = "true", "false", "open"
ANAKINRA = "anakinra"


def facts(engine: Engine, **profile: Any) -> Facts:
    return engine._normaliser.understand(parse_profile(profile)).facts


def state(engine: Engine, known: Facts, *atom: str) -> str:
    index = engine.program.atoms[atom]
    assert not known.true >> index & known.false >> index & 1
    return TRUE if known.true >> index & 1 else FALSE if known.false >> index & 1 else OPEN


def number(engine: Engine, known: Facts, name: str) -> tuple[float, float] | None:
    return known.numbers[engine.program.numbers[name]]


THERAPY = [
    # (the entry, tried, taking, response none/partial/complete, stopped no-response/intolerance)
    ({}, "true false", "open open open", "open open"),
    ({"response": "none"}, "true false", "true false false", "false open"),
    ({"response": "partial"}, "true false", "false true false", "false open"),
    ({"response": "complete"}, "true false", "false false true", "false false"),
    ({"status": "current"}, "false true", "open open open", "false false"),
    ({"status": "current", "response": "none"}, "false true", "true false false", "false false"),
    ({"status": "never"}, "false false", "false false false", "false false"),
    ({"stopped_because": "intolerance"}, "true false", "open open open", "false true"),
    ({"stopped_because": "no-response"}, "true false", "false false false", "true false"),
    (
        {"response": "complete", "stopped_because": "no-response"},
        *("true false", "false false true", "true false"),
    ),
]


@pytest.mark.parametrize(("entry", "had", "responses", "stops"), THERAPY)
def test_one_therapy(
    engine: Engine, entry: dict[str, Any], had: str, responses: str, stops: str
) -> None:
    known = facts(engine, therapies=[{"drug": "Kineret", **entry}])
    found = [state(engine, known, kind, ANAKINRA) for kind in ("tried", "taking")]
    assert " ".join(found) == had
    levels = ("none", "partial", "complete")
    found = [state(engine, known, "response", ANAKINRA, level) for level in levels]
    assert " ".join(found) == responses
    reasons = ("no-response", "intolerance")
    found = [state(engine, known, "stopped", ANAKINRA, reason) for reason in reasons]
    assert " ".join(found) == stops


def test_what_is_not_listed_was_never_given_unless_said_otherwise(engine: Engine) -> None:
    atoms = [("tried", "colchicine"), ("taking", "colchicine"), ("response", ANAKINRA, "none")]
    for profile, expected in (
        ({}, OPEN),
        ({"therapies": []}, FALSE),
        ({"therapies": ["methotrexate"]}, FALSE),
        ({"therapies": ["methotrexate"], "therapies_complete": False}, OPEN),
        ({"therapies": [], "therapies_complete": False}, OPEN),
    ):
        known = facts(engine, **profile)
        assert {state(engine, known, *each) for each in atoms} == {expected}


def test_an_incomplete_list_still_knows_what_it_names(engine: Engine) -> None:
    known = facts(
        engine,
        therapies=[
            {"drug": "anakinra", "response": "none"},
            {"drug": "colchicine", "status": "never"},
        ],
        therapies_complete=False,
    )
    assert state(engine, known, "tried", ANAKINRA) == TRUE
    assert state(engine, known, "taking", ANAKINRA) == FALSE
    assert state(engine, known, "response", ANAKINRA, "partial") == FALSE
    assert state(engine, known, "tried", "colchicine") == FALSE


def test_a_class_leaves_open_which_of_its_drugs_it_was(engine: Engine) -> None:
    known = facts(engine, therapies=[{"drug": "TNF inhibitor", "response": "none"}])
    assert state(engine, known, "tried", "tnf-inhibitor") == TRUE
    assert state(engine, known, "tried", "etanercept") == OPEN
    assert state(engine, known, "response", "etanercept", "none") == OPEN
    assert state(engine, known, "tried", "colchicine") == FALSE


def test_a_class_never_given_leaves_nothing_open(engine: Engine) -> None:
    known = facts(engine, therapies=[{"drug": "TNF inhibitor", "status": "never"}])
    assert state(engine, known, "tried", "etanercept") == FALSE


@pytest.mark.parametrize(
    ("therapies", "complete", "count"),
    [
        ([], True, (0, 0)),
        (["colchicine", "Colcrys"], True, (1, 1)),
        (["colchicine", "methotrexate"], True, (2, 2)),
        ([{"drug": "colchicine", "status": "current"}, "methotrexate"], True, (2, 2)),
        ([{"drug": "colchicine", "status": "never"}], True, (0, 0)),
    ],
)
def test_the_number_of_drugs_tried_so_far(
    engine: Engine, therapies: list[Any], *, complete: bool, count: tuple[int, int]
) -> None:
    known = facts(engine, therapies=therapies, therapies_complete=complete)
    assert number(engine, known, "tried_count") == count


def test_the_number_of_drugs_tried_may_be_open_upwards_or_unknown(engine: Engine) -> None:
    low, high = number(
        engine, facts(engine, therapies=["colchicine"], therapies_complete=False), "tried_count"
    ) or (0, 0)
    assert (low, high > 100) == (1, True)
    assert number(engine, facts(engine), "tried_count") is None


@pytest.mark.parametrize(
    ("age", "years"),
    [(9, 9.0), (18.5, 18.5), ({"months": 18}, 1.5), ({"months": 0}, 0.0), (None, None)],
)
def test_age(engine: Engine, age: Any, years: float | None) -> None:
    found = number(engine, facts(engine, age=age), "age")
    assert found == (None if years is None else (years, years))


DIAGNOSIS = [
    (["TRAPS"], {"traps": TRUE, "hyper-igd-syndrome": FALSE}, {"traps": FALSE}),
    (["M04.1"], {"traps": OPEN, "behcet-disease": FALSE}, {"traps": TRUE}),
    (["M04.1", "TRAPS"], {"traps": TRUE, "hyper-igd-syndrome": OPEN}, {"traps": FALSE}),
    (["TRAPS", "M04.1"], {"traps": TRUE, "hyper-igd-syndrome": OPEN}, {"traps": FALSE}),
    (["MKD"], {"hyper-igd-syndrome": OPEN, "traps": FALSE}, {"hyper-igd-syndrome": TRUE}),
    (["HIDS", "MKD"], {"hyper-igd-syndrome": TRUE}, {"hyper-igd-syndrome": FALSE}),
    ([{"term": "TRAPS", "status": "history"}], {"traps": FALSE}, {"traps": FALSE}),
    ([], {"traps": OPEN}, {"traps": OPEN}),
]


@pytest.mark.parametrize(("given", "diagnosis", "could_be"), DIAGNOSIS)
def test_diagnoses(
    engine: Engine, given: list[Any], diagnosis: dict[str, str], could_be: dict[str, str]
) -> None:
    known = facts(engine, diagnoses=given)
    for concept, expected in diagnosis.items():
        assert state(engine, known, "diagnosis", concept) == expected
    for concept, expected in could_be.items():
        assert state(engine, known, "could_be", concept) == expected


def test_history_is_kept_apart(engine: Engine) -> None:
    known = facts(engine, diagnoses=[{"term": "TRAPS", "status": "history"}, "AOSD"])
    assert state(engine, known, "history_of", "traps") == TRUE
    assert state(engine, known, "diagnosis", "adult-onset-still-disease") == TRUE
    assert state(engine, known, "diagnosis", "traps") == FALSE


@pytest.mark.parametrize(
    ("events", "had", "had_with"),
    [
        (None, OPEN, OPEN),
        ([], FALSE, FALSE),
        (["neutropenia"], TRUE, OPEN),
        ([{"event": "neutropenia", "with_drug": "anakinra"}], TRUE, TRUE),
        ([{"event": "neutropenia", "with_drug": "methotrexate"}], TRUE, FALSE),
        (["urticaria"], FALSE, FALSE),
    ],
)
def test_adverse_events(engine: Engine, events: Any, had: str, had_with: str) -> None:
    known = facts(engine, adverse_events=events)
    assert state(engine, known, "had", "neutropenia") == had
    assert state(engine, known, "had_with", "neutropenia", ANAKINRA) == had_with


def test_nothing_weighed_is_known_not_open(engine: Engine) -> None:
    assert state(engine, facts(engine), "considering", "nothing") == TRUE
    known = facts(engine, considering=["canakinumab"])
    assert state(engine, known, "considering", "nothing") == FALSE
    assert state(engine, known, "considering", ANAKINRA) == FALSE


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ({}, OPEN),
        ({"pregnancy": True}, TRUE),
        ({"pregnancy": False}, FALSE),
        ({"pregnancy": "unknown"}, OPEN),
        ({"observations": {"pregnancy": True}}, TRUE),
        ({"observations": {"pregnancy": None}, "pregnancy": True}, TRUE),
    ],
)
def test_pregnancy_in_either_place(engine: Engine, profile: dict[str, Any], expected: str) -> None:
    assert state(engine, facts(engine, **profile), "observation", "pregnancy") == expected


def test_what_was_never_said_is_neither_true_nor_false(engine: Engine) -> None:
    known = facts(engine)
    considering = [i for atom, i in engine.program.atoms.items() if atom[0] == "considering"]
    everything = known.true | known.false
    given = engine.program.bits_of(("diagnosis", "given"))
    assert everything == given | sum(1 << each for each in considering)
    assert known.false & given


REFUSED = [
    ({"diagnoses": ["behets"]}, "diagnoses[0]", "not a diagnosis", ("Behçet's disease",)),
    ({"therapies": ["anakinr"]}, "therapies[0].drug", "not a drug", ("anakinra",)),
    ({"therapies": ["TRAPS"]}, "therapies[0].drug", "is a diagnosis, not a drug", ()),
    ({"considering": ["kanakinumab"]}, "considering[0]", "not a drug", ("canakinumab",)),
    (
        {"adverse_events": ["neutropnia"]},
        *("adverse_events[0].event", "not an adverse event", ("neutropenia",)),
    ),
    (
        {"adverse_events": [{"event": "neutropenia", "with_drug": "TNF inhibitor"}]},
        *("adverse_events[0].with_drug", "is a drug class, not a drug", ()),
    ),
    (
        {"therapies": ["anakinra", {"drug": "Kineret", "status": "never"}]},
        *("therapies[1].drug", "as never tried and as tried", ()),
    ),
    (
        {"therapies": [{"drug": "anakinra", "status": "never", "response": "none"}]},
        *("therapies[0].drug", "was never given, yet has a response", ()),
    ),
    (
        {"observations": {"neutrofils": 1}},
        *("observations.neutrofils", "no rule asks", ("neutrophils",)),
    ),
    ({"observations": {"neutrophils": 201}}, "observations.neutrophils", "0 and 200", ()),
    (
        {"observations": {"neutrophils": 1500}},
        *("observations.neutrophils", "; if it is in /uL, give 1.5", ()),
    ),
    ({"observations": {"neutrophils": True}}, "observations.neutrophils", "not a number", ()),
    ({"observations": {"pregnancy": 1}}, "observations.pregnancy", "not true or false", ()),
    (
        {"pregnancy": True, "observations": {"pregnancy": False}},
        *("pregnancy", "differs from observations.pregnancy", ()),
    ),
    ({"diagnoses": ["0000000"]}, "diagnoses[0]", "not a diagnosis", ()),
    ({"diagnoses": ["ICD-10-CM:Z99.9"]}, "diagnoses[0]", "ICD-10-CM code", ()),
]


@pytest.mark.parametrize(("profile", "field", "words", "nearest"), REFUSED)
def test_what_cannot_be_is_said(
    engine: Engine, profile: dict[str, Any], field: str, words: str, nearest: tuple[str, ...]
) -> None:
    with pytest.raises(ProfileError) as caught:
        engine.look_up(profile)
    [problem] = caught.value.problems
    assert problem.field == field
    assert words in problem.message
    assert problem.nearest[: len(nearest)] == nearest


@pytest.mark.parametrize(("value", "notes"), [(0.5, 1), (6.6, 1), (7, 0), (0, 0)])
def test_a_value_that_another_unit_would_explain_is_questioned(
    engine: Engine, value: float, notes: int
) -> None:
    report = engine.look_up({"observations": {"creatinine_clearance": value}})
    said = [each for each in report.profile.notes if "creatinine" in each]
    assert len(said) == notes
    assert all(f"{value:g} is read in mL/min; if it is in mL/s, give" in each for each in said)


def test_everything_that_is_wrong_is_said_at_once_and_within_bounds(engine: Engine) -> None:
    with pytest.raises(ProfileError) as caught:
        engine.look_up(
            {
                "diagnoses": ["nope"],
                "therapies": [f"no such drug {n}" for n in range(500)],
                "considering": ["nope"],
            }
        )
    assert len(caught.value.problems) == 20
    assert caught.value.problems[0].field == "diagnoses[0]"


def test_ten_thousand_therapies_are_answered(engine: Engine) -> None:
    report = engine.look_up({"diagnoses": ["TRAPS"], "therapies": ["etanercept"] * 10_000})
    assert len(report.profile.therapies or ()) == 10_000
    with pytest.raises(ProfileError):
        engine.look_up({"therapies": ["etanercept"] * 10_001})


def test_each_term_says_what_it_was_taken_for(engine: Engine) -> None:
    report = engine.look_up(
        {"diagnoses": ["M35.2"], "therapies": ["Enbrel"], "considering": ["IL-1 blockade"]}
    )
    profile = report.profile
    assert profile.diagnoses[0].recognised_by == "ICD-10-CM code M35.2"
    assert (profile.therapies or ())[0].concept == "etanercept"
    assert profile.considering[0].name == "interleukin-1 inhibitor"
