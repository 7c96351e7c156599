"""The state in the address: written and read again, and read whatever stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_files import answer_files, read
from seriatim.model.profile import PatientProfile
from seriatim.pipeline import given_of
from seriatim.service.web.profile import profile_of, state_of
from seriatim.service.web.reader import MOST_BYTES
from seriatim.service.web.reader import read as read_query
from seriatim.service.web.state import Event, State, Therapy, joined, parted

if TYPE_CHECKING:
    from seriatim.pipeline import Engine

ANSWERS = [
    answer for path in answer_files() for answer in read(path)["answers"] if "error" not in answer
]
MANY = settings(max_examples=75, deadline=None)

terms = st.text(
    st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), min_size=1, max_size=30
).map(str.strip)
filled = terms.filter(bool)
lists = st.lists(filled, max_size=4).map(tuple)
states = st.builds(
    State,
    age=st.sampled_from(["", "30", "0.5", "x"]),
    unit=st.sampled_from(["years", "months", "weeks"]),
    sex=st.sampled_from(["", "female", "banana"]),
    diagnoses=lists,
    history=lists,
    therapies=st.lists(
        st.builds(
            Therapy,
            terms,
            st.sampled_from(["past", "current", "never", "pats"]),
            st.sampled_from(["unknown", "none", "a:b", "\\"]),
            st.sampled_from(["unknown", "no-response"]),
        ).filter(lambda row: not row.is_empty),
        max_size=4,
    ).map(tuple),
    tried=st.sampled_from(["", "nothing", "more"]),
    events=st.lists(
        st.builds(Event, terms, terms).filter(lambda row: not row.is_empty), max_size=3
    ).map(tuple),
    had=st.sampled_from(["", "nothing", "more"]),
    considering=lists,
    observations=st.dictionaries(
        st.from_regex(r"[a-z][a-z_]{0,8}\Z", fullmatch=True), filled, max_size=3
    ).map(lambda found: tuple(sorted(found.items()))),
    sort=st.sampled_from(["", "months", "-age"]),
)


@MANY
@given(states)
def test_what_is_written_is_read_again(state: State) -> None:
    found = read_query(state.query.encode())
    assert found.faults == ()
    assert found.state == state
    assert found.is_plain


@MANY
@given(st.lists(terms, min_size=1, max_size=4), st.just(("", "", "")))
def test_parts_survive_colons_and_backslashes(parts: list[str], usual: tuple[str, ...]) -> None:
    text = joined(tuple(parts), usual)
    assert parted(text) == parts[: len(parted(text))]
    assert not any(parts[len(parted(text)) :])


@MANY
@given(st.binary(max_size=400))
def test_any_bytes_are_read(query: bytes) -> None:
    found = read_query(query)
    assert read_query(found.state.query.encode()).state == found.state


@MANY
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "age",
                    "drug",
                    "status",
                    "response",
                    "stopped",
                    "therapy",
                    "event",
                    "remove",
                    "add",
                ]
            ),
            st.sampled_from(
                ["", "anakinra", "past", "therapy:0", "therapy:99999", "%00", "%", ":"]
            ),
        ),
        max_size=20,
    )
)
def test_any_mixture_of_fields_is_read(pairs: list[tuple[str, str]]) -> None:
    query = "&".join(f"{name}={value}" for name, value in pairs)
    found = read_query(query.encode())
    assert read_query(found.state.query.encode()).state == found.state


@pytest.mark.parametrize("answer", [pytest.param(each, id=each["name"]) for each in ANSWERS])
def test_every_scenario_has_an_address(engine: Engine, answer: dict[str, Any]) -> None:
    profile = PatientProfile.model_validate(answer["profile"])
    state = state_of(given_of(profile))
    declared = engine.knowledge.vocabulary.observations
    again, faults = profile_of(read_query(state.query.encode()).state, declared)
    assert faults == []
    found = engine.look_up(again)
    wanted = engine.look_up(profile)
    assert [each.courses for each in found.findings] == [e.courses for e in wanted.findings]
    assert found.missing == wanted.missing
    assert found.cautions == wanted.cautions


def test_the_grammar_of_the_documentation_is_the_one_that_is_written() -> None:
    state = State(
        age="30",
        sex="female",
        diagnoses=("Behçet's disease",),
        therapies=(Therapy("anakinra", "past", "none", "no-response"), Therapy("colchicine")),
        events=(Event("neutropenia", "anakinra"),),
        considering=("canakinumab",),
        observations=(("neutrophils", "1.5"),),
    )
    assert state.query == (
        "age=30&sex=female&diagnosis=Beh%C3%A7et%27s+disease"
        "&therapy=anakinra:past:none:no-response&therapy=colchicine"
        "&event=neutropenia:anakinra&considering=canakinumab&obs.neutrophils=1.5"
    )


def test_rows_of_a_plain_form_become_the_one_grammar() -> None:
    query = (
        "age=&unit=years&sex=&diagnosis=AOSD&diagnosis=&drug=anakinra&status=past&response=none"
        "&stopped=unknown&drug=&status=past&response=unknown&stopped=unknown"
        "&had-event=&had-drug=&tried=&had=&ask=1"
    )
    found = read_query(query.encode())
    assert found.state.query == "diagnosis=AOSD&therapy=anakinra:past:none"
    assert (found.faults, found.is_plain, found.asked) == ((), False, True)


def test_a_row_is_taken_out_by_its_place_in_the_form() -> None:
    row = "drug={}&status=past&response=unknown&stopped=unknown"
    query = "&".join(row.format(each) for each in ("", "anakinra", "colchicine"))
    found = read_query(f"{query}&remove=therapy:1".encode())
    assert [each.drug for each in found.state.therapies] == ["colchicine"]
    untouched = read_query(f"{query}&remove=therapy:9".encode())
    assert [each.drug for each in untouched.state.therapies] == ["anakinra", "colchicine"]


HOSTILE = [
    ("diagnosis=%zz", "cut off or copied wrongly"),
    ("diagnosis=%FF", "not UTF-8"),
    ("diagnosis=a%00b", "cannot be seen"),
    ("diagnosis=a%E2%80%AEb", "cannot be seen"),
    ("terapy=anakinra", "Perhaps therapy was meant"),
    ("age=3&age=4", "2 times"),
    ("drug=anakinra&drug=x&status=past", "do not fit together"),
    ("had-event=a", "do not fit together"),
    ("therapy=a:b:c:d:e", "5 parts"),
    (f"diagnosis={'x' * 300}", "300 characters"),
    ("&".join(["diagnosis=x"] * 150), "150 rows"),
    ("&".join(["therapy=x"] * 10_000), "10,000 entries"),
    ("diagnosis=" + "x" * (MOST_BYTES + 1), "too long"),
]


@pytest.mark.parametrize(("query", "said"), HOSTILE, ids=[said for _query, said in HOSTILE])
def test_what_is_wrong_with_an_address_is_said(query: str, said: str) -> None:
    assert any(said in each.text for each in read_query(query.encode()).faults)


def test_an_address_without_anything_asks_nothing() -> None:
    for query in (b"", b"&&", b"unit=years&sex=&age=", b"drug=&status=past&response=&stopped="):
        found = read_query(query)
        assert (found.state.asks, found.faults) == (False, ())
