"""Diagnoses, drugs, drug classes and adverse events: names, codes and how they hang together."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from seriatim.model.base import Frozen, Slug, Text

Kind = Literal["diagnosis", "drug", "class", "event"]

NameType = Literal["synonym", "abbreviation", "brand", "spelling"]
CodeScope = Literal["exact", "shared", "nearest", "category"]
"""What a code says of its concept.

exact: this concept and no other; shared: several concepts have it, so it alone is ambiguous;
category: a heading whose sub-codes all mean the concept; nearest: close, shown but never matched.
"""


class Name(Frozen):
    """Another name of a concept and the source it was read in."""

    name: Text
    type: NameType = "synonym"
    source: Slug


class Code(Frozen):
    """A code of a concept in a terminology, with its source and how well it is established."""

    system: Text
    code: Text
    display: Text | None = None
    scope: CodeScope = "exact"
    status: Literal["verified", "secondary"]
    source: Slug
    remark: Text | None = None


class Concept(Frozen):
    """One thing the library can name.

    `parents` are broader diagnoses, or the classes that a drug belongs to.
    """

    id: Slug
    kind: Kind
    name: Text
    short: Text | None = None
    parents: tuple[Slug, ...] = ()
    names: tuple[Name, ...] = ()
    codes: tuple[Code, ...] = ()
    source: Slug | None = None
    note: Text | None = None


class AmbiguousName(Frozen):
    """A name that means more than one concept, and why it is left open."""

    name: Text
    could_be: tuple[Slug, ...] = Field(min_length=2)
    why: Text
    source: Slug


class TermsFile(Frozen):
    """A file of `cases/terms/`."""

    kind: Kind
    sources: dict[Slug, Text]
    concepts: tuple[Concept, ...]
    ambiguous: tuple[AmbiguousName, ...] = ()
