"""`seriatim lookup` from nothing against importing pydantic and yaml, in turn, in one run."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 15
IMPORTS = [sys.executable, "-c", "import pydantic, yaml"]
LOOK_UP = [
    sys.executable, "-m", "seriatim", "lookup", "--age", "30", "--sex", "female",
    "--diagnosis", "Behçet's disease", "--failed", "anakinra", "--considering", "canakinumab",
]  # fmt: skip


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    pairs = [(seconds(IMPORTS), seconds(LOOK_UP)) for _ in range(RUNS + 1)][1:]
    imports = statistics.median(pair[0] for pair in pairs)
    look_up = statistics.median(pair[1] for pair in pairs)
    print(f"import pydantic, yaml   {imports:.3f} s (median of {RUNS})")
    print(f"seriatim lookup         {look_up:.3f} s, {look_up / imports:.2f} times as long")
    bound = 2.5 * imports + 0.25
    print(f"the bound               {bound:.3f} s (2.5 times the imports and 0.25 s)")


if __name__ == "__main__":
    main()
