"""Codes and text of FHIR resources against the lexicon: whole names and whole words, no guesses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from seriatim.fhir.asked import Asked
from seriatim.fhir.tables import tables
from seriatim.fhir.telling import Telling
from seriatim.fhir.values import NO_CONCEPT, concept_of, key_of
from seriatim.kept import Kept
from seriatim.knowledge.codesystems import fold_code
from seriatim.knowledge.doubt import without_doubt
from seriatim.knowledge.lexicon import Resolved, fold, names_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from seriatim.fhir.values import Concept as Said
    from seriatim.knowledge.lexicon import Lexicon
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.terms import Concept, Kind

T = TypeVar("T")

SHORTEST_NAME = 4
"""A shorter name in the middle of other words is as likely something else (`CAPS`, capsules)."""
MOST_KEPT = 8192
LONGEST_KEPT = 1000
"""Characters of a concept whose answer is kept: what is kept stays small."""
_CODE = re.compile(r"[A-Za-z0-9.:\-]{1,32}\Z")
_TAG = re.compile(r"\s*\(([^()]*)\)\s*\Z")
_BRACKETED = re.compile(r"(.+?)\s*(?:\[([^\[\]]+)\]|\(([^()]+)\))\s*\Z")
_UNDOTTED = re.compile(r"[A-Za-z][0-9A-Za-z]{3,6}\Z")
_BEFORE_DOT = 3


@dataclass(frozen=True, slots=True)
class Match:
    """A term that was recognised: what it means and the code or the library's name that matched."""

    meaning: Resolved
    how: str
    matched: str

    @property
    def concept(self) -> str | None:
        """The one concept it means, if it is one."""
        return self.meaning.concept


@dataclass(frozen=True, slots=True)
class Mentions:
    """Concepts whose names stand in a text as whole words, and the words beside them."""

    found: tuple[tuple[str, str], ...]
    """(concept, the name that was found)."""
    beside: tuple[str, ...]
    """Folded, in their order."""


