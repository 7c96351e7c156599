"""Problems of a profile or of a name as problem details, with JSON pointers and nearest names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seriatim.knowledge.nearest import nearest
from seriatim.service.problems import Fault, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seriatim.errors import DisagreementError, ProfileError

_PART = re.compile(r"[^.\[\]]+")
MOST = 100
"""Faults that are listed; a profile may have thousands of wrong terms."""


def pointer(field: str, under: str = "") -> str:
    """`/therapies/1/drug` for `therapies[1].drug`; the whole document for `profile`."""
    if field == "profile":
        return under
    parts = (each.replace("~", "~0").replace("/", "~1") for each in _PART.findall(field))
    return under + "".join(f"/{each}" for each in parts)


def of_profile(error: ProfileError, under: str = "") -> Problem:
    """422 with every field that is wrong; `under` is where the profile stands in the body."""
    return Problem(
        422,
        "profile-not-understood",
        "The profile cannot be understood",
        _count(len(error.problems)),
        _faults(error, under),
    )


def of_filters(error: ProfileError) -> Problem:
    """400 with every filter whose term is not known."""
    return Problem(
        400,
        "unknown-term",
        "A term is not known here",
        "/api/v1/terms?q= looks for names and codes.",
        _faults(error, "/query"),
    )


def not_found(kind: str, wanted: str, known: Iterable[str]) -> Problem:
    """404 with the nearest names, or all if they are few."""
    names = sorted(known)
    near = nearest(wanted, names) or tuple(names[:5])
    fault = Fault(f"/path/{kind}", f"{wanted[:80]!r} is not a {kind} of this library", near)
    return Problem(404, f"unknown-{kind}", f"There is no such {kind}", errors=[fault])


def no_answer(error: DisagreementError) -> Problem:
    """500: the two engines disagree; names rules, nothing of the patient."""
    rules = sorted({*error.only_durable, *error.only_reference})
    return Problem(
        500,
        "engines-disagree",
        "The two inference engines disagree, so there is no answer",
        f"Please report it with the request id. Rules: {', '.join(rules)[:500]}.",
    )


def _faults(error: ProfileError, under: str) -> Sequence[Fault]:
    return [
        Fault(pointer(each.field, under), each.message, each.nearest)
        for each in error.problems[:MOST]
    ]


def _count(n: int) -> str:
    listed = f", of which the first {MOST} are listed" if n > MOST else ""
    return f"{n} problem{'' if n == 1 else 's'}{listed}."
