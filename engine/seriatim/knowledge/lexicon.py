"""Resolves what people type (names, abbreviations, brands, codes) to concepts; never guesses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from seriatim.knowledge.codesystems import (
    ICD_10,
    SYSTEM_OF,
    fold_code,
    has_headings,
    one_edition,
    systems_named,
)
from seriatim.knowledge.doubt import without_doubt
from seriatim.knowledge.nearest import nearest, word_for_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seriatim.model.terms import AmbiguousName, Code, Concept, Kind

KIND_NAMES: dict[Kind, str] = {
    "diagnosis": "a diagnosis",
    "drug": "a drug",
    "class": "a drug class",
    "event": "an adverse event",
}
_NOT_WORD = re.compile(r"[\W_]+")
_APOSTROPHES = re.compile(r"['`\u2018\u2019\u02bc\u00b4]")
_CODE_SHAPED = re.compile(r"[A-Z]*[0-9][A-Z0-9.]*\Z")
_BRACKETED = re.compile(r"([^\[\]()]+?)\s*[\[(]([^\[\]()]+)[\])]\Z")
_NUMBER = re.compile(r"\d+")
MIN_BARE_DIGITS = 5
"""A shorter number without its system could be anything: an age, a dose, a room."""


UNTELLING = frozenset({"disease", "syndrome", "disorder", "deficiency", "associated", "with"})
NEAR = 80.0
"""How alike (0 to 100) a name must be to be put forward: another disease must not be."""
LONGEST = 200
"""Characters that a term may have, as in a profile; what looks at it need not bear more."""
SHOWN = 40
LOOKED_AT = 24
"""Names that look alike at first, of which those of other things are left out."""
DOUBTED = "given as a question"
REMEMBERED = 4096
"""Terms whose resolution is kept; one that is not known is never kept."""


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """`Behçet's  Disease` and `behcets disease` alike: no case, accents, apostrophes, hyphens."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    plain = "".join(ch for ch in plain if not unicodedata.combining(ch))
    return _NOT_WORD.sub(" ", plain).strip()


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a typed term means.

    Either one `concept`, or several it `could_be` with the reason; `how` says by what it was
    recognised. A term may also mean a concept surely and narrower ones possibly.
    """

    typed: str
    concept: str | None
    could_be: tuple[str, ...]
    how: str
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A term that is not known: why, and the names nearest to it."""

    typed: str
    reason: str
    nearest: tuple[str, ...]


