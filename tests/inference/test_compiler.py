"""Rules that cannot be compiled: each mistake at its line and column, with the nearest name."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seriatim import Engine, KnowledgeError, load_knowledge
from seriatim.inference.compiler import compile_rules
from seriatim.inference.durable import EnvelopeError
from seriatim.inference.program import CiteEffect, ConcludeEffect, Literal_
from seriatim.pipeline import check

if TYPE_CHECKING:
    from seriatim.errors import Diagnostic

ROOT = Path(__file__).resolve().parents[2]
HEAD = """\
id: sample
title: A sample
family: limits
status: active
rationale: To be read.
drawn_from: [{note: a sample}]
author: The Seriatim authors
created: "2026-11-22"
revised: "2026-11-22"
"""
CONCLUDE = "then:\n  conclude: {intolerance: anakinra}\n"
CAUTION = "then:\n  caution: {say: A sample.}\n"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped cases and words, without any rule."""
    root = tmp_path_factory.mktemp("library")
    shutil.copytree(ROOT / "cases", root / "cases")
    (root / "rules" / "limits").mkdir(parents=True)
    shutil.copy(ROOT / "rules" / "vocabulary.yaml", root / "rules" / "vocabulary.yaml")
    return root


def problems(library: Path, *texts: str) -> tuple[Diagnostic, ...]:
    """What is said of these rules and of nothing else."""
    folder = library / "rules" / "limits"
    for old in folder.iterdir():
        old.unlink()
    for number, text in enumerate(texts):
        body = HEAD.replace("sample\n", f"sample-{number}\n", 1) + text
        (folder / f"sample-{number}.yaml").write_text(body, "utf-8")
    return check(library)


def place(text: str, marker: str) -> tuple[int, int]:
    """Line and column of the first `marker` after the head."""
    lines = (HEAD + text).splitlines()
    for number, line in enumerate(lines[HEAD.count("\n") :], HEAD.count("\n") + 1):
        if marker in line:
            return number, line.index(marker) + 1
    raise AssertionError(marker)


