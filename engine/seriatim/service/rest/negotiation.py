"""Which form of an answer a client wants: by `?format=`, else by `Accept` with its q-values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.knowledge.nearest import nearest
from seriatim.service.problems import Fault, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MEDIA = {
    "json": "application/json",
    "markdown": "text/markdown",
    "html": "text/html",
    "csv": "text/csv",
    "fhir": "application/fhir+json",
    "phenopacket": "application/json",
    "schema": "application/schema+json",
    "openapi": "application/vnd.oai.openapi+json",
}
"""Every form by its name; `phenopacket` has no media type of its own, so it is asked by name."""
BY_NAME_ONLY = frozenset({"phenopacket"})
LONGEST = 2_000
"""Characters of an Accept header that are read; browsers send a hundred."""

Range = tuple[str, str, float]


def negotiate(accept: Sequence[str], named: str | None, offers: Sequence[str]) -> str:
    """The form to answer in; the first offer if the client does not mind.

    Raises Problem 400 for a name that is not offered, 406 if nothing that is offered is accepted.
    """
    if named is not None:
        if named in offers:
            return named
        raise _unknown(named, offers)
    ranges = list(_ranges(",".join(accept)[:LONGEST]))
    if not ranges:
        return offers[0]
    rated = [(_quality(MEDIA[each], ranges), each) for each in offers if each not in BY_NAME_ONLY]
    best = max(rated, key=lambda each: each[0], default=(0.0, ""))
    if best[0] <= 0:
        raise not_acceptable(offers)
    return best[1]


def not_acceptable(offers: Iterable[str]) -> Problem:
    """406, naming what there is."""
    there = ", ".join(dict.fromkeys(MEDIA[each] for each in offers if each not in BY_NAME_ONLY))
    return Problem(
        406,
        "not-acceptable",
        "Nothing that is accepted is offered",
        f"There is {there}.",
        headers={"Vary": "Accept"},
    )


def _unknown(named: str, offers: Sequence[str]) -> Problem:
    near = nearest(named, offers)
    fault = Fault("/query/format", f"one of {', '.join(offers)} is wanted", near)
    return Problem(
        400, "unknown-format", "This has no such form", f"There is {', '.join(offers)}.", [fault]
    )


def _ranges(accept: str) -> Iterable[Range]:
    """Each readable media range with its quality; what cannot be read is passed over."""
    for part in accept.split(","):
        kind, *parameters = (each.strip().lower() for each in part.split(";"))
        major, slash, minor = kind.partition("/")
        if slash and major and minor:
            quality = _q(parameters)
            if quality is not None:
                yield major, minor, quality


def _q(parameters: Iterable[str]) -> float | None:
    """The `q` of a range, 1 if there is none; None if it is no weight from 0 to 1."""
    for each in parameters:
        name, _, value = each.partition("=")
        if name.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                return None
            return quality if 0 <= quality <= 1 else None
    return 1.0


def _quality(media: str, ranges: Iterable[Range]) -> float:
    """What the most specific range that takes a media type says of it."""
    major, _, minor = media.partition("/")
    found = [
        ((a != "*") + (b != "*"), quality)
        for a, b, quality in ranges
        if a in {"*", major} and b in {"*", minor}
    ]
    return max(found)[1] if found else 0.0
