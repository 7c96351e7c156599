"""Selections and recomputations in words; what a row, a claim, a rule and a series page show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from second_series import SECOND, both
from seriatim.knowledge.load import load_knowledge
from seriatim.model.selector import Selector
from seriatim.pipeline import Engine
from seriatim.service.web.library_cases import case_view, regimen
from seriatim.service.web.library_claims import (
    VERDICTS,
    by_topic,
    claim_view,
    counted,
    given,
    is_implied,
    worked_out,
)
from seriatim.service.web.library_index import Index
from seriatim.service.web.library_rules import families, rule_view
from seriatim.service.web.library_scenarios import Sources
from seriatim.service.web.library_series import boundary, series_view
from seriatim.service.web.library_wording import Words

if TYPE_CHECKING:
    from seriatim.model.series import Recompute, Series

FIRST = "nyu-2022-il1"
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def index(engine: Engine) -> Index:
    return Index(engine)


@pytest.fixture(scope="module")
def sources(engine: Engine) -> Sources:
    """The checkout, whether the package is installed or not: the scenarios stand there."""
    return Sources(engine, ROOT)


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return Index(Engine(load_knowledge(both(tmp_path_factory.mktemp("both")))))


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selector", "says"),
    [
        (Selector(), "all courses"),
        (
            Selector(drug="canakinumab", diagnosis="behcet-disease", previous="anakinra"),
            "courses of canakinumab in Behçet's disease with anakinra printed as previous therapy",
        ),
        (Selector(previous="nothing"), "courses with no previous therapy printed"),
        (Selector(response=("none", "partial")), "courses with no response or a partial response"),
        (Selector(event="any"), "courses with an adverse event"),
        (Selector(event="nothing"), "courses with no adverse event printed"),
        (Selector(marked="†", table="2"), "courses in Table 2 marked †"),
        (Selector(courses=("T1R1", "T2R6")), "courses in T1R1 and T2R6"),
        (
            Selector.model_validate({"linked": {"drug": "anakinra", "certainty": "stated"}}),
            "courses of a patient with another course of anakinra, as print states",
        ),
        (
            Selector.model_validate({"previous_count": {"at_least": 1}}),
            "courses with at least 1 previous therapy",
        ),
        (
            Selector.model_validate({"age": {"at_least": 18, "below": 65}}),
            "courses of patients aged at least 18 and below 65 years",
        ),
    ],
)
def test_a_selection_in_words(index: Index, selector: Selector, says: str) -> None:
    assert Words(index.known.lexicon.name).courses(selector) == says


def test_every_field_of_a_selector_is_said(index: Index) -> None:
    """A test that were left out of the words would make a narrow count look like a wide one."""
    words = Words(index.known.lexicon.name)
    given = {
        "series": "invented-2024",
        "table": "1",
        "drug": "anakinra",
        "diagnosis": "traps",
        "could_be": "traps",
        "also": "traps",
        "previous": "anakinra",
        "previous_count": {"at_least": 2},
        "probably_after": "anakinra",
        "concurrent": "colchicine",
        "response": "none",
        "event": "neutropenia",
        "marked": "*",
        "dosing": "flare",
        "linked": {"response": "none"},
        "age": {"below": 3},
        "courses": ["T1R1"],
    }
    assert set(given) == set(Selector.model_fields)
    for name, value in given.items():
        assert words.tests(Selector.model_validate({name: value})), name


def test_every_claim_of_the_library_is_said_and_shows_the_rows_that_it_reads(index: Index) -> None:
    for each in index.claims[FIRST].values():
        view = claim_view(index, each)
        assert (view.recomputed is None) is (each.claim.recompute is None)
        assert len(view.others) == len(each.claim.alternatives)
        for worked in (view.recomputed, *view.others):
            if worked is None:
                continue
            assert worked.words
            assert worked.gives
            used = {course for one in worked.used for course in one.courses}
            assert used <= set(index.cases)
        if view.recomputed is not None and view.recomputed.reading is None:
            read = {course for one in view.recomputed.used for course in one.courses}
            assert set(each.counterexamples) <= read


def test_a_count_is_the_number_of_rows_that_are_shown_with_it(index: Index) -> None:
    checked = 0
    for each in index.claims[FIRST].values():
        how: Recompute | None = each.claim.recompute
        if how is not None and how.count is not None:
            view = claim_view(index, each)
            assert view.recomputed is not None
            assert [len(one.courses) for one in view.recomputed.used] == [each.value]
            checked += 1
    assert checked > 10


def test_a_claim_made_of_others_names_them(index: Index) -> None:
    view = claim_view(index, index.claims[FIRST]["anakinra-responses-against-patients"])
    assert view.recomputed is not None
    assert [each.claim.id for each in view.recomputed.statements] == [
        "anakinra-complete",
        "anakinra-partial",
        "anakinra-none",
    ]


def test_rows_that_speak_against_a_claim_come_first_then_failures(index: Index) -> None:
    view = claim_view(index, index.claims[FIRST]["switched-with-success"])
    assert view.recomputed is not None
    [used] = view.recomputed.used
    assert used.courses == tuple(f"{FIRST}/{each}" for each in ("T2R4", "T2R1", "T2R6"))
    assert view.title.startswith("The letter says: Canakinumab after anakinra")


def test_what_is_drawn_from_print_is_not_said_to_be_printed(index: Index) -> None:
    claims = index.claims[FIRST]
    view = claim_view(index, claims["canakinumab-responses-against-patients"])
    assert view.title.startswith("Implied by the letter: ")
    assert view.gives_lead == "The printed values give"


@pytest.mark.parametrize(
    ("claim", "gives"),
    [
        ("mean-age", "43.48 years by the rows; 44.07 years, which agrees with print, if read"),
        ("anakinra-none", "1 course by the rows"),
        ("patients-total", "21 patients by the rows"),
        ("switched-with-success", "it does not hold"),
        ("anakinra-responses-against-patients", "15, not 14, from the printed counts"),
        ("anakinra-none-count-against-percent", "14.3%, from the printed counts"),
        ("glucocorticoids-shares-together", "160%, from the printed shares"),
    ],
)
def test_a_number_says_what_it_is_of_and_what_it_is_made_from(
    index: Index, claim: str, gives: str
) -> None:
    words = Words(index.known.lexicon.name)
    assert worked_out(index.claims[FIRST][claim], words).startswith(gives)


def test_what_cannot_be_checked_has_its_counts_beside_it(index: Index) -> None:
    words = Words(index.known.lexicon.name)
    said = worked_out(index.claims[FIRST]["adverse-events-infrequent"], words)
    assert "among all courses: 37.5%" in said
    assert "of the 14 courses of anakinra, with an adverse event: 5;" in said


def test_the_top_of_a_claim_says_which_reading_agrees(index: Index) -> None:
    view = claim_view(index, index.claims[FIRST]["mean-age"])
    assert [(each.reading, each.gives) for each in view.agreeing] == [
        ("over the anakinra courses alone", "44.07 years")
    ]
    assert given(view.claim) == "43.48 years"
    assert not view.failures_first
    assert is_implied(index.claims[FIRST]["anakinra-responses-against-patients"].claim)
    assert not is_implied(view.claim.claim)


def test_topics_keep_every_claim_once(index: Index) -> None:
    claims = list(index.claims[FIRST].values())
    topics = by_topic(claims)
    shown = [each.claim.id for _topic, own in topics for each in own]
    assert sorted(shown) == sorted(each.claim.id for each in claims)
    assert len({topic for topic, _own in topics}) == len(topics)
    counts = dict(counted(claims))
    assert sum(counts.values()) == len(claims)
    assert list(counts) == [each for each in VERDICTS if each in counts]


# --- rows -----------------------------------------------------------------------------------------


def test_each_cell_stands_as_printed_beside_what_it_means(index: Index) -> None:
    cells = {each.name: each for each in case_view(index, f"{FIRST}/T2R4").cells}
    assert cells["Dose"].printed == ("150mg q28 days",)
    assert cells["Dose"].means == ("maintenance: 150 mg every 28 days",)
    assert cells["Prior therapies"].printed is not None
    assert cells["Prior therapies"].printed[4] == "Mycophenylate mofetil"
    assert cells["Prior therapies"].means[4] == "mycophenolate mofetil"
    assert cells["Diagnosis"].remarks == ("Marked †.",)


def test_a_unit_that_is_not_printed_is_not_supplied_and_an_open_term_stays_open(
    index: Index,
) -> None:
    cells = {each.name: each for each in case_view(index, f"{FIRST}/T2R7").cells}
    assert cells["Dose"].means == ("maintenance: 150 (no unit printed) every 28 days",)
    assert cells["Dose"].remarks == ()
    assert cells["Diagnosis"].means == ("open: systemic sclerosis or Schnitzler syndrome",)
    assert "No reading is settled" in cells["Diagnosis"].remarks[0]


def test_every_row_shows_every_printed_cell(index: Index) -> None:
    for name, view in index.known.courses.items():
        course = view.course
        shown = {line for cell in case_view(index, name).cells for line in cell.printed or ()}
        printed = {course.diagnosis.printed}
        printed |= {index.known.series[FIRST].headings[course.at.table or ""]}
        for cell in (course.age, course.sex, course.dose, course.months, course.response):
            printed |= {cell.printed} if cell else set()
        for therapies in (course.previous, course.concurrent):
            printed |= set(therapies.printed) if therapies else set()
        printed |= {course.adverse_events.printed} if course.adverse_events else set()
        assert shown == printed, name


def test_rows_that_stand_beside_one_another_lead_to_each_other(index: Index) -> None:
    names = list(index.rows[FIRST].courses)
    views = [case_view(index, each) for each in names]
    assert [each.following for each in views] == [*names[1:], None]
    assert [each.previous for each in views] == [None, *names[:-1]]


def test_a_row_knows_its_links_its_definition_and_what_speaks_of_it(index: Index) -> None:
    view = case_view(index, f"{FIRST}/T2R5")
    assert [(each.course, each.certainty) for each in view.links] == [(f"{FIRST}/T1R8", "probable")]
    assert view.links[0].against
    assert view.level is not None
    assert view.level.printed == "25%-75%"
    own = case_view(index, f"{FIRST}/T2R4")
    assert own.claims[0].counterexamples == (f"{FIRST}/T2R4",)
    assert "after-failure-same-diagnosis" in {each.id for each in own.rules}


def test_a_claim_about_all_rows_is_left_to_the_series_unless_the_row_speaks_against_it(
    index: Index,
) -> None:
    everything = len(index.rows[FIRST].courses)
    for course in index.cases:
        for each in index.claims_of(course):
            assert len(each.courses) < everything or course in each.counterexamples


def test_cells_that_a_publication_does_not_have_are_unknown_not_none(second: Index) -> None:
    view = case_view(second, f"{SECOND}/T1R2")
    cells = {each.name: each for each in view.cells}
    assert cells["Drug"].printed is None
    assert cells["Drug"].means[1:] == ("route not printed",)
    assert view.who == "age and sex not printed"
    for name in ("Age", "Dose", "Prior therapies", "Adverse events", "Months"):
        assert (cells[name].printed, cells[name].means) == (None, ("not printed: unknown",))
    told = case_view(second, f"{SECOND}/C1")
    assert told.title.endswith("response not printed")
    assert told.level is None


@pytest.mark.parametrize("role", ["maintenance", "flare"])
def test_a_range_and_a_single_unit_of_time(engine: Engine, role: str) -> None:
    regimens = {
        regimen(each)
        for view in engine.knowledge.courses.values()
        for each in (view.course.dose.regimens if view.course.dose else ())
        if each.role == role
    }
    wanted = {
        "maintenance": {
            "maintenance: 300\u2013450 mg every 28 days",
            "maintenance: 100 mg every day",
        },
        "flare": {"flare: 150 mg every week", "flare: 200 mg every 8 hours"},
    }
    assert wanted[role] <= regimens


# --- rules ----------------------------------------------------------------------------------------


def test_every_rule_has_its_words_its_text_and_scenarios_that_hold(
    index: Index, sources: Sources
) -> None:
    for each in index.rules.values():
        view = rule_view(index, sources, each)
        assert view.conditions
        assert view.consequence
        assert view.yaml is not None
        assert view.yaml.startswith(f"id: {each.id}\n")
        assert view.scenarios is not None
        assert bool(view.scenarios) is (each.status == "active")
        assert [one.fires for one in view.scenarios] == [one.fired for one in view.scenarios]


@pytest.mark.parametrize(
    ("rule", "conditions", "follows", "over"),
    [
        (
            "after-failure-same-diagnosis",
            ("the patient has the diagnosis", "the prior drug is counted as failed"),
            "Cited as of the same diagnosis, in the group “after the prior drug",
            "any diagnosis, any drug and any prior drug of the class interleukin-1 inhibitor",
        ),
        (
            "which-diagnosis",
            ("the patient may have the diagnosis",),
            "Asks whether this is the diagnosis: The term",
            "any diagnosis",
        ),
        (
            "anakinra-with-tnf-inhibitor",
            ("a drug of the class TNF inhibitor is being given",),
            "Caution (safety): A TNF inhibitor is being given.",
            "",
        ),
        (
            "pregnancy",
            ("pregnancy",),
            "Caution (safety): The patient is pregnant. No row of Gutierrez et al. 2022",
            "",
        ),
    ],
)
def test_a_rule_in_words_a_clinician_reads(
    index: Index,
    sources: Sources,
    rule: str,
    conditions: tuple[str, ...],
    follows: str,
    over: str,
) -> None:
    view = rule_view(index, sources, index.rules[rule])
    assert set(conditions) <= set(view.conditions)
    assert view.consequence.startswith(follows)
    assert view.ranges == over


def test_no_name_that_a_rule_ranges_over_is_left_in_capitals(
    index: Index, sources: Sources
) -> None:
    for each in index.rules.values():
        view = rule_view(index, sources, each)
        said = " ".join((*view.conditions, view.consequence, view.ranges))
        assert not {name.upper() for name in each.for_} & set(re.findall(r"\w+", said)), each.id
        assert FIRST not in said


def test_the_rows_of_a_rule_are_those_of_its_combinations(index: Index, sources: Sources) -> None:
    view = rule_view(index, sources, index.rules["after-failure-same-diagnosis"])
    assert set(view.courses) == {c for each in view.combinations for c in each.courses}
    assert view.courses == (f"{FIRST}/T2R4", f"{FIRST}/T2R1", f"{FIRST}/T2R6")
    assert view.probable == (f"{FIRST}/T2R5", f"{FIRST}/T2R10")
    assert not set(view.courses) & set(view.probable)


def test_what_rules_can_cite_is_what_reports_cite(index: Index, engine: Engine) -> None:
    report = engine.look_up({"diagnoses": ["AOSD"], "therapies": []})
    for finding in report.findings:
        for rule in finding.rules:
            assert set(index.cited_by(rule)[0]) & set(finding.courses)


def test_without_the_folder_scenarios_are_said_to_be_elsewhere(
    engine: Engine, index: Index, tmp_path: Path
) -> None:
    rule = index.rules["same-diagnosis"]
    for root in (None, both(tmp_path)):
        assert Sources(engine, root).scenarios(rule) is None
    assert Sources(engine, None).text(rule) is None


@pytest.mark.parametrize(
    "text",
    [
        "rule: same-diagnosis\nscenarios:\n  - {name: a, profile: {}, fries: true}\n",
        "rule: same-diagnosis\nscenario: []\n",
        "rule: same-diagnosis\nscenarios: [a]\n",
        "rule: same-diagnosis\nscenarios: [\n",
        "- same-diagnosis\n",
        "",
    ],
)
def test_scenarios_that_are_not_right_are_not_shown(
    engine: Engine, index: Index, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "tests" / "scenarios" / "diagnosis" / "same-diagnosis.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    assert Sources(engine, tmp_path).scenarios(index.rules["same-diagnosis"]) == ()


def test_a_rule_that_was_changed_after_the_start_is_not_shown_as_the_one_in_use(
    engine: Engine, index: Index, tmp_path: Path
) -> None:
    root, rule = both(tmp_path), index.rules["same-diagnosis"]
    sources = Sources(engine, root)
    assert sources.text(rule) is not None
    file = root / "rules" / "diagnosis" / "same-diagnosis.yaml"
    file.write_text(file.read_text("utf-8").replace("same diagnosis", "any diagnosis"), "utf-8")
    assert sources.text(rule) is None
    file.unlink()
    assert sources.text(rule) is None


def test_rules_are_found_by_every_word_and_by_family(index: Index) -> None:
    every = [rule.id for each in families(index) for rule in each.rules]
    assert sorted(every) == sorted(index.rules)
    found = {rule.id for each in families(index, "NEUTROPHILS  below") for rule in each.rules}
    assert "neutropenia-and-anakinra" in found
    assert all("neutro" in each for each in found)
    assert [each.name for each in families(index, family="dose")] == ["dose"]
    assert families(index, "no rule says this") == []


# --- series ---------------------------------------------------------------------------------------


def test_a_series_shows_every_row_and_every_claim_once(index: Index) -> None:
    view = series_view(index, FIRST)
    assert [each.course for table in view.tables for each in table.cases] == list(index.cases)
    shown = [each.claim.id for each in (*view.ledger, *view.reproduced)]
    assert sorted(shown) == sorted(index.claims[FIRST])
    verdicts = [each.verdict for each in view.ledger]
    assert verdicts == sorted(verdicts, key=VERDICTS.index)


def test_boundaries_are_read_as_they_are_held(index: Index) -> None:
    series: Series = index.known.series[FIRST]
    read = {each.level: boundary(each) for each in series.outcome.levels}
    assert read == {
        "complete": "above 75%",
        "partial": "25% or more and 75% or less",
        "none": "below 25%",
    }


def test_another_series_stands_beside_the_first(second: Index) -> None:
    view = series_view(second, SECOND)
    assert [each.title for each in view.tables] == ["Table 1", "Told in the text"]
    assert (view.ledger, view.reproduced, view.verdicts) == ((), (), ())


@pytest.mark.parametrize(
    ("claim", "columns"),
    [
        ("anakinra-most-common-concurrent", ("Given alongside",)),
        ("anakinra-mean-prior", ("Prior therapies",)),
        ("switched-with-success", ("Prior therapies",)),
        ("dagger-marks-all-who-switched", ("Prior therapies", "Diagnosis as printed")),
        ("mean-age", ()),
    ],
)
def test_the_cells_that_a_recomputation_reads_are_shown(
    index: Index, claim: str, columns: tuple[str, ...]
) -> None:
    view = claim_view(index, index.claims[FIRST][claim])
    assert view.recomputed is not None
    assert view.recomputed.columns == columns
