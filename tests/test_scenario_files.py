"""Slips in files of scenarios: all are told at once, at their places and with nearest names."""

from __future__ import annotations

import pytest

from scenario_files import ScenarioFile, read_text, unknown_names
from scenario_outcomes import disagreements
from seriatim import Engine

PATH = "tests/scenarios/diagnosis/same-diagnosis.yaml"
ANSWERS = "tests/scenarios/answers/made.yaml"
GOOD = """\
rule: same-diagnosis
scenarios:
  - name: the diagnosis is Behçet's disease
    profile: {diagnoses: [M35.2], considering: [canakinumab]}
    fires: true
    bindings: {drug: canakinumab}
    cites: [T2R2, T2R3, T2R4, T2R5]
    relation: direct
  - name: the diagnosis is another
    profile: {diagnoses: [psoriasis]}
    fires: false
"""
FIELDS = (
    "name, profile, fires, bindings, cites, probable, relation, concludes, cautions, names, asks, "
    "labels"
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.default()


def mended(old: str, new: str) -> ScenarioFile:
    assert GOOD.count(old) == 1
    return read_text(GOOD.replace(old, new), PATH)


def test_a_file_that_is_right_has_no_problem(engine: Engine) -> None:
    file = read_text(GOOD, PATH)
    assert file.problems == ()
    assert list(unknown_names(file, engine)) == []
    assert [disagreements(engine, "same-diagnosis", each) for each in file.scenarios] == [[], []]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "    fires: true\n",
            "    fires: true\n    nmaes: [T2R4]\n",
            (
                f"6:5: scenarios[0].nmaes: unknown field; the fields are {FIELDS}; did you mean "
                "'names'"
            ),
        ),
        (
            "scenarios:",
            "scenario:",
            "2:1: scenario: unknown field; the fields are rule, scenarios; did you mean 'scenarios",
        ),
        ("scenarios:", "scenario:", "1:1: scenarios: is missing"),
        ("fires: true", "fires: yes", "5:12: error [Y112] yes without quotes is read differently"),
        ("fires: true", 'fires: "true"', "5:12: scenarios[0].fires: true or false is wanted"),
        ("cites: [T2R2, T2R3, T2R4, T2R5]", "cites: T2R2", "7:12: scenarios[0].cites: a list"),
        ("cites: [T2R2, T2R3, T2R4, T2R5]", "cites:", "7:11: scenarios[0].cites: a list"),
        (
            "relation: direct",
            "relation: dirct",
            (
                "8:15: scenarios[0].relation: 'dirct' is not one of direct, ambiguous, indirect; "
                "did you mean 'direct'"
            ),
        ),
        (
            "{diagnoses: [psoriasis]}",
            "{diagnosis: [psoriasis]}",
            "10:15: scenarios[1].profile.diagnosis: unknown field; the fields are age, sex,",
        ),
        (
            "    fires: false\n",
            "    fires: false\n    cites: [T2R4]\n",
            "12:5: scenarios[1].cites: held only where the rule fires; here fires is false",
        ),
        (
            "the diagnosis is another",
            "the diagnosis is Behçet's disease",
            (
                '9:11: scenarios[1].name: "the diagnosis is Behçet\'s disease" stands twice (first '
                "in line 3)"
            ),
        ),
        (
            "rule: same-diagnosis",
            "rule: same-diagnoses",
            "1:7: rule: 'same-diagnoses' is not the file's name; expected 'same-diagnosis'",
        ),
        ("    fires: false\n", "    fires: [\n", "error [Y104]"),
        (GOOD, "rule: same-diagnosis\nscenarios: []\n", "2:12: scenarios: nothing is in it;"),
        (GOOD, "", "1:1: the file: the file is empty; expected the keys rule and scenarios"),
        (GOOD, "- rule\n", "1:1: the file: the file has another form; expected the keys rule and"),
    ],
)
def test_a_slip_is_told_at_its_place(old: str, new: str, problem: str) -> None:
    found = mended(old, new).problems
    assert any(each.startswith(f"{PATH}:") and problem in each for each in found), found


def test_all_slips_of_a_file_are_told_at_once_in_the_order_of_its_lines() -> None:
    text = GOOD.replace("    fires: true", "    fries: true").replace(
        "name: the diagnosis is a", "nmae: a"
    )
    assert [each.split(": ")[1] for each in read_text(text, PATH).problems] == [
        "scenarios[0].fires",
        "scenarios[0].fries",
        "scenarios[1].name",
        "scenarios[1].nmae",
    ]
    assert "did you mean 'fires'" in read_text(text, PATH).problems[1]


