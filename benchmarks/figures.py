"""Figures of an answer: the first of a process, all drawn anew, and as a service keeps them.

Three figures in two widths each time. Other work on a shared machine slows a process down, so a
plain loop is timed beside.
"""

from __future__ import annotations

import itertools
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from profiles import WORKED, patients

from seriatim import Engine, PatientProfile
from seriatim.figures import figures_of, warm_up
from seriatim.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim import EvidenceReport

STARTS, FRESH, LOOK_UPS = 7, 300, 3000
LOOP = 100_000
START = """
import time
from seriatim.figures import warm_up
began = time.perf_counter()
warm_up()
print(time.perf_counter() - began)
"""


def main() -> None:
    cold()
    before = resident_megabytes()
    engine = Engine.default()
    loaded = resident_megabytes()
    warm_up()
    print(f"memory: engine {loaded - before:.0f} MB, Vega {resident_megabytes() - loaded:.0f} MB")
    print(f"{'milliseconds':42}{'min':>8}{'median':>8}{'p99':>8}{f'sum(range({LOOP}))':>20}")
    worked = engine.look_up(PatientProfile(**WORKED))
    show("the worked answer, drawn anew", itertools.repeat(worked, FRESH), None)
    fresh = (engine.look_up(each) for each in patients())
    cited = (each for each in fresh if each.cases)
    show("fresh patients with courses, drawn anew", itertools.islice(cited, FRESH), None)
    start = resident_megabytes()
    kept: Kept[str] = Kept()
    show("fresh patients, drawings kept", itertools.islice(cited, LOOK_UPS), kept)
    show("the worked answer, drawings kept", itertools.repeat(worked, FRESH), kept)
    grown = resident_megabytes() - start
    print(f"memory over {LOOK_UPS} answers with drawings kept: {grown:+.0f} MB")
    start = resident_megabytes()
    show("the worked answer, drawn anew again", itertools.repeat(worked, FRESH), None)
    print(f"memory over {FRESH} answers drawn anew: {resident_megabytes() - start:+.0f} MB")


def cold() -> None:
    """Vega started in a process of its own, the engine aside."""
    taken = [
        float(subprocess.run([sys.executable, "-c", START], capture_output=True, check=True).stdout)
        for _ in range(STARTS)
    ]
    print(f"warm_up in a new process: {min(taken):.2f} s, median {statistics.median(taken):.2f} s")


def show(name: str, reports: Iterable[EvidenceReport], kept: Kept[str] | None) -> None:
    loops, taken = [], []
    for number, report in enumerate(reports):
        if number % 20 == 0:
            loops.append(milliseconds(lambda: sum(range(LOOP))))
        taken.append(milliseconds(lambda each=report: figures_of(each, link=address, kept=kept)))
    taken.sort()
    p99 = taken[int(0.99 * len(taken))]
    low, middle = taken[0], statistics.median(taken)
    print(f"{name:42}{low:8.2f}{middle:8.2f}{p99:8.2f}{statistics.median(loops):20.2f}")


def address(course: str) -> str:
    return f"/cases/{course}"


def milliseconds(call: object) -> float:
    assert callable(call)
    start = time.perf_counter()
    call()
    return 1e3 * (time.perf_counter() - start)


def resident_megabytes() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(each for each in status.splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
