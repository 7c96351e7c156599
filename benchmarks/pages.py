"""Pages as the server makes them: percentiles of a whole request, figures included, and their size.

`python benchmarks/pages.py [REQUESTS]`. A fresh patient has another report id each time, so nothing
but drawings of the same courses is kept; a kept one is the worked answer again and again. A plain
loop beside each tells how fast the machine is just now.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import statistics
import sys
import tempfile
import time
from typing import TYPE_CHECKING

import httpx
from profiles import WORKED, patients

from seriatim import Engine, PatientProfile
from seriatim.figures import warm_up
from seriatim.pipeline import given_of
from seriatim.service import logs
from seriatim.service.app import create_app
from seriatim.service.settings import Settings
from seriatim.service.web.profile import state_of
from seriatim.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.service.web.state import State

REQUESTS = 400
LOOP = 100_000
PAGES = ("/", "/answer", "/sheet", "/letter")
_FIGURE = re.compile(rb"<svg.*?</svg>", re.DOTALL)


def main() -> None:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    logs.configure("error")
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/store.db", migrate=True)
        asyncio.run(measure(store, requests))
        store.close()


async def measure(store: Store, requests: int) -> None:
    engine = Engine.default()
    app = create_app(Settings(rate_address="1000000/second"), engine=engine, store=store)
    warm_up()
    transport = httpx.ASGITransport(app)
    worked = given_of(PatientProfile(**WORKED))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        await sizes(client, state_of(worked))
        print(f"{'milliseconds':34}{'median':>8}{'p99':>8}{'max':>8}{f'sum(range({LOOP}))':>20}")
        for path in PAGES:
            fresh = (state_of(given_of(each)) for each in patients())
            await show(f"{path}, fresh patients", client, path, fresh, requests)
            kept = itertools.repeat(state_of(worked))
            await show(f"{path}, the worked answer", client, path, kept, requests)


async def sizes(client: httpx.AsyncClient, state: State) -> None:
    """Bytes that a browser transfers for the first answer, with and without its figures."""
    page = (await client.get(f"/?{state.query}")).content
    own = len(_FIGURE.sub(b"", page))
    found = dict.fromkeys(re.findall(rb'(?:src|href)="(/static/[^"]+)"', page))
    assets = {path.decode(): len((await client.get(path.decode())).content) for path in found}
    print(f"page {len(page):,} bytes, {own:,} without figures; with styles and scripts ", end="")
    print(f"{own + sum(assets.values()):,} without figures")


async def show(
    name: str, client: httpx.AsyncClient, path: str, states: Iterable[State], requests: int
) -> None:
    taken, loops = [], []
    for state in itertools.islice(states, requests):
        loops.append(loop())
        start = time.perf_counter()
        response = await client.get(f"{path}?{state.query}")
        taken.append(1e3 * (time.perf_counter() - start))
        assert response.status_code == 200, response.text
    line(name, sorted(taken), statistics.median(loops))


def line(name: str, taken: list[float], speed: float) -> None:
    p99 = taken[int(0.99 * len(taken))]
    print(f"{name:34}{statistics.median(taken):8.1f}{p99:8.1f}{taken[-1]:8.1f}{speed:20.1f}")


def loop() -> float:
    """Milliseconds of a plain loop."""
    start = time.perf_counter()
    sum(range(LOOP))
    return 1e3 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
