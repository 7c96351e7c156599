"""What a text says of a drug: the name of a product and nothing else, or more than that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from seriatim.fhir.tables import tables
from seriatim.knowledge.doubt import without_doubt
from seriatim.knowledge.lexicon import fold, names_of

if TYPE_CHECKING:
    from seriatim.fhir.names import Names
    from seriatim.model.terms import Kind

Named = tuple[tuple[str, str], ...]
"""(a drug or a class, the name that was found)."""

_DOTTED = re.compile(r"\b([A-Za-z])\.\s?(?=[A-Za-z]\b)")
_BRAND = re.compile(r"\[[^\[\]]*\]")
_CAPITALS = re.compile(r"\([A-Z][A-Z0-9 ,/\-]*\)")
_MAKER = re.compile(
    r"\([^()]*\b(?:ltd|limited|inc|llc|plc|gmbh|pharma|pharmaceuticals?|laboratories)\b[^()]*\)\s*\Z",
    re.IGNORECASE,
)
_ANOTHER = re.compile(r"\A[A-Za-z][A-Za-z\- ]{2,60}?(?=\s\d)")
_PARTS = re.compile(r"\s/\s")
_NUMBER = re.compile(r"(?:q|x)?\d+([^\W\d_]*)\d?\Z")
_OTHER_KINDS: tuple[Kind, ...] = ("class", "diagnosis")
"""What a drug is and what it is for may stand beside its name."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How texts of one place speak: words that cast doubt there, phrases that do not."""

    doubt: frozenset[str]
    phrases: tuple[str, ...]
    more_than_a_name: bool
    """Whether a text may say more than a name without a word of doubt."""


@cache
def of_orders() -> Wording:
    """Of orders, doses and products: with another word than a product's it may not be given."""
    of = tables()
    return Wording(of.doubt | of.not_given, of.product_phrases, more_than_a_name=False)


@cache
def of_allergies() -> Wording:
    """Of a list of allergies, where its own words (`allergy to`) cast no doubt."""
    of = tables()
    doubt = (of.doubt | of.tolerated) - of.allergy_words
    return Wording(doubt, of.intolerance_phrases, more_than_a_name=True)


def named_in(names: Names, text: str) -> Named:
    """The drugs that a text names, as a whole or by whole words of it; a class only as a whole."""
    whole = names.whole(text, "drug", "class")
    if whole and whole.concept and whole.meaning.how != "abbreviation":
        return ((whole.concept, whole.matched),)
    return names.mentions(text, "drug").found


def is_doubted(text: str, wording: Wording) -> bool:
    """Whether a mark or a word of it casts doubt on what it names."""
    if without_doubt(text) != text:
        return True
    said = _without(wording.phrases, fold(_undotted(text)).split())
    return not wording.doubt.isdisjoint(said) or any(
        f"{one} {two}" in wording.doubt for one, two in pairwise(said)
    )


def is_product(names: Names, text: str, named: Named) -> bool:
    """Whether all beside the drugs' names are words of products: strength, form, route, maker."""
    beside = names.mentions(_plain(names, _undotted(text)), "drug").beside
    for kind in _OTHER_KINDS:
        beside = names.mentions(" ".join(beside), kind).beside
    known = names.tables.product_words
    short = {
        word
        for concept, _name in named
        for name, how in names_of(names.lexicon.concepts[concept])
        if how == "abbreviation"
        for word in fold(name).split()
    }
    said = _without(names.tables.product_phrases, beside)
    return all(each in known or each in short or _is_amount(each, known) for each in said)


def _is_amount(word: str, known: frozenset[str]) -> bool:
    """`100`, `100mg`, `q12h`."""
    number = _NUMBER.match(word)
    return number is not None and (not number[1] or number[1] in known)


def _undotted(text: str) -> str:
    """`s.c.` as `sc.`: letters with dots are one word."""
    return _DOTTED.sub(r"\1", text)


def _without(phrases: tuple[str, ...], words: list[str] | tuple[str, ...]) -> list[str]:
    padded = f" {' '.join(words)} "
    for each in phrases:
        if each in padded:
            padded = padded.replace(f" {each} ", " ")
    return padded.split()


def _plain(names: Names, text: str) -> str:
    """A product's name without what only its place shows to be a name: brands, makers, others.

    RxNorm adds the brand in brackets behind the strength; hospitals add it in capitals, registers
    the maker at the end. ` / ` stands before another ingredient, which has its own strength.
    """
    text = _MAKER.sub(" ", text)
    strength = next((at for at, each in enumerate(text) if each.isdigit()), len(text))
    text = text[:strength] + _BRAND.sub(" ", text[strength:])
    without = _CAPITALS.sub(" ", text)
    text = text if without.isupper() else without
    parts = _PARTS.split(text)
    if len(parts) == 1:
        return text
    return " ".join(each if named_in(names, each) else _ANOTHER.sub("", each) for each in parts)
