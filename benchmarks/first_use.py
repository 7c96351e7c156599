"""How soon the look-up can be used on a slow machine: painted, ready, and a typed name answered.

    python benchmarks/first_use.py [--visits 30] [--slower 6]

Chromium comes to `seriatim serve`, which is a process of its own, with an empty cache each time and
its processor slowed down through its own debugging protocol. All times run from the start of the
navigation: *painted* is the first content, *ready* is when the fields for names look names up,
*answered* is when names are offered for what was typed at that moment, with the pause that
the page makes after a key. *work* is what the page's main thread took of the processor until then,
which other work on the machine does not lengthen. Beside them stands a plain loop in the same
browser, equally slowed, that tells how fast the machine was.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
from typing import TYPE_CHECKING

from cds_hooks_load import serving
from playwright.sync_api import sync_playwright
from profiles import WORKED

from seriatim import PatientProfile
from seriatim.pipeline import given_of
from seriatim.service.web.profile import state_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession

FIELD, TYPED = "diagnosis-0", "behc"
WATCH = """
window.told = {};
new MutationObserver(() => {
  const field = document.getElementById("FIELD");
  if (!told.ready && field?.getAttribute("role") === "combobox") {
    told.ready = performance.now();
    field.focus();
    field.value = "TYPED";
    field.dispatchEvent(new InputEvent("input", {bubbles: true}));
  } else if (!told.answered && field?.getAttribute("aria-expanded") === "true") {
    told.answered = performance.now();
  }
}).observe(document, {subtree: true, attributes: true, attributeFilter: ["role", "aria-expanded"]});
""".replace("FIELD", FIELD).replace("TYPED", TYPED)
LOOP = """() => {
  const start = performance.now();
  let sum = 0;
  for (let i = 0; i < 5e6; i++) sum = (sum * 31 + i) % 1000003;
  window.kept = sum;
  return performance.now() - start;
}"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN"
SHOWN = ("painted", "ready", "answered", "work", "loop")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--visits", type=int, default=30)
    parser.add_argument("--slower", type=float, default=6, help="times that the browser is slowed")
    given = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        parser.error("chromium is not installed")
    query = state_of(given_of(PatientProfile(**WORKED))).query
    paths = {"empty": "/", "the worked answer": f"/?{query}"}
    with serving() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        base = f"http://{server.host}:{server.port}"
        for path in paths.values():
            visit(browser, base + path, 1)
        print(f"{'milliseconds':20}{'':12}{'min':>8}{'median':>8}{'p90':>8}{'max':>8}  / loop")
        for name, path in paths.items():
            visits = [visit(browser, base + path, given.slower) for _ in range(given.visits)]
            show(f"{name}, {given.slower:g} x", visits)
        browser.close()


def visit(browser: Browser, address: str, slower: float) -> dict[str, float]:
    """One visit with an empty cache."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_function("() => window.told?.answered", timeout=60_000)
    used = work(session)
    told = page.evaluate("told")
    painted = page.evaluate(PAINTED)
    loop = min(page.evaluate(LOOP) for _ in range(5))
    context.close()
    return {**told, "painted": painted, "work": used, "loop": loop}


def work(session: CDPSession) -> float:
    """Milliseconds of the processor that the page's main thread has used so far."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1e3 * next(each["value"] for each in metrics if each["name"] == "TaskDuration")


def show(name: str, visits: list[dict[str, float]]) -> None:
    loop = statistics.median(each["loop"] for each in visits)
    for kind in SHOWN:
        taken = sorted(each[kind] for each in visits)
        middle, p90 = statistics.median(taken), taken[int(0.9 * len(taken))]
        figures = "".join(f"{each:8.0f}" for each in (taken[0], middle, p90, taken[-1]))
        print(f"{name:20}{kind:12}{figures}{middle / loop:8.2f}")
        name = ""


if __name__ == "__main__":
    main()
