"""What is wrong with rules while some file has an error: as much as can be known without it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seriatim.inference.compiler import compile_rules
from seriatim.inference.reading import like_conditions, read_rules
from seriatim.inference.strata import stratify
from seriatim.knowledge.draft import VOCABULARY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.errors import Diagnostic
    from seriatim.inference.reading import ReadRule
    from seriatim.knowledge.draft import Draft
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.knowledge.yamltext import Document
    from seriatim.model.rule import Rule

    Rules = list[tuple[Rule, Document]]

_OF_VOCABULARY = frozenset({"R702", "R704", "R705"})
"""What may be wrong only because a word of the vocabulary could not be read."""
_WORDS = ("conclusions", "observations")


def check_rules(draft: Draft, knowledge: KnowledgeBase, faulty: set[str]) -> tuple[Diagnostic, ...]:
    """What is wrong with the rules that could be read, if only rules are among the `faulty` files.

    Those with an error in their own file are read, and not compiled with the others.
    """
    sound = [each for each in draft.rules if each[1].path not in faulty]
    others = [each for each in draft.rules if each[1].path in faulty]
    _program, found = compile_rules(replace(knowledge, rules=tuple(rule for rule, _ in sound)))
    read, _problems = _read(draft, knowledge, sound)
    names = set(knowledge.vocabulary.conclusions)
    building = {each.document.path for each in read if each.uses() & names}
    # A rule that was left out may draw what they build on.
    known = (each for each in found if not (each.code == "R706" and each.path in building))
    return (*known, *_read(draft, knowledge, others)[1])


def read_only(draft: Draft, knowledge: KnowledgeBase) -> tuple[Diagnostic, ...]:
    """What is wrong with the rules whatever the cases are that they will range over."""
    read, found = _read(draft, knowledge, draft.rules)
    _ordered, circular = stratify(read, knowledge.vocabulary.conclusions)
    return (*found, *circular, *like_conditions(knowledge))


def _read(
    draft: Draft, knowledge: KnowledgeBase, rules: Rules
) -> tuple[list[ReadRule], list[Diagnostic]]:
    """Each rule by itself, because its id and family need not be those of its file."""
    read: list[ReadRule] = []
    found: list[Diagnostic] = []
    for rule, document in rules:
        own = {f"rules/{rule.family}/{rule.id}.yaml": document}
        documents = {**draft.documents, **own}
        rule_alone = replace(knowledge, rules=(rule,), documents=documents)
        sound, problems = read_rules(rule_alone)
        read += sound
        found += _known(draft, document, problems)
    return read, found


def _known(
    draft: Draft, document: Document, problems: Iterable[Diagnostic]
) -> Iterable[Diagnostic]:
    """The problems that are none of what could not be read here, in the terms or the vocabulary."""
    part = draft.partial.get(document.path)
    lost = _lost_words(draft)
    return [
        each
        for each in problems
        if not (each.code == "T301" and "terms" in draft.broken)
        and not (each.code in _OF_VOCABULARY and any(word in each.message for word in lost))
        and not (part and part.explains(each, draft.documents[document.path]))
    ]


def _lost_words(draft: Draft) -> set[str]:
    """Names of the vocabulary that could not be read whole, or any if a part of it could not."""
    part = draft.partial.get(VOCABULARY)
    paths = part.left_out if part else ()
    return {str(path[1]) if len(path) > 1 else "" for path in paths if path[0] in _WORDS}