class Lexicon:
    """All concepts of the library with their names and codes."""

    def __init__(self, concepts: Iterable[Concept], ambiguous: Iterable[AmbiguousName]) -> None:
        self.concepts: dict[str, Concept] = {each.id: each for each in concepts}
        self.classes = frozenset(each.id for each in self.concepts.values() if each.kind == "class")
        self.ambiguous = tuple(ambiguous)
        self._resolved: dict[tuple[str, tuple[Kind, ...]], Resolved] = {}
        self._names: dict[tuple[str, str], dict[str, str]] = {}
        self._codes: dict[str, list[tuple[Concept, Code]]] = {}
        self._open_names = {fold(each.name): each for each in self.ambiguous}
        for concept in self.concepts.values():
            for name, how in names_of(concept):
                self._names.setdefault((concept.kind, fold(name)), {})[concept.id] = how
            for code in concept.codes:
                if code.scope != "nearest":
                    self._codes.setdefault(fold_code(code.code), []).append((concept, code))
        self.children: dict[str, tuple[str, ...]] = _children(self.concepts)
        self.ancestors: dict[str, frozenset[str]] = {
            each: _ancestors(each, self.concepts) for each in self.concepts
        }
        self.descendants: dict[str, tuple[str, ...]] = {
            each: tuple(sorted(other for other, up in self.ancestors.items() if each in up))
            for each in self.concepts
        }

    def name(self, concept_id: str) -> str:
        """Return the preferred name."""
        return self.concepts[concept_id].name

    def short(self, concept_id: str) -> str:
        """Return the abbreviation if it has one, else the preferred name."""
        concept = self.concepts[concept_id]
        return concept.short or concept.name

    def of_kind(self, *kinds: Kind) -> tuple[str, ...]:
        """Return the ids of all concepts of these kinds, in order."""
        return tuple(sorted(c.id for c in self.concepts.values() if c.kind in kinds))

    def members(self, class_id: str) -> tuple[str, ...]:
        """Return the drugs of a class, directly or through a narrower class."""
        return tuple(d for d in self.descendants[class_id] if self.concepts[d].kind == "drug")

    def named(self, text: str, *kinds: Kind) -> tuple[str, ...]:
        """Return the concepts of these kinds that have a name, as their own or an open one."""
        folded = fold(text)
        entry = self._open_names.get(folded)
        found = {each for kind in kinds for each in self._names.get((kind, folded), ())}
        found.update(entry.could_be if entry else ())
        return tuple(sorted(each for each in found if self.concepts[each].kind in kinds))

    def likely(self, text: str, *kinds: Kind) -> tuple[str, ...]:
        """Return the concepts of these kinds that have the names most like one not known."""
        names = self._suggestions(fold(text), kinds)
        found = (each for name in names for each in self.named(name, *kinds))
        return tuple(dict.fromkeys(found))[:3]

    def resolve(self, typed: str, *kinds: Kind) -> Resolved | Unresolved:
        """Resolve a term as one of `kinds`; a guess is never made."""
        known = self._resolved.get((typed, kinds))
        if known is not None:
            return known
        text = typed.strip()
        if len(text) > LONGEST:
            reason = f"{text[:SHOWN]!r}… is longer than the name of {KIND_NAMES[kinds[0]]} can be"
            return Unresolved(text, reason, ())
        sure = without_doubt(text)
        if sure and sure != text:
            found = self._doubted(typed, self.resolve(sure, *kinds), kinds)
        else:
            found = self._resolve(typed, kinds)
        if isinstance(found, Resolved):
            if len(self._resolved) >= REMEMBERED:
                self._resolved.clear()
            self._resolved[typed, kinds] = found
        return found

    def _resolve(self, typed: str, kinds: tuple[Kind, ...]) -> Resolved | Unresolved:
        text = typed.strip()
        by_code = self._by_code(text, kinds)
        if by_code is not None:
            return by_code
        folded = fold(text)
        if not folded:
            return self._unknown(text, folded, kinds)
        if folded in self._open_names:
            entry = self._open_names[folded]
            if all(self.concepts[each].kind in kinds for each in entry.could_be):
                return Resolved(typed, None, entry.could_be, "ambiguous name", entry.why)
        for kind in kinds:
            found = self._names.get((kind, folded))
            if found and len(found) == 1:
                concept_id, how = next(iter(found.items()))
                return Resolved(typed, concept_id, self._narrower(concept_id), how)
            if found:
                why = "the name stands for more than one concept"
                return Resolved(typed, None, tuple(sorted(found)), "ambiguous name", why)
        return self._named_twice(typed, text, kinds) or self._unknown(text, folded, kinds)

    def _named_twice(self, typed: str, text: str, kinds: tuple[Kind, ...]) -> Resolved | None:
        """A name with another of the same concept in brackets: `hyper-IgD syndrome (HIDS)`."""
        twice = _BRACKETED.match(text)
        if twice is None:
            return None
        first, second = (self.resolve(each, *kinds) for each in twice.groups())
        if isinstance(first, Unresolved) or isinstance(second, Unresolved):
            return None
        same = first.concept is not None and first.concept == second.concept
        return replace(first, typed=typed) if same else None

    def _doubted(
        self, typed: str, found: Resolved | Unresolved, kinds: tuple[Kind, ...]
    ) -> Resolved | Unresolved:
        """A diagnosis that is given as a question is open; nothing else can be."""
        if isinstance(found, Unresolved):
            return Unresolved(typed.strip(), found.reason, found.nearest)
        meant = (found.concept, *found.could_be) if found.concept else found.could_be
        if "diagnosis" in kinds:
            return Resolved(typed, None, meant, f"{found.how}, {DOUBTED}", found.why or DOUBTED)
        reason = f"{typed.strip()!r} is {DOUBTED}; give it without the doubt, or leave it out"
        return Unresolved(typed.strip(), reason, tuple(self.name(each) for each in meant))

    def _narrower(self, concept_id: str) -> tuple[str, ...]:
        if self.concepts[concept_id].kind != "diagnosis":
            return ()
        return self.descendants[concept_id]

    def _by_code(self, text: str, kinds: tuple[Kind, ...]) -> Resolved | Unresolved | None:
        system_text, colon, _rest = text.rpartition(":")
        wanted = SYSTEM_OF.get(system_text.strip().casefold()) if colon else None
        if not wanted and (colon or not _CODE_SHAPED.match(text.upper().replace(" ", ""))):
            return None
        code = fold_code(text)
        hits = self._hits(code, wanted, kinds)
        if hits and not wanted and code.isdigit() and len(code) < MIN_BARE_DIGITS:
            systems = sorted({entry.system for _concept, entry in hits})
            reason = f"{text!r} could be a bare code, too short to be sure; write the system first"
            return Unresolved(text, reason, tuple(f"{each}:{code}" for each in systems))
        heading = ""
        if not hits and has_headings(wanted or ICD_10):
            heading, hits = self._under_heading(code, wanted or ICD_10, kinds)
        if not hits:
            if wanted:
                reason = f"no concept of the library has the {wanted} code {code}"
                return Unresolved(text, reason, ())
            return None
        return self._from_codes(text, hits, heading)

    def _under_heading(
        self, code: str, wanted: str, kinds: tuple[Kind, ...]
    ) -> tuple[str, list[tuple[Concept, Code]]]:
        """Find the narrowest heading all of whose sub-codes mean its concept: M08.2 of M08.21."""
        stem, dot, rest = code.partition(".")
        headings = [f"{stem}.{rest[:end]}" for end in range(len(rest) - 1, 0, -1)]
        for heading in [*headings, stem] if dot else ():
            hits = [hit for hit in self._hits(heading, wanted, kinds) if hit[1].scope == "category"]
            if hits:
                return heading, hits
        return "", []

    def _hits(
        self, code: str, wanted: str | None, kinds: tuple[Kind, ...]
    ) -> list[tuple[Concept, Code]]:
        systems = wanted and systems_named(wanted)
        return [
            (concept, entry)
            for concept, entry in self._codes.get(code, ())
            if concept.kind in kinds and (not systems or entry.system in systems)
        ]

    def _from_codes(
        self, text: str, hits: list[tuple[Concept, Code]], heading: str
    ) -> Resolved | Unresolved:
        hits = one_edition(hits)
        systems = sorted({entry.system for _concept, entry in hits})
        if len(systems) > 1:
            reason = f"the bare code is one of {' and of '.join(systems)}; write the system first"
            return Unresolved(text, reason, tuple(f"{system}:{text}" for system in systems))
        entry = hits[0][1]
        how = f"{entry.system} code {entry.code}"
        if entry.status != "verified":
            how += f", {entry.status} source"
        if heading:
            how = f"under the {how}"
        ids = sorted({concept.id for concept, _entry in hits})
        if len(ids) == 1 and entry.scope != "shared":
            return Resolved(text, ids[0], self._narrower(ids[0]), how)
        why = f"{entry.system} {entry.code} ({entry.display or 'no title'}) holds several diagnoses"
        if len(ids) > 1:
            why += f": {', '.join(sorted(map(self.name, ids), key=str.casefold))}"
        widest = [each for each in ids if all(each in self.ancestors[o] or o == each for o in ids)]
        if len(ids) > 1 and widest:
            return Resolved(text, widest[0], self._narrower(widest[0]), how, why)
        return Resolved(text, None, tuple(ids), how, why)

    def _unknown(self, text: str, folded: str, kinds: tuple[Kind, ...]) -> Unresolved:
        expected = KIND_NAMES[kinds[0]]
        for (kind, name), found in self._names.items():
            if name == folded:
                other = KIND_NAMES[self.concepts[next(iter(found))].kind]
                return Unresolved(text, f"{text!r} is {other}, not {expected}", ())
            del kind
        reason = f"{text!r} is not {expected} that this library knows"
        if not folded:
            reason = f"{text!r} holds no letter or digit to look up"
        return Unresolved(text, reason, self._suggestions(folded, kinds))

    def _suggestions(self, folded: str, kinds: tuple[Kind, ...]) -> tuple[str, ...]:
        """Preferred names of the concepts whose names look most like the typed one."""
        shown = {
            name: each.name
            for name, each in self._open_names.items()
            if self.concepts[each.could_be[0]].kind in kinds
        }
        for (kind, name), found in self._names.items():
            if kind in kinds:
                shown[name] = self.name(next(iter(found)))
        if numbers := _numbers(folded):
            shown = {name: text for name, text in shown.items() if _numbers(name) <= numbers}
        typed = _telling(folded)
        close = nearest(typed, {_telling(name) for name in shown}, LOOKED_AT, NEAR)
        close = tuple(each for each in close if word_for_word(typed, each))
        names = {_telling(name): text for name, text in shown.items()}
        return tuple(dict.fromkeys(names[each] for each in close))[:3]


