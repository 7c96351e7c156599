"""Terms given as a question: `?Behçet's disease`, `possible Behçet's disease`."""

from __future__ import annotations

import re

_MARKS = re.compile("[?\u00bf\u061f\uff1f]")
_BESIDE = (
    "query|queried|possibl[ey]|probabl[ey]|suspected|presumed|presumptive|likely|provisional|"
    "unconfirmed|questionable|maybe|perhaps"
)
_BEFORE = re.compile(
    rf"[\W_]{{0,3}}(?:{_BESIDE}|suspicion of|(?:to )?(?:rule out|exclude)|r/o|differential"
    r"(?: diagnosis)?)(?!\w)[\s:,.\-]*",
    re.IGNORECASE,
)
_AFTER = re.compile(rf"[\s,;:(\[\-]{{1,3}}(?:{_BESIDE})[\s)\]]{{0,3}}\Z", re.IGNORECASE)
_EMPTY = re.compile(r"[(\[]\s*[)\]]")


def without_doubt(text: str) -> str:
    """The term without its marks and words of doubt; `text` itself if it has none."""
    plain = _MARKS.sub(" ", text)
    before = _BEFORE.match(plain)
    if before:
        plain = plain[before.end() :]
    plain = _AFTER.sub("", plain)
    return _EMPTY.sub(" ", plain).strip() if plain != text else text
