"""Exact binomial intervals (Clopper and Pearson 1934).

Ours, not a library's: the one function that is needed would bring a numerical library whose import
takes longer than a whole look-up from the command line. Tests hold it against that library.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HALVINGS = 80
"""More than enough for every bit of a float between 0 and 1."""


@lru_cache(maxsize=4096)
def clopper_pearson(k: int, n: int, confidence: float = 0.95) -> tuple[float, float] | None:
    """The exact interval of a share, from 0 to 1, for `k` of `n`; None if `n` is 0.

    Raises ValueError unless 0 <= k <= n and 0 < confidence < 1.
    """
    if not 0 <= k <= n or not 0 < confidence < 1:
        raise ValueError(f"{k} of {n} at confidence {confidence} is no share")
    if n == 0:
        return None
    tail = (1 - confidence) / 2
    low = 0.0 if k == 0 else _solve(lambda p: at_least(k, n, p), tail)
    high = 1.0 if k == n else 1 - _solve(lambda q: at_least(n - k, n, q), tail)
    return low, high


def at_least(k: int, n: int, p: float) -> float:
    """P(X >= k) for X binomial over n trials with chance 0 < p < 1."""
    log_p, log_q = math.log(p), math.log1p(-p)
    return math.fsum(
        math.exp(
            math.lgamma(n + 1)
            - math.lgamma(i + 1)
            - math.lgamma(n - i + 1)
            + i * log_p
            + (n - i) * log_q
        )
        for i in range(k, n + 1)
    )


def _solve(rising: Callable[[float], float], wanted: float) -> float:
    """The p at which a function that rises from 0 to 1 over (0, 1) reaches `wanted`."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if middle in (0.0, 1.0):
            break
        if rising(middle) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2
