"""Which diagnosis a CodeableConcept names: by its codes, and by its text where they are open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.fhir.events import event_of
from seriatim.knowledge.doubt import without_doubt
from seriatim.knowledge.lexicon import fold

if TYPE_CHECKING:
    from seriatim.fhir.beside import Against
    from seriatim.fhir.names import Match, Names
    from seriatim.fhir.values import Concept

MENTIONED = "its text mentions a diagnosis of the library among other words"
BARE = "an abbreviation alone"
UNCLEAR = "its codes do not agree on the diagnosis"
NOT_ITS_TEXT = "its text names another diagnosis than its code"
_GRAVER: tuple[Against, ...] = ("", "past", "asked", "denied")
FINDING = "a finding that is known as an adverse event; that it was one here is not said"


@dataclass(frozen=True, slots=True)
class Called:
    """What a Condition is called: a diagnosis with the `term` for the profile, or a state.

    Without either, `why` says why it is left out; empty if nothing in it is known.
    """

    match: Match | None = None
    term: str = ""
    why: str = ""
    disagree: str = ""
    """`coded as A and B`, `coded as A and called B`: what it names, if that is not one disease."""
    against: Against = ""
    """What a text says against it."""
    state: tuple[str, str] | None = None
    """(the observation that it states, the name that matched)."""


UNKNOWN_NAME = Called()
"""Of what names nothing that is known here: this very object."""


def diagnosis_of(names: Names, said: Concept) -> Called:
    """The diagnosis of a concept. A name settles which disease of a code of several is meant."""
    found = (names.code(system, code, "diagnosis") for system, code in said.codings)
    matches = [each for each in found if each]
    settled = {each.concept: each for each in matches if each.concept and not each.meaning.why}
    if len(settled) > 1:
        settled = _narrowest(names, settled)
    if len(settled) > 1:
        named = " and ".join(sorted(names.lexicon.name(each) for each in settled))
        return Called(why=UNCLEAR, disagree=f"coded as {named}")
    match = next(iter(settled.values()), None) or _open(matches, _by_text(names, said))
    if match is None:
        return _other(names, said)
    return _beside_text(names, match, said)


def _beside_text(names: Names, match: Match, said: Concept) -> Called:
    """The diagnosis, unless a text of it names another, with what a text says against it."""
    against: set[Against] = set()
    for text in said.texts:
        plain = without_doubt(text)
        named = None if names.is_bare(plain) else names.whole(plain, "diagnosis")
        if named is None:
            against.add(names.beside.says(text))
            continue
        if not _may_be_one(names, match, named):
            both = f"coded as {_called(names, match)} and called {_called(names, named)}"
            return Called(why=NOT_ITS_TEXT, disagree=both)
        against.add("asked" if plain != text else "")
    return Called(match, _term(names, match), against=_gravest(against))


def _gravest(against: set[Against]) -> Against:
    return max(against, key=_GRAVER.index, default="")


def _said_against(names: Names, said: Concept) -> Against:
    return _gravest({names.beside.says(each) for each in said.texts})


def _may_be_one(names: Names, one: Match, other: Match) -> bool:
    """Whether both can be the same disease, or one a kind of the other."""
    return not _around(names, one).isdisjoint(_meant(other)) or not _around(
        names, other
    ).isdisjoint(_meant(one))


def _meant(match: Match) -> set[str]:
    return {each for each in (match.concept, *match.meaning.could_be) if each}


def _around(names: Names, match: Match) -> set[str]:
    """What it may mean, with every wider and narrower disease."""
    lexicon, meant = names.lexicon, _meant(match)
    return meant.union(
        *(lexicon.ancestors[each] for each in meant), *(lexicon.descendants[each] for each in meant)
    )


def _called(names: Names, match: Match) -> str:
    """The name of what is meant; of what is open, the code or the words."""
    if match.concept and not match.meaning.why:
        return names.lexicon.name(match.concept)
    return _term(names, match)


def _open(matches: list[Match], named: Match | None) -> Match | None:
    """The name if it is one of the diseases that the codes leave open, else the narrowest code."""
    if not matches or named is None:
        return named if not matches else _least_open(matches)
    could_be = {c for each in matches for c in (*each.meaning.could_be, each.concept)}
    return named if named.concept in could_be else _least_open(matches)


def _least_open(matches: list[Match]) -> Match:
    return min(matches, key=lambda each: (len(each.meaning.could_be), each.matched))


def _by_text(names: Names, said: Concept) -> Match | None:
    found = {
        (match.concept, match.meaning.could_be): match
        for match in (
            names.whole(each, "diagnosis") for each in said.texts if not names.is_bare(each)
        )
        if match
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _narrowest(names: Names, settled: dict[str, Match]) -> dict[str, Match]:
    """Of a disease and a kind of it, the kind."""
    wider = {up for concept in settled for up in names.lexicon.ancestors[concept]}
    return {concept: each for concept, each in settled.items() if concept not in wider}


def _other(names: Names, said: Concept) -> Called:
    """What it is if it is no diagnosis of the library."""
    for uri, code in said.codings:
        stated = names.asked.state_of(names.tables.systems.get(uri, ""), code)
        if stated:
            return Called(state=(stated, f"{uri}|{code}"), against=_said_against(names, said))
    for each in said.texts:
        folded = fold(names.untagged(each))
        if folded in names.asked.states:
            state = (names.asked.states[folded], folded)
            return Called(state=state, against=_said_against(names, said))
    if event_of(names, said):
        return Called(why=FINDING)
    if any(names.is_bare(each) and names.whole(each, "diagnosis") for each in said.texts):
        return Called(why=BARE)
    if any(names.mentions(each, "diagnosis").found for each in said.texts):
        return Called(why=MENTIONED)
    return UNKNOWN_NAME


def _term(names: Names, match: Match) -> str:
    """What the profile will say: the code, which may leave it open which disease, or the id."""
    if match.how != "text":
        uri, _bar, code = match.matched.partition("|")
        return f"{names.tables.systems[uri]}:{code.rpartition(':')[2]}"
    return match.concept or match.matched