WRONG = [
    # (code, what stands under for/when/then, marker of its place, words, nearest)
    ("R702", "when:\n  - diagnosys: traps\n" + CAUTION, "diagnosys", "condition", ("diagnosis",)),
    ("R702", "when:\n  - failur: anakinra\n" + CAUTION, "failur", "condition", ("failure",)),
    (
        "R702",
        "when:\n  - observation: {neutrophil: {below: 1}}\n" + CAUTION,
        "neutrophil",
        "unknown observation",
        ("neutrophils",),
    ),
    ("R703", "when:\n  - tried: $drug\n" + CAUTION, "$drug", "unknown variable", ()),
    (
        "R703",
        "for: {drug: any}\nwhen:\n  - tried: $drugs\n" + CAUTION,
        "$drugs",
        "unknown variable",
        ("drug",),
    ),
    ("R703", "for: {drag: any}\nwhen:\n  - age: {below: 3}\n" + CAUTION, "drag", "drag", ("drug",)),
    (
        "R703",
        "for: {drug: {in: $class}, class: any}\nwhen:\n  - tried: $drug\n" + CAUTION,
        "$class",
        "unknown variable",
        (),
    ),
    (
        "R703",
        (
            "when:\n  - age: {below: 3}\nthen:\n  cite:\n    relation: direct\n"
            "    courses: {drug: $drug}\n    because: A sample.\n"
        ),
        "$drug",
        "unknown variable",
        (),
    ),
    (
        "R704",
        "when:\n  - tried: anakinra\nthen:\n  conclude: {failur: anakinra}\n",
        "failur",
        "unknown conclusion",
        ("failure",),
    ),
    (
        "R705",
        "when:\n  - {tried: anakinra, taking: anakinra}\n" + CAUTION,
        "{tried",
        "one name",
        (),
    ),
    ("R705", "when:\n  - any: anakinra\n" + CAUTION, "anakinra", "a list of conditions", ()),
    ("R705", "when:\n  - any: []\n" + CAUTION, "[]", "a list of conditions", ()),
    (
        "R705",
        "when:\n  - any:\n      - any: [{tried: anakinra}]\n" + CAUTION,
        "[{tried",
        "any inside any",
        (),
    ),
    (
        "R705",
        "when:\n  - not: {not: {tried: anakinra}}\n" + CAUTION,
        "anakinra",
        "one plain condition",
        (),
    ),
    ("R705", "when:\n  - not: {any: [{tried: anakinra}]}\n" + CAUTION, "[{tried", "not any", ()),
    ("R705", "when:\n  - not: {age: {below: 3}}\n" + CAUTION, "{below", "opposite comparison", ()),
    ("R705", "when:\n  - tried: [anakinra]\n" + CAUTION, "[anakinra]", "one name", ()),
    ("R705", "when:\n  - response: {to: anakinra}\n" + CAUTION, "{to:", "keys to and is", ()),
    (
        "R705",
        "when:\n  - response: {to: anakinra, is: partia}\n" + CAUTION,
        "partia",
        "one of none, partial, complete",
        ("partial",),
    ),
    ("R705", "when:\n  - sex: femal\n" + CAUTION, "femal", "female", ("female",)),
    ("R705", "when:\n  - age: 9\n" + CAUTION, "9", "at_least", ()),
    ("R705", "when:\n  - age: {under: 9}\n" + CAUTION, "under", "at_most", ()),
    ("R705", "when:\n  - age: {bellow: 9}\n" + CAUTION, "bellow", "below", ("below",)),
    ("R705", "when:\n  - age: {below: nine}\n" + CAUTION, "nine", "a number, youngest or", ()),
    ("R705", "when:\n  - tried_count: {below: youngest}\n" + CAUTION, "youngest", "a number", ()),
    ("R705", "when:\n  - age: {below: true}\n" + CAUTION, "true", "a number", ()),
    ("R705", "when:\n  - observation: pregnancy\n" + CAUTION, "pregnancy", "one observation", ()),
    ("R705", "when:\n  - observation: {pregnancy: 1}\n" + CAUTION, "1", "true or false", ()),
    (
        "R705",
        "for: {drug: every}\nwhen:\n  - tried: $drug\n" + CAUTION,
        "every",
        "any, without_courses, labelled",
        (),
    ),
    (
        "R705",
        "for: {drug: {within: il-1-inhibitor}}\nwhen:\n  - tried: $drug\n" + CAUTION,
        "{within",
        "{in: class}",
        (),
    ),
    (
        "R705",
        "for: {event: any}\nwhen:\n  - tried: $event\n" + CAUTION,
        "$event",
        "$event is an adverse event",
        (),
    ),
    (
        "R705",
        "when:\n  - tried: anakinra\nthen:\n  conclude: {failure: [anakinra, canakinumab]}\n",
        "[anakinra",
        "expected drug",
        (),
    ),
    (
        "R705",
        "when:\n  - every_series_drug_failed: 1\n" + CAUTION,
        "1",
        "expected true",
        (),
    ),
    (
        "R705",
        (
            "when:\n  - tried: anakinra\nthen:\n"
            "  conclude: {failure: anakinra, intolerance: anakinra}\n"
        ),
        "{failure",
        "one conclusion",
        (),
    ),
    (
        "R705",
        (
            "when:\n  - tried: anakinra\nthen:\n  cite:\n    relation: direct\n"
            "    courses: {diagnosis: traps}\n    because: A sample.\n"
        ),
        "{diagnosis",
        "courses of no drug",
        (),
    ),
    (
        "R706",
        "when:\n  - age: {at_least: 30}\n  - age: {below: 30}\n" + CAUTION,
        "- age",
        "exclude one another",
        (),
    ),
    (
        "R706",
        "when:\n  - sex: male\n  - sex: female\n" + CAUTION,
        "- sex",
        "exclude one another",
        (),
    ),
    (
        "R706",
        "when:\n  - tried: anakinra\n  - not: {tried: anakinra}\n" + CAUTION,
        "- tried",
        "exclude one another",
        (),
    ),
    (
        "R706",
        "for: {drug: {in: jak-inhibitor}}\nwhen:\n  - tried: $drug\n" + CAUTION,
        "{drug: {in",
        "its range is empty",
        (),
    ),
    ("R706", "when:\n  - failure: anakinra\n" + CAUTION, "- failure", "no rule draws", ()),
    (
        "R707",
        (
            "when:\n  - tried: anakinra\nthen:\n  cite:\n    relation: direct\n"
            "    courses: {drug: anakinra, diagnosis: psoriasis}\n    because: A sample.\n"
        ),
        None,
        "no course of the library",
        (),
    ),
    (
        "R709",
        "when:\n  - not: {failure: anakinra}\n" + CAUTION,
        "anakinra",
        "cannot be negated",
        (),
    ),
    (
        "R715",
        'for: {drug: any}\nwhen:\n  - tried: $drug\nthen:\n  caution: {say: "Had {drag}."}\n',
        '"Had',
        "unknown placeholder {drag}",
        ("drug",),
    ),
    ("T301", "when:\n  - tried: anakinr\n" + CAUTION, "anakinr", "unknown drug", ("anakinra",)),
    ("T301", "when:\n  - diagnosis: anakinra\n" + CAUTION, "anakinra", "unknown diagnosis", ()),
    (
        "T301",
        "for: {class: [tnf-inhibitor, il-1-inhibiter]}\nwhen:\n  - tried: $class\n" + CAUTION,
        "il-1-inhibiter",
        "unknown class",
        ("il-1-inhibitor",),
    ),
    (
        "T301",
        "for: {drug: {in: il-1-inhibiter}}\nwhen:\n  - tried: $drug\n" + CAUTION,
        "il-1-inhibiter",
        "unknown class",
        ("il-1-inhibitor",),
    ),
]


