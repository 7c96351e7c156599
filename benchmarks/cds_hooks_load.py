"""A patient-view call with a prefetch of 200 resources, 100 times a second, on one worker.

The server is `seriatim serve` in a process of its own, with its store and its log; this process
sends, on loopback. Calls start when they are due, whether or not earlier ones have come back, and
the time of a call runs from when it was due: a server that falls behind is seen. Beside the
percentiles stand a plain loop, timed twice a second in this process, that tells how quiet the
machine was, the engine's own share, and the memory of the server at each minute. The 99th
percentile of each minute stands beside the slowest tenth of the loop in that minute: a burst of
something else on the machine is slow in both.

    python benchmarks/cds_hooks_load.py [--rate 100] [--minutes 0.5] [--resources 200]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOP = 10_000
CONNECTIONS = 16
OWN = {
    "whole request, in the server": (
        "seriatim_request_seconds",
        '{route="/cds-services/{service_id}"}',
    ),
    "engine's look-up": ("seriatim_look_up_seconds", ""),
}
"""What the server measures itself."""
PATIENTS = 24
WARM_SECONDS = 3.0
SETTINGS = """\
port: 0
store: "sqlite:///{folder}/store.sqlite"
rate_client: "1000000/minute"
rate_address: "1000000/minute"
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--rate", type=float, default=100.0, help="calls a second")
    options.add_argument("--minutes", type=float, default=0.5)
    options.add_argument("--resources", type=int, default=200)
    given = options.parse_args()
    calls = [Body(each, given.resources) for each in range(PATIENTS)]
    print(f"{PATIENTS} patients, {given.resources} resources, {calls[0].size // 1024} KiB a call")
    with serving() as server:
        asyncio.run(load(server, calls, given.rate, WARM_SECONDS))
        first = server.metrics()
        start = server.resident()
        run = asyncio.run(load(server, calls, given.rate, 60 * given.minutes))
        report(run, given.rate, server, first, start)


# --- the calls ------------------------------------------------------------------------------------

CODES = {
    "snomed": "http://snomed.info/sct",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "loinc": "http://loinc.org",
}
PATIENT = "7f2c9a4e-2f2b-4b0e-9d5e-0c1d2e3f4a5b"