def _numbers(folded: str) -> set[str]:
    """The numbers in a folded name: an IL-6 inhibitor is no slip for an IL-1 inhibitor."""
    return set(_NUMBER.findall(folded))


def _telling(folded: str) -> str:
    """A folded name without the words that say nothing of which one it is."""
    words = [each for each in folded.split() if each not in UNTELLING]
    return " ".join(words) or folded


def names_of(concept: Concept) -> list[tuple[str, str]]:
    """Every name of a concept with what kind of name it is."""
    names = [(concept.name, "name"), (concept.id, "id")]
    if concept.short:
        names.append((concept.short, "abbreviation"))
    names.extend((each.name, each.type) for each in concept.names)
    return names


def _children(concepts: Mapping[str, Concept]) -> dict[str, tuple[str, ...]]:
    children: dict[str, list[str]] = {each: [] for each in concepts}
    for concept in concepts.values():
        for parent in concept.parents:
            if parent in children:
                children[parent].append(concept.id)
    return {parent: tuple(sorted(found)) for parent, found in children.items()}


def _ancestors(concept_id: str, concepts: Mapping[str, Concept]) -> frozenset[str]:
    seen: set[str] = set()
    todo = list(concepts[concept_id].parents)
    while todo:
        parent = todo.pop()
        if parent in concepts and parent not in seen:
            seen.add(parent)
            todo.extend(concepts[parent].parents)
    return frozenset(seen)
