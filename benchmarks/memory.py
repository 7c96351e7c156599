"""Resident memory over many look-ups of fresh patients in one process."""

from __future__ import annotations

import sys
from pathlib import Path

from profiles import patients

from seriatim import Engine

WARM_UP = 20_000


def resident_megabytes() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(each for each in status.splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main() -> None:
    look_ups = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    engine = Engine.default()
    source = patients()
    for _ in range(WARM_UP):
        engine.look_up(next(source))
    start = resident_megabytes()
    for number in range(1, look_ups + 1):
        engine.look_up(next(source))
        if number % max(1, look_ups // 10) == 0:
            grown = resident_megabytes() - start
            print(f"{number:>9,} look-ups: {grown:+.1f} MB since {start:.1f} MB", flush=True)


if __name__ == "__main__":
    main()
