"""What a card says of the record itself: what was not there, what it holds, where it conflicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.fhir.uses import USED_WITHOUT_REASON
from seriatim.render.words import listed
from seriatim.service.hooks.services import QUERIES

if TYPE_CHECKING:
    from seriatim.fhir import Reading, Skipped
    from seriatim.fhir.results import Fact
    from seriatim.service.hooks.catalogue import Catalogue
    from seriatim.service.hooks.record import Record

MOST_FACTS = 8
SILENT = ("age", "sex")
MEANT = {
    "unconfirmed": "only suspected, so not counted: ",
    "intolerance": "intolerance of ",
    "stopped_because": "a drug stopped for ",
}
"""What is recognised but has another weight than a diagnosis or an event."""
MOST_CONFLICTS = 4
MOST_RESOURCES = 3
MOST_LEFT_OUT = 4
TOLD = frozenset(each.resource for each in QUERIES)
"""Of other kinds nothing was asked for, so nothing is said."""


def about_reading(reading: Reading, record: Record, catalogue: Catalogue) -> list[str]:
    """Plain sentences, the gravest first; what they take from the record is not escaped yet."""
    conflicts = [
        f"Contradictory: {each.statement}{_named(each.resources)}"
        for each in reading.conflicts[:MOST_CONFLICTS]
    ]
    left = len(reading.conflicts) - len(conflicts)
    if left > 0:
        conflicts.append(f"{left} more contradictions in the record.")
    return [
        *record.sentences(),
        *conflicts,
        *_left_out(reading),
        *_facts(reading, catalogue),
        *_unknown(reading),
    ]


def _left_out(reading: Reading) -> list[str]:
    """What was not taken, and why: refuted diagnoses, other patients and the like."""
    told = [each for each in reading.skipped if each.resource_type in TOLD]
    left = [_counted(each, each.why) for each in told if each.why not in USED_WITHOUT_REASON]
    used = [
        _counted(each, USED_WITHOUT_REASON[each.why])
        for each in told
        if each.why in USED_WITHOUT_REASON
    ]
    said = [f"Left out: {'; '.join(left[:MOST_LEFT_OUT])}."] if left else []
    if used:
        listed_ = "; ".join(used[:MOST_LEFT_OUT])
        said.append(f"Used, but its reason for the stop was left out: {listed_}.")
    return said


def _counted(each: Skipped, why: str) -> str:
    return f"{each.count} {each.resource_type} ({why})"


def _named(resources: tuple[str, ...]) -> str:
    shown = ", ".join(resources[:MOST_RESOURCES])
    return f" ({shown})" if shown else ""


def _facts(reading: Reading, catalogue: Catalogue) -> list[str]:
    """How what counts was recognised, and what was recognised but does not count as such."""
    telling = [each for each in reading.facts if not each.field.startswith(SILENT)]
    telling.sort(key=lambda each: not _is_central(each, catalogue))
    said = [_fact(each, catalogue) for each in telling[:MOST_FACTS]]
    left = len(telling) - len(said)
    more = [f"{left} more"] if left > 0 else []
    return [f"Read from the record: {'; '.join([*said, *more])}."] if said else []


def _is_central(fact: Fact, catalogue: Catalogue) -> bool:
    """A diagnosis, an event, an intolerance or a drug of the library; not background therapy."""
    if fact.field.startswith(("therapies", "considering")):
        return fact.term in catalogue.courses or fact.term in catalogue.kin
    return not fact.field.startswith("observations")


def _fact(fact: Fact, catalogue: Catalogue) -> str:
    meant = MEANT.get(fact.field.rpartition(".")[2], "")
    note = f", {fact.note}" if fact.note else ""
    return f"{meant}{_name(fact.term, catalogue)} ({fact.resource}, by {fact.how}{note})"


def _name(term: str, catalogue: Catalogue) -> str:
    """The name of a concept, or what the vocabulary says of an observation."""
    known, asked = catalogue.lexicon.concepts.get(term), catalogue.observations.get(term)
    if known is not None:
        return known.name
    return asked.says if asked is not None else term


def _unknown(reading: Reading) -> list[str]:
    """Resources that hold nothing the library knows: it is small, and that should be seen."""
    found = [f"{count} {kind}" for kind, count in sorted(reading.unrecognised.items()) if count]
    return [f"Read, but with nothing that this library knows: {listed(found)}."] if found else []
