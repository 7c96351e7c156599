"""Median and 99th percentile of whole look-ups on one core, beside a loop that tells its speed.

Other work on a shared machine slows a process down, so look-ups go in batches, each after the loop:
the first line of figures is over all, the second is the batch with the least median. For the third
a short loop runs between any two look-ups, and those count before and after which it took no more
than a tenth over the least that it takes: what a core does while it is left alone. The loop knows
nothing of a look-up, so it chooses moments, never patients.
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
LOOP, SHORT_LOOP = 100_000, 5_000
LEAST = 0.005
"""The share of loops that is taken for undisturbed: the least alone would be luck."""


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
    undisturbed(engine, list(itertools.islice(source, BATCHES * BATCH)))


def undisturbed(engine: Engine, profiles: list[PatientProfile]) -> None:
    """The look-ups between two short loops that nothing slowed down."""
    loops, taken = [loop(SHORT_LOOP)], []
    for profile in profiles:
        taken += microseconds(engine, [profile])
        loops.append(loop(SHORT_LOOP))
    least = sorted(loops)[int(LEAST * len(loops))]
    kept = sorted(
        each
        for each, around in zip(taken, itertools.pairwise(loops), strict=True)
        if max(around) <= 1.1 * least
    )
    line(f"  between quiet loops, {len(kept)}", kept, least * LOOP / SHORT_LOOP)


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


def loop(length: int = LOOP) -> float:
    start = time.perf_counter()
    sum(range(length))
    return 1e6 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
