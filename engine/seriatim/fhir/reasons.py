"""Why a drug was stopped, by the codes and the words of a record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.knowledge.doubt import without_doubt
from seriatim.knowledge.lexicon import fold

if TYPE_CHECKING:
    from seriatim.fhir.names import Names
    from seriatim.fhir.values import Concept
    from seriatim.model.terms import Kind

_PARTS = re.compile("[:;,()\\[\\]\u2013\u2014]|\\s-\\s")
_PHRASE = "\0"
"""Where a phrase stood."""
_KINDS: tuple[Kind, ...] = ("drug", "class", "event")


@dataclass(frozen=True, slots=True)
class Reason:
    """What a reason means, how and by what it was recognised, and the event if it is one."""

    means: str
    how: str
    matched: str
    event: str = ""


def reasons_of(names: Names, said: Concept, drug: str) -> tuple[Reason, ...]:
    """The reasons that the code and the texts of a concept give; none if a text is in doubt."""
    coded, display = _by_code(names, said)
    found = [coded] if coded else []
    for text in said.texts:
        event = names.whole(text, "event")
        if event and event.concept:
            if coded is None:
                return (Reason("intolerance", event.how, event.matched, event.concept),)
            continue
        own = re.sub(re.escape(display), " ", text, flags=re.IGNORECASE) if display else text
        if _is_doubted(names, own, drug):
            return ()
        if reason := _by_text(names, own):
            found.append(reason)
    return tuple(found)


def _by_code(names: Names, said: Concept) -> tuple[Reason | None, str]:
    """The first code that is known, and the display of FHIR's own: `Suspected intolerance`."""
    tables = names.tables
    for system, code in said.codings:
        if system == tables.reason_system and code in tables.reason_codes:
            means, display = tables.reason_codes[code]
            return Reason(means, "code", f"{system}|{code}"), display
        match = names.code(system, code, "event")
        if match and match.concept:
            return Reason("intolerance", match.how, match.matched, match.concept), ""
    return None, ""


def _is_doubted(names: Names, text: str, drug: str) -> bool:
    """Whether it is a question, is denied or feared, or is about another drug than this one."""
    if without_doubt(text) != text:
        return True
    _found, words = _phrases(names, text)
    if not (names.tables.doubt | names.tables.reason_doubt).isdisjoint(words):
        return True
    own = {drug, *names.lexicon.ancestors[drug]}
    named = (*names.mentions(text, "drug").found, *names.mentions(text, "class").found)
    return any(concept not in own for concept, _name in named)


def _by_text(names: Names, text: str) -> Reason | None:
    """The one kind of reason of a text, if nothing beside it in its part makes it another's."""
    means: dict[str, str] = {}
    for part in _PARTS.split(text):
        found, words = _phrases(names, part)
        if found and not _stands_alone(names, words):
            return None
        means |= found
    if len(means) != 1:
        return None
    kind, phrase = next(iter(means.items()))
    return Reason(kind, "text", phrase)


def _phrases(names: Names, text: str) -> tuple[dict[str, str], list[str]]:
    """What the phrases of a text mean, the first of each kind, and its words with their places."""
    padded = f" {fold(text)} "
    found: dict[str, str] = {}
    for phrase, means in names.tables.phrases:
        if f" {phrase} " in padded:
            found.setdefault(means, phrase)
            padded = padded.replace(f" {phrase} ", f" {_PHRASE} ")
    return found, padded.split()


def _stands_alone(names: Names, words: list[str]) -> bool:
    """Whether all words before a phrase are known, and those that say of what or to what it is."""
    last = len(words) - words[::-1].index(_PHRASE)
    after = words[last:]
    governed = after if after and after[0] in names.tables.reason_links else []
    left = tuple(each for each in (*words[:last], *governed) if each != _PHRASE)
    for kind in _KINDS:
        left = names.mentions(" ".join(left), kind).beside
    return all(each in names.tables.reason_words or each.isdigit() for each in left)
