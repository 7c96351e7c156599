"""Exact intervals against another library, and at their edges."""

from __future__ import annotations

import pytest
from scipy.stats import beta, binomtest

from seriatim.evidence.intervals import at_least, clopper_pearson

EXACT = 1e-10


def other(k: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    found = binomtest(k, n).proportion_ci(confidence_level=confidence, method="exact")
    return float(found.low), float(found.high)


@pytest.mark.parametrize("n", [*range(1, 31), 40, 60])
def test_every_share(n: int) -> None:
    for k in range(n + 1):
        assert clopper_pearson(k, n) == pytest.approx(other(k, n), abs=EXACT)


@pytest.mark.parametrize("n", [100, 250, 1_000, 5_000])
def test_larger_groups(n: int) -> None:
    for k in (0, 1, 2, n // 7, n // 2, n - 2, n - 1, n):
        assert clopper_pearson(k, n) == pytest.approx(other(k, n), abs=1e-9)


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.9, 0.99, 0.999])
def test_other_levels_of_confidence(confidence: float) -> None:
    for k, n in ((0, 3), (1, 3), (3, 3), (5, 7), (7, 24)):
        expected = other(k, n, confidence)
        assert clopper_pearson(k, n, confidence) == pytest.approx(expected, abs=EXACT)


def test_against_quantiles_of_the_beta_distribution() -> None:
    for n in (4, 7, 24):
        for k in range(1, n):
            low, high = clopper_pearson(k, n) or (0.0, 0.0)
            assert low == pytest.approx(beta.ppf(0.025, k, n - k + 1), abs=EXACT)
            assert high == pytest.approx(beta.ppf(0.975, k + 1, n - k), abs=EXACT)


def test_the_ends_of_the_scale_are_exact() -> None:
    for n in (1, 2, 9, 40):
        assert clopper_pearson(0, n)[0] == 0.0
        assert clopper_pearson(n, n)[1] == 1.0


def test_the_interval_of_none_is_the_mirror_of_the_interval_of_all() -> None:
    for n in (1, 3, 8, 33):
        for k in range(n + 1):
            low, high = clopper_pearson(k, n)
            assert (1 - high, 1 - low) == pytest.approx(clopper_pearson(n - k, n), abs=EXACT)


@pytest.mark.parametrize(
    ("k", "n", "shown"),
    [
        (3, 3, "29.2-100.0"),
        (2, 4, "6.8-93.2"),
        (5, 7, "29.0-96.3"),
        (2, 2, "15.8-100.0"),
        (1, 1, "2.5-100.0"),
        (0, 2, "0.0-84.2"),
        (2, 3, "9.4-99.2"),
        (9, 14, "35.1-87.2"),
        (7, 10, "34.8-93.3"),
    ],
)
def test_intervals_a_reader_may_know(k: int, n: int, shown: str) -> None:
    low, high = clopper_pearson(k, n)
    assert f"{100 * low:.1f}-{100 * high:.1f}" == shown


def test_of_nobody_there_is_no_interval() -> None:
    assert clopper_pearson(0, 0) is None


@pytest.mark.parametrize(
    ("k", "n", "confidence"), [(-1, 3, 0.95), (4, 3, 0.95), (1, 3, 0.0), (1, 3, 1.0), (1, -1, 0.9)]
)
def test_what_is_no_share_is_refused(k: int, n: int, confidence: float) -> None:
    with pytest.raises(ValueError, match="is no share"):
        clopper_pearson(k, n, confidence)


def test_the_chance_of_at_least_so_many_is_binomial() -> None:
    assert at_least(0, 5, 0.3) == pytest.approx(1)
    assert at_least(5, 5, 0.3) == pytest.approx(0.3**5)
    assert at_least(2, 3, 0.5) == pytest.approx(0.5)
