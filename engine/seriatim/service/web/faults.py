"""Something that is wrong with what was entered: where, what, and how it could be mended."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One problem, beside the field whose id in the page is `field` (empty: the whole address).

    `label` names the field; `nearest` are names that may have been meant.
    """

    field: str
    label: str
    text: str
    nearest: tuple[str, ...] = ()