class Body:
    """A patient-view call as bytes: common problems, drugs and results, and Behçet's disease."""

    def __init__(self, seed: int, resources: int) -> None:
        chance = random.Random(seed)
        some = resources - 3
        conditions = [condition(chance, n) for n in range(some * 2 // 5)]
        drugs = [request(chance, n) for n in range(some * 2 // 5)]
        values = [observation(chance, n) for n in range(some - len(conditions) - len(drugs))]
        conditions.append(condition(chance, 999, ("310701003", "Behçet's disease")))
        drugs.append(request(chance, 999, ("72435", "anakinra"), stopped=True))
        prefetch = {
            "patient": {
                "resourceType": "Patient",
                "id": PATIENT,
                "gender": chance.choice(("female", "male")),
                "birthDate": f"{chance.randint(1950, 2000)}-05-01",
            },
            "conditions": bundle(conditions),
            "medicationRequests": bundle(drugs),
            "observations": bundle(values),
        }
        call = {
            "hook": "patient-view",
            "hookInstance": str(uuid4()),
            "context": {"userId": "Practitioner/x", "patientId": PATIENT},
            "prefetch": prefetch,
        }
        content = json.dumps(call).encode()
        self.size = len(content)
        self.head = (
            "POST /cds-services/seriatim-patient-view HTTP/1.1\r\nHost: {host}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {self.size}\r\n\r\n"
        )
        self.content = content


def bundle(resources: list[dict[str, Any]]) -> dict[str, Any]:
    entries = [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries}


def coded(system: str, code: str, text: str) -> dict[str, Any]:
    return {"coding": [{"system": CODES[system], "code": code, "display": text}], "text": text}


def common(chance: random.Random, n: int) -> dict[str, Any]:
    """What every resource of a server has beside its content."""
    return {
        "id": f"{chance.getrandbits(64):016x}-{n}",
        "meta": {"versionId": "1", "lastUpdated": "2026-03-04T08:14:22.913+00:00"},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "encounter": {"reference": f"Encounter/{chance.getrandbits(64):016x}"},
    }


def condition(chance: random.Random, n: int, what: tuple[str, str] | None = None) -> dict[str, Any]:
    code, text = what or (str(chance.randint(10**7, 10**9)), f"Chronic condition {n} (disorder)")
    system = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {
        "resourceType": "Condition",
        **common(chance, n),
        "clinicalStatus": {"coding": [{"system": system, "code": "active"}]},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
        "code": coded("snomed", code, text),
        "onsetDateTime": f"20{chance.randint(10, 26)}-03-04",
        "recordedDate": "2026-03-04T08:14:22+00:00",
    }


def request(
    chance: random.Random,
    n: int,
    what: tuple[str, str] | None = None,
    *,
    stopped: bool = False,
) -> dict[str, Any]:
    code, text = what or (str(chance.randint(10**5, 10**7)), f"Substance {n} 20 MG Oral Tablet")
    return {
        "resourceType": "MedicationRequest",
        **common(chance, n),
        "status": "stopped" if stopped else chance.choice(("active", "completed", "stopped")),
        "intent": "order",
        **({"statusReason": {"text": "lack of efficacy"}} if stopped else {}),
        "medicationCodeableConcept": coded("rxnorm", code, text),
        "authoredOn": f"20{chance.randint(10, 26)}-03-04T08:14:22+00:00",
        "requester": {"reference": "Practitioner/1", "display": "Dr. Made Up"},
        "dosageInstruction": [{"sequence": 1, "asNeededBoolean": False, "text": "once a day"}],
    }


def observation(chance: random.Random, n: int) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        **common(chance, n),
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": coded("loinc", f"{chance.randint(1000, 9999)}-{n % 10}", f"Substance {n} in Blood"),
        "effectiveDateTime": "2026-03-04T08:14:22+00:00",
        "valueQuantity": {"value": round(chance.uniform(1, 200), 2), "unit": "mg/dL"},
    }


# --- the server -----------------------------------------------------------------------------------


@dataclass
class Server:
    """`seriatim serve` as a process."""

    process: subprocess.Popen[bytes]
    host: str
    port: int

    def resident(self) -> float:
        """Resident memory in MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def metrics(self) -> dict[str, float]:
        """Sums and counts that the server measured itself."""
        with urllib.request.urlopen(f"http://{self.host}:{self.port}/metrics") as answer:
            text = answer.read().decode()
        pattern = r"^(seriatim_\w+_(?:sum|count))(\{.*\})? (\S+)$"
        found = {
            name + (labels or ""): float(value)
            for name, labels, value in re.findall(pattern, text, re.MULTILINE)
        }
        return {**found, "cpu": self.cpu(), "at": time.monotonic()}


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        settings, log = Path(folder) / "settings.yaml", Path(folder) / "log"
        settings.write_text(SETTINGS.format(folder=folder))
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "seriatim", "serve", "--config", str(settings)],
                stdout=out,
                stderr=out,
            )
        try:
            host, port = address(process, log)
            yield Server(process, host, port)
        finally:
            process.terminate()
            process.wait(30)


def address(process: subprocess.Popen[bytes], log: Path) -> tuple[str, int]:
    for _ in range(300):
        found = re.search(r"listening on http://([\d.]+):(\d+)", log.read_text())
        if found:
            return found[1], int(found[2])
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit(f"the server did not start:\n{log.read_text()}")


# --- the load -------------------------------------------------------------------------------------


@dataclass
class Minute:
    """Seconds of the calls that were due in one minute, and of the loop in it."""

    taken: list[float] = field(default_factory=list)
    loops: list[float] = field(default_factory=list)


@dataclass
class Run:
    """What one run saw: seconds of each call, of the loop, and the server's memory each minute."""

    taken: list[float] = field(default_factory=list)
    minutes: list[Minute] = field(default_factory=list)
    loops: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    bad: int = 0
    cards: int = 0


class Connection:
    """One kept-alive connection; plain bytes, so that the sender costs little."""

    def __init__(self, server: Server) -> None:
        self.server = server

    async def open(self) -> Connection:
        self.reader, self.writer = await asyncio.open_connection(
            self.server.host, self.server.port, limit=1 << 22
        )
        return self

    async def post(self, body: Body) -> tuple[int, bytes]:
        host = f"{self.server.host}:{self.server.port}"
        self.writer.write(body.head.format(host=host).encode() + body.content)
        await self.writer.drain()
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"content-length: (\d+)", head, re.IGNORECASE)[1])  # type: ignore[index]
        return int(head.split(b" ", 2)[1]), await self.reader.readexactly(length)


async def load(server: Server, calls: list[Body], rate: float, seconds: float) -> Run:
    run = Run()
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await Connection(server).open())
    bodies, start, pending = itertools.cycle(calls), time.perf_counter() + 0.1, set()
    for number in range(int(rate * seconds)):
        due = start + number / rate
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        run.late.append(max(0.0, time.perf_counter() - due))
        if number % int(rate * 60) == 0:
            run.memory.append(server.resident())
            run.minutes.append(Minute())
        task = asyncio.create_task(one(run, free, next(bodies), due, run.minutes[-1]))
        pending.add(task)
        task.add_done_callback(pending.discard)
        if number % int(rate / 2 or 1) == 0:
            run.loops.append(loop())
            run.minutes[-1].loops.append(run.loops[-1])
    while pending:
        await asyncio.wait(set(pending))
    return run