@pytest.mark.parametrize(
    ("code", "text", "marker", "words", "nearest"),
    WRONG,
    ids=[f"{code} {words}" for code, _text, _marker, words, _nearest in WRONG],
)
def test_a_mistake_is_said_at_its_place(
    library: Path,
    code: str,
    text: str,
    marker: str | None,
    words: str,
    nearest: tuple[str, ...],
) -> None:
    [found] = problems(library, text)
    assert (found.code, found.path) == (code, "rules/limits/sample-0.yaml")
    if marker is not None:
        assert (found.line, found.column) == place(text, marker)
    assert words in found.advice
    assert found.nearest[: len(nearest)] == nearest
    assert str(found).startswith(f"rules/limits/sample-0.yaml:{found.line}:{found.column}: error [")


def test_all_mistakes_of_all_rules_in_one_run(library: Path) -> None:
    texts = [text for code, text, *_rest in WRONG if code in ("R702", "R705", "T301")]
    found = problems(library, *texts)
    assert len({each.path for each in found}) == len(texts)
    keys = [(each.path, each.line, each.column) for each in found]
    assert keys == sorted(keys)


def test_several_mistakes_of_one_rule_are_said_together(library: Path) -> None:
    text = "when:\n  - tried: anakinr\n  - sex: femal\n  - agee: {below: 3}\n" + CAUTION
    assert [each.code for each in problems(library, text)] == ["T301", "R705", "R702"]


def test_conclusions_in_a_circle_are_found(library: Path) -> None:
    one = "when:\n  - failure: anakinra\nthen:\n  conclude: {intolerance: anakinra}\n"
    two = "when:\n  - intolerance: anakinra\nthen:\n  conclude: {failure: anakinra}\n"
    found = problems(library, one, two)
    assert {each.code for each in found} == {"R710"}
    assert {each.path for each in found} == {f"rules/limits/sample-{n}.yaml" for n in (0, 1)}
    assert all("is concluded from itself" in each.message for each in found)


def test_too_many_branches_are_refused_and_sixteen_are_not(library: Path) -> None:
    def any_of(*drugs: str) -> str:
        return "  - any:\n" + "".join(f"      - tried: {each}\n" for each in drugs)

    four = any_of("anakinra", "canakinumab", "etanercept", "colchicine")
    assert problems(library, "when:\n" + four + four.replace("tried", "taking") + CAUTION) == ()
    five = any_of("anakinra", "canakinumab", "etanercept", "colchicine", "dapsone")
    text = "when:\n" + five + four.replace("tried", "taking") + CAUTION
    [found] = problems(library, text)
    assert (found.code, found.line) == ("R712", place(text, "when")[0] + 1)
    assert "unfolds to 20 branches" in found.message


def test_what_durable_rules_cannot_hold_names_the_rule(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_rules: object) -> None:
        raise EnvelopeError("rules/limits/sample-0.yaml:11: 300 conditions; at most 64 are allowed")

    monkeypatch.setattr("seriatim.inference.plan.partition", refuse)
    [found] = problems(library, "when:\n  - tried: anakinra\n" + CAUTION)
    assert (found.code, found.path) == ("R713", "rules/limits/sample-0.yaml")
    assert "300 conditions" in found.message
    with pytest.raises(KnowledgeError, match="R713"):
        Engine(load_knowledge(library))


def test_drafts_and_retired_rules_are_not_compiled(library: Path) -> None:
    odd = "when:\n  - odd: name\n" + CAUTION
    for status in ("draft", "retired"):
        folder = library / "rules" / "limits"
        problems(library)
        text = HEAD.replace("status: active", f"status: {status}") + odd
        (folder / "sample.yaml").write_text(text, "utf-8")
        assert check(library) == ()
        program, _found = compile_rules(load_knowledge(library))
        assert program.rules == ()


def test_the_shipped_rules_compile_without_a_word() -> None:
    assert check(ROOT) == ()


def test_the_program_is_the_same_every_time() -> None:
    knowledge = load_knowledge(ROOT)
    one, _ = compile_rules(knowledge)
    two, _ = compile_rules(knowledge)
    assert one == two
    assert one.flat == two.flat
    assert [each.index for each in one.rules] == list(range(len(one.rules)))


def test_every_rule_stands_in_the_stratum_after_what_it_builds_on() -> None:
    program, _ = compile_rules(load_knowledge(ROOT))
    concluded_in = {
        atom: max(program.rules[index].stratum for index in indices)
        for atom, indices in program.concluders.items()
    }
    for rule in program.rules:
        checks = (*rule.all.checks, *(check for group in rule.any for check in group.checks))
        for each in checks:
            if isinstance(each, Literal_) and each.atom in concluded_in:
                assert concluded_in[each.atom] < rule.stratum
                assert not each.negated


def test_every_grounding_of_a_citing_rule_has_courses() -> None:
    knowledge = load_knowledge(ROOT)
    program, _ = compile_rules(knowledge)
    for rule in program.rules:
        effect = rule.effect
        if isinstance(effect, CiteEffect):
            assert effect.courses or effect.probable
            assert {*effect.courses, *effect.probable} <= set(knowledge.courses)
            assert set(effect.courses).isdisjoint(effect.probable)
        if isinstance(effect, ConcludeEffect):
            assert program.derived >> effect.atom & 1
        assert "{" not in getattr(effect, "because", "") + getattr(effect, "text", "")
        assert "$" not in getattr(effect, "because", "") + getattr(effect, "text", "")