def test_a_file_with_a_slip_fails_in_words_and_without_its_reader() -> None:
    with pytest.raises(pytest.fail.Exception) as caught:
        mended("fires: true", "fries: true").insist()
    assert not caught.value.pytrace
    assert f"{PATH}:5:5: scenarios[0].fries: unknown field" in str(caught.value)
    assert mended("fires: true", "fries: true").scenarios == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "{drug: canakinumab}",
            "{durg: canakinumab}",
            (
                "6:16: scenarios[0].bindings.durg: the rule has no variable 'durg'; it has "
                "diagnosis, drug; did you mean 'drug'?"
            ),
        ),
        (
            "{drug: canakinumab}",
            "{drug: canakinumb}",
            (
                "6:22: scenarios[0].bindings.drug: 'canakinumb' is not the id of a term; did you "
                "mean 'canakinumab'"
            ),
        ),
        (
            "T2R3, T2R4",
            "T2R3, T2R44",
            (
                "7:25: scenarios[0].cites[2]: 'T2R44' is not a course of the library; did you mean "
                "'T2R4'"
            ),
        ),
    ],
)
def test_a_name_that_the_knowledge_does_not_have(
    engine: Engine, old: str, new: str, problem: str
) -> None:
    [found] = unknown_names(mended(old, new), engine)
    assert found.startswith(f"{PATH}:{problem}")


def test_a_rule_that_is_not_there(engine: Engine) -> None:
    file = read_text(GOOD.replace("same-diagnosis", "same-diagnosys"), f"{PATH[:-7]}ys.yaml")
    [found] = unknown_names(file, engine)
    assert "1:7: rule: there is no rule 'same-diagnosys'; did you mean 'same-diagnosis'" in found


@pytest.mark.parametrize(
    ("rule", "scenario", "sentence"),
    [
        (
            "same-diagnosis",
            {
                "profile": {"diagnoses": ["psoriasis"], "considering": ["canakinumab"]},
                "fires": True,
                "bindings": {"drug": "canakinumab", "diagnosis": "behcet-disease"},
            },
            (
                "expected that it fires for drug canakinumab, diagnosis behcet-disease; it does "
                "not: nearest for diagnosis behcet-disease, drug canakinumab, where these do not "
                "hold: diagnosis Behçet's disease (it is not so)"
            ),
        ),
        (
            "same-diagnosis",
            {
                "profile": {"diagnoses": ["TRAPS"]},
                "fires": True,
                "bindings": {"drug": "colchicine"},
            },
            (
                "expected that it fires for drug colchicine; it does not: the rule has no such "
                "combination that can ever fire"
            ),
        ),
        (
            "pregnancy",
            {"profile": {"pregnancy": True}, "fires": False},
            "expected that it does not fire; it fires, since these hold: pregnancy",
        ),
        (
            "same-diagnosis",
            {
                "profile": {"diagnoses": ["M35.2"], "considering": ["canakinumab"]},
                "fires": True,
                "cites": ["T2R4"],
            },
            "cites: expected T2R4; came T2R2, T2R3, T2R4, T2R5",
        ),
        (
            "pregnancy",
            {"profile": {"pregnancy": True}, "fires": True, "cautions": "is with child"},
            "cautions: expected “is with child” within what is said; came “The patient is pregnant",
        ),
        (
            "failure-by-no-response",
            {
                "profile": {"therapies": [{"drug": "anakinra", "response": "none"}]},
                "fires": True,
                "concludes": ["canakinumab is counted as failed"],
            },
            (
                "concludes: expected “canakinumab is counted as failed”; came “anakinra is counted "
                "as failed”"
            ),
        ),
    ],
)
def test_a_scenario_that_does_not_hold_says_what_came_instead(
    engine: Engine, rule: str, scenario: dict[str, object], sentence: str
) -> None:
    [found] = disagreements(engine, rule, scenario)
    assert found.startswith(sentence)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "answers:\n  - {name: a, profile: {}, findngs: []}\n",
            "2:5: answers[0]: neither findings nor error; expected one of them",
        ),
        ("answers:\n  - {name: a, profile: {}, findngs: []}\n", "did you mean 'findings'"),
        ("answers:\n  - {name: a, profile: {}, findings: [{drug: x}]}\n", "relation: is missing"),
        (
            "answers:\n  - {name: a, profile: {}, findings: [], labels: none}\n",
            "2:50: answers[0].labels: a list is wanted, not 'none'",
        ),
        ("scenarios: []\n", "scenarios: unknown field; the fields are answers"),
    ],
)
def test_a_slip_in_a_file_of_answers(text: str, problem: str) -> None:
    assert any(problem in each for each in read_text(text, ANSWERS).problems)