class Names:
    """Recognises codes and text; built once for a knowledge base and shared."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        lexicon = knowledge.lexicon
        self.lexicon: Lexicon = lexicon
        self.asked = Asked(knowledge.vocabulary.observations)
        self.tables = tables()
        self._whole: dict[Kind, set[str]] = {"diagnosis": set(), "drug": set(), "class": set()}
        self._within: dict[Kind, dict[str, list[tuple[tuple[str, ...], str]]]] = {}
        self._short: dict[str, dict[str, str]] = {}
        """Abbreviations of diagnoses: folded, then as they are written, and what each means."""
        for concept in lexicon.concepts.values():
            self._learn(concept)
        for within in self._within.values():
            for listed in within.values():
                listed.sort(key=lambda each: (-len(each[0]), each))
        for open_name in lexicon.ambiguous:
            kind = lexicon.concepts[open_name.could_be[0]].kind
            self._whole.setdefault(kind, set()).add(fold(open_name.name))
            if kind == "diagnosis" and open_name.name.isupper():
                self._short[fold(open_name.name)] = {}
        self._telling = Telling(lexicon, self.asked)
        self._codes: Kept[Match | bool] = Kept(MOST_KEPT)
        self._texts: Kept[Match | bool] = Kept(MOST_KEPT)
        self._mentions: Kept[Mentions] = Kept(MOST_KEPT)
        self._answers: Kept[tuple[Any]] = Kept(MOST_KEPT)

    def _learn(self, concept: Concept) -> None:
        within = self._within.setdefault(concept.kind, {})
        for name, how in names_of(concept):
            folded = fold(name)
            self._whole.setdefault(concept.kind, set()).add(folded)
            if concept.kind == "diagnosis" and how == "abbreviation" and _is_capitals(name):
                self._short.setdefault(folded, {})[name] = concept.id
            if how not in ("abbreviation", "id") and len(folded) >= SHORTEST_NAME:
                words = tuple(folded.split())
                within.setdefault(words[0], []).append((words, concept.id))

    def of(self, ask: Callable[[Names, Said], T], value: Any) -> T:
        """The answer of `ask` about a CodeableConcept as it stands in a record.

        Records repeat themselves, so answers are kept by what they were read from.
        """
        key = key_of(value, ask)
        if key is None:
            return ask(self, self.seen(value))
        try:
            kept = self._answers.known(key)
        except TypeError:  # a list or an object where a text should be
            return ask(self, self.seen(value))
        if kept is None:
            kept = (ask(self, self.seen(value)),)
            if sum(len(each) for each in key if type(each) is str) <= LONGEST_KEPT:
                self._answers.keep(key, kept)
        found: T = kept[0]
        return found

    def seen(self, value: Any) -> Said:
        """What is readable of a CodeableConcept; nothing if none of it can be known here."""
        said = concept_of(value)
        return said if self._telling.may_be_known(said) else NO_CONCEPT

    def code(self, uri: str, code: str, *kinds: Kind) -> Match | None:
        """What a code means in the code system with this address; None if it is not known."""
        system = self.tables.systems.get(uri)
        if system is None or not code:
            return None
        if system.startswith("ICD-10") and _UNDOTTED.match(code):
            # many records leave out the dot, which says nothing of its own
            code = f"{code[:_BEFORE_DOT]}.{code[_BEFORE_DOT:]}"
        found = self._codes.get((uri, code, kinds), lambda: self._code(uri, system, code, kinds))
        return found if isinstance(found, Match) else None

    def _code(self, uri: str, system: str, code: str, kinds: tuple[Kind, ...]) -> Match | bool:
        bare = fold_code(code)
        if not bare or not _CODE.match(code):
            return False
        found = self.lexicon.resolve(f"{system}:{bare}", *kinds)
        if not isinstance(found, Resolved):
            return False
        how = "atc" if system == "ATC" else "code"
        return Match(found, how, f"{uri}|{code}")

    def whole(self, text: str, *kinds: Kind) -> Match | None:
        """What a text means that is nothing but a name, whatever its case and accents."""
        found = self._texts.get((text, kinds), lambda: self._text(text, kinds))
        return found if isinstance(found, Match) else None

    def _text(self, text: str, kinds: tuple[Kind, ...]) -> Match | bool:
        text = self.untagged(text)
        found = self._named(text, kinds)
        if found is None and (twice := _BRACKETED.match(text)):
            first, second = (self._named(each, kinds) for each in filter(None, twice.groups()))
            found = first if first and second and first.concept == second.concept else None
            found = found if found and found.concept else None
        return Match(found, "text", fold(text)) if found else False

    def _named(self, text: str, kinds: tuple[Kind, ...]) -> Resolved | None:
        """What a name means; one with words or marks of doubt names nothing."""
        folded = "" if without_doubt(text) != text else fold(text)
        if not any(folded in self._whole.get(kind, ()) for kind in kinds):
            return None
        found = self.lexicon.resolve(text, *kinds)
        return found if isinstance(found, Resolved) else None

    def is_bare(self, text: str) -> bool:
        """Whether a text is an abbreviation alone that may be another's or another word.

        One that stands for a single concept, written exactly as the library has it, may not.
        """
        text = self.untagged(text)
        written = self._short.get(fold(text))
        if written is None:
            return False
        return text not in written or len(set(written.values())) > 1

    def untagged(self, text: str) -> str:
        """A name without what SNOMED CT adds to it: `(disorder)`; other tags stay."""
        tag = _TAG.search(text)
        known = tag and tag.group(1).strip().casefold() in self.tables.tags
        return text[: tag.start()] if tag and known else text

    def mentions(self, text: str, kind: Kind) -> Mentions:
        """Names of one kind that stand in a text as whole words."""
        return self._mentions.get((text, kind), lambda: self._mentioned(text, kind))

    def _mentioned(self, text: str, kind: Kind) -> Mentions:
        found, beside = self._scan(fold(text).split(), self._within.get(kind, {}))
        return Mentions(tuple(found.items()), tuple(beside))

    @staticmethod
    def _scan(
        words: list[str], within: dict[str, list[tuple[tuple[str, ...], str]]]
    ) -> tuple[dict[str, str], list[str]]:
        """(concept: name that was found, the words that belong to no name)."""
        found: dict[str, str] = {}
        rest: list[str] = []
        at = 0
        while at < len(words):
            for name, concept in within.get(words[at], ()):
                if tuple(words[at : at + len(name)]) == name:
                    found.setdefault(concept, " ".join(name))
                    at += len(name)
                    break
            else:
                rest.append(words[at])
                at += 1
        return found, rest

    def is_local(self, texts: Iterable[str]) -> bool:
        """Whether a text of a route or a form names one part of the body."""
        return any(self.tables.local_forms.intersection(fold(text).split()) for text in texts)


def _is_capitals(name: str) -> bool:
    """Whether an abbreviation is of initials, as `SchS`; a shortened name is a word like others."""
    return sum(each.isupper() for each in name) > 1


_KNOWN: Kept[tuple[KnowledgeBase, Names]] = Kept(8)


def names_for(knowledge: KnowledgeBase) -> Names:
    """The recogniser of a knowledge base, kept for the few that a process uses."""
    key = (knowledge.hash, id(knowledge.lexicon))
    return _KNOWN.get(key, lambda: (knowledge, Names(knowledge)))[1]