async def one(
    run: Run, free: asyncio.Queue[Connection], body: Body, due: float, minute: Minute
) -> None:
    connection = await free.get()
    status, answer = await connection.post(body)
    run.taken.append(time.perf_counter() - due)
    minute.taken.append(run.taken[-1])
    free.put_nowait(connection)
    run.bad += status != 200
    run.cards += answer.count(b'"indicator"')


def loop() -> float:
    start = time.perf_counter()
    sum(range(LOOP))
    return time.perf_counter() - start


# --- the report -----------------------------------------------------------------------------------


def report(run: Run, rate: float, server: Server, first: dict[str, float], start: float) -> None:
    taken, last = sorted(run.taken), server.metrics()
    print(f"{len(taken)} calls at {rate:g} a second, {run.bad} not 200, {run.cards} cards")
    print(f"{'milliseconds':28}{'p50':>8}{'p90':>8}{'p99':>8}{'p99.9':>8}{'max':>8}")
    line("call, from when it was due", taken)
    line("sent late (this process)", sorted(run.late))
    line(f"sum(range({LOOP}))", sorted(run.loops))
    ratio = statistics.median(taken) / statistics.median(run.loops)
    print(f"{'median call to median loop':28}{ratio:8.1f}")
    for name, key in OWN.items():
        print(f"{name:28}{1000 * mean(first, last, *key):8.2f}  mean")
    busy = (last["cpu"] - first["cpu"]) / (last["at"] - first["at"])
    print(f"{'processor of the server':28}{100 * busy:7.0f}%")
    minutes = ", ".join(map(of_minute, run.minutes))
    print(f"{'p99 (loop p90) by minute':28}{minutes}")
    end = server.resident()
    steps = ", ".join(f"{each:.0f}" for each in [*run.memory, end])
    print(f"{'resident MiB':28}{start:8.1f} at the start, {end:.1f} at the end ({steps})")


def mean(first: dict[str, float], last: dict[str, float], name: str, labels: str) -> float:
    total, count = (
        last.get(f"{name}_{each}{labels}", 0) - first.get(f"{name}_{each}{labels}", 0)
        for each in ("sum", "count")
    )
    return total / count if count else float("nan")


def line(name: str, taken: list[float]) -> None:
    shares = (0.5, 0.9, 0.99, 0.999, 1.0)
    print(f"{name:28}" + "".join(f"{1000 * share(taken, each):8.2f}" for each in shares))


def of_minute(minute: Minute) -> str:
    slowest = share(sorted(minute.loops), 0.9)
    return f"{1000 * share(sorted(minute.taken), 0.99):.1f} ({1000 * slowest:.2f})"


def share(taken: list[float], part: float) -> float:
    """The value below which a part of the sorted values lies."""
    return taken[min(len(taken) - 1, int(part * len(taken)))]


if __name__ == "__main__":
    main()
