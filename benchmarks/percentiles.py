"""Median and 99th percentile of whole look-ups, fresh patients and the worked one, one core."""

from __future__ import annotations

import itertools
import statistics
import time

from profiles import WORKED, patients

from seriatim import Engine, PatientProfile

LOOK_UPS = 5_000


def microseconds(engine: Engine, profiles: list[PatientProfile]) -> list[float]:
    taken = []
    for profile in profiles:
        start = time.perf_counter()
        engine.look_up(profile)
        taken.append(1e6 * (time.perf_counter() - start))
    return sorted(taken)


def main() -> None:
    engine = Engine.default()
    fresh = list(itertools.islice(patients(), LOOK_UPS))
    worked = [PatientProfile(**WORKED)] * LOOK_UPS
    microseconds(engine, fresh[:200])
    start = time.perf_counter()
    for _ in range(20):
        sum(range(100_000))
    loop = (time.perf_counter() - start) / 20
    print(f"{'':22}{'min':>9}{'median':>9}{'p99':>9}  microseconds")
    for name, profiles in (("fresh patients", fresh), ("the worked answer", worked)):
        taken = microseconds(engine, profiles)
        low, p99 = taken[0], taken[int(0.99 * len(taken))]
        print(f"{name:22}{low:9.0f}{statistics.median(taken):9.0f}{p99:9.0f}")
    print(f"sum(range(100_000)) took {1e6 * loop:.0f} microseconds: the speed of this machine now")


if __name__ == "__main__":
    main()
