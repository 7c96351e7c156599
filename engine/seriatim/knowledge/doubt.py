"""Terms given as a question: `?Behçet's disease`, `possible Behçet's disease`."""

from __future__ import annotations

import re

MARKS = re.compile("[?\u00bf\u061f\uff1f]")
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
_LONGEST_AFTER = 24
"""Characters at the end in which a word of doubt is looked for."""
_EMPTY = re.compile(r"[(\[]\s*[)\]]")


def without_doubt(text: str) -> str:
    """The term without its marks and words of doubt; `text` itself if it has none."""
    plain = " ".join(MARKS.sub(" ", text).split()) if MARKS.search(text) else text
    before = _BEFORE.match(plain)
    if before:
        plain = plain[before.end() :]
    after = _AFTER.search(plain, max(0, len(plain) - _LONGEST_AFTER))
    if after:
        plain = plain[: after.start()]
    return _EMPTY.sub(" ", plain).strip() if plain != text else text
