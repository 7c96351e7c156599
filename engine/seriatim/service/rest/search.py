"""Looks for terms while they are typed: exact ones first, then beginnings, then what is alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz, process

from seriatim.knowledge.codesystems import SYSTEM_OF, fold_code, systems_named
from seriatim.knowledge.lexicon import fold, names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seriatim.knowledge.lexicon import Lexicon
    from seriatim.model.terms import AmbiguousName, Concept

RANKS = ("exact", "prefix", "word", "fuzzy")
LIKE = 75.0
"""How alike (0 to 100) a name must be to be shown when nothing begins with what was typed."""
SHORTEST_FUZZY = 4
"""Fewer letters are like too many names."""
SHORTEST_CODE = 3
"""Characters of a code from which its beginning is looked for."""


@dataclass(frozen=True, slots=True)
class Name:
    """One way of writing a term: as shown, folded, and what kind of name it is."""

    text: str
    folded: str
    by: str
    term: str
    """Id of the concept, or the open name itself."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A term that was found, by which of its names, and how good the match is."""

    rank: str
    name: Name
    score: float = 0.0

    @property
    def order(self) -> tuple[Any, ...]:
        """Best first; among equals the shorter name, then the alphabet."""
        return (RANKS.index(self.rank), -self.score, len(self.name.folded), self.name.text)


class Terms:
    """All names and codes of a library, ready to be looked through."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.open = {each.name: each for each in lexicon.ambiguous}
        self._names = [*_names(lexicon), *_open_names(self.open)]
        self._codes = [
            (fold_code(code.code), code.system, Name(code.code, "", f"{code.system} code", each.id))
            for each in lexicon.concepts.values()
            for code in each.codes
            if code.scope != "nearest"
        ]

    def search(self, typed: str, kind: str | None, most: int) -> list[dict[str, Any]]:
        """Up to `most` terms, each once by its best name."""
        best: dict[str, Hit] = {}
        for hit in self._hits(typed, kind):
            known = best.get(hit.name.term)
            if known is None or hit.order < known.order:
                best[hit.name.term] = hit
        ordered = sorted(best.values(), key=lambda each: each.order)
        return [self._plain(each) for each in ordered[:most]]

    def kind_of(self, term: str) -> str:
        """The kind of a concept or of an open name."""
        if term in self.open:
            term = self.open[term].could_be[0]
        return self.lexicon.concepts[term].kind

    def _hits(self, typed: str, kind: str | None) -> Iterator[Hit]:
        folded = fold(typed)
        names = [each for each in self._names if kind in {None, self.kind_of(each.term)}]
        found = [*self._by_code(typed, kind), *_by_name(folded, names)]
        yield from found
        if not found and len(folded) >= SHORTEST_FUZZY:
            yield from _alike(folded, names)

    def _by_code(self, typed: str, kind: str | None) -> Iterator[Hit]:
        system = SYSTEM_OF.get(typed.rpartition(":")[0].strip().casefold())
        code = fold_code(typed)
        for known, of, name in self._codes:
            if (system is None or of in systems_named(system)) and kind in {
                None,
                self.kind_of(name.term),
            }:
                if known == code:
                    yield Hit("exact", name)
                elif len(code) >= SHORTEST_CODE and known.startswith(code):
                    yield Hit("prefix", name)

    def _plain(self, hit: Hit) -> dict[str, Any]:
        matched = {"text": hit.name.text, "by": hit.name.by, "rank": hit.rank}
        opened = self.open.get(hit.name.term)
        if opened is not None:
            return {
                "id": None,
                "kind": self.kind_of(hit.name.term),
                "name": opened.name,
                "short": None,
                "matched": matched,
                "could_be": list(opened.could_be),
                "why": opened.why,
            }
        concept = self.lexicon.concepts[hit.name.term]
        return {
            "id": concept.id,
            "kind": concept.kind,
            "name": concept.name,
            "short": concept.short,
            "matched": matched,
            "could_be": [],
            "why": None,
        }


def _names(lexicon: Lexicon) -> Iterator[Name]:
    for concept in lexicon.concepts.values():
        yield from _of_concept(concept)


def _of_concept(concept: Concept) -> Iterator[Name]:
    for text, by in names_of(concept):
        if by != "id":
            yield Name(text, fold(text), by, concept.id)


def _open_names(opened: dict[str, AmbiguousName]) -> Iterator[Name]:
    for name in opened:
        yield Name(name, fold(name), "open name", name)


def _by_name(folded: str, names: Iterable[Name]) -> Iterator[Hit]:
    words = folded.split()
    for each in names if words else ():
        if each.folded == folded:
            yield Hit("exact", each)
        elif each.folded.startswith(folded):
            yield Hit("prefix", each)
        elif _begins(words, each.folded.split()):
            yield Hit("word", each)


def _begins(typed: list[str], words: list[str]) -> bool:
    """Whether every typed word begins a word of the name."""
    return all(any(word.startswith(each) for word in words) for each in typed)


def _alike(folded: str, names: list[Name]) -> Iterator[Hit]:
    """Names, or single words of them, that are spelt much like what was typed."""
    spellings = [
        (spelling, name)
        for name in names
        for spelling in {name.folded, *name.folded.split()}
        if len(spelling) >= SHORTEST_FUZZY
    ]
    found = process.extract(
        folded,
        [each for each, _name in spellings],
        scorer=fuzz.ratio,
        score_cutoff=LIKE,
        limit=None,
    )
    for _choice, score, at in found:
        yield Hit("fuzzy", spellings[at][1], score)
