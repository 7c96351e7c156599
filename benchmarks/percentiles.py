"""Median and 99th percentile of whole look-ups on one core, beside a loop that tells its speed.

Other work on a shared machine slows a process down, so look-ups go in batches, each after the loop:
the first line of figures is over all, the second is the batch with the least median.
"""

from __future__ import annotations

import itertools
import statistics
import time
from typing import TYPE_CHECKING

from profiles import WORKED, patients

from seriatim import Engine, PatientProfile

if TYPE_CHECKING:
    from collections.abc import Iterable

BATCHES, BATCH = 40, 500
LOOP = 100_000


def main() -> None:
    engine = Engine.default()
    fresh = patients()
    for profile in itertools.islice(fresh, BATCH):
        engine.look_up(profile)
    print(f"{'microseconds':34}{'min':>8}{'median':>8}{'p99':>8}{f'sum(range({LOOP}))':>20}")
    show("fresh patients", engine, fresh)
    show("the worked answer", engine, itertools.repeat(PatientProfile(**WORKED)))


def show(name: str, engine: Engine, profiles: Iterable[PatientProfile]) -> None:
    source = iter(profiles)
    batches = [
        (loop(), microseconds(engine, list(itertools.islice(source, BATCH))))
        for _ in range(BATCHES)
    ]
    every = sorted(each for _loop, taken in batches for each in taken)
    line(f"{name}, {len(every)}", every, statistics.median(each for each, _taken in batches))
    speed, quietest = min(batches, key=lambda batch: statistics.median(batch[1]))
    line(f"  quietest {BATCH} of them", quietest, speed)


def line(name: str, taken: list[float], speed: float) -> None:
    low, p99 = taken[0], taken[int(0.99 * len(taken))]
    print(f"{name:34}{low:8.0f}{statistics.median(taken):8.0f}{p99:8.0f}{speed:20.0f}")


def microseconds(engine: Engine, profiles: list[PatientProfile]) -> list[float]:
    taken = []
    for profile in profiles:
        start = time.perf_counter()
        engine.look_up(profile)
        taken.append(1e6 * (time.perf_counter() - start))
    return sorted(taken)


def loop() -> float:
    start = time.perf_counter()
    sum(range(LOOP))
    return 1e6 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
