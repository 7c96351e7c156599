"""`seriatim serve` as its users meet it: a process, a real socket, signals."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import httpx
import pytest
from canaries import CANARIES, GIVEN, patient
from signing import bearer

import seriatim
from seriatim.cli import guard
from seriatim.service import logs, server
from seriatim.service.auth.static import digest
from seriatim.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seriatim.pipeline import Engine

SOURCE = str(Path(seriatim.__file__).resolve().parents[1])
MODULE = ("-m", "seriatim", "serve")
# the command, with an endpoint that takes its time
SLOW = """
import asyncio, sys
from seriatim.service import server
make = server.create_app
def with_slow(settings):
    app = make(settings)
    @app.get("/probe/slow/{seconds}")
    async def slow(seconds: float):
        await asyncio.sleep(seconds)
        return {"slept": seconds}
    return app
server.create_app = with_slow
from seriatim.cli import main
main(["serve", *sys.argv[1:]])
"""


@dataclass
class Process:
    """A running service; `end` stops it and gives what it left behind."""

    process: subprocess.Popen[str]
    url: str = ""

    def __post_init__(self) -> None:
        assert self.process.stderr is not None
        line = self.process.stderr.readline()
        found = re.fullmatch(r"seriatim: listening on (\S+)( as \S+)? \(stop with Ctrl-C\)\n", line)
        assert found, line + self.process.stderr.read()
        self.url = found[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def end(self, sign: int = signal.SIGTERM) -> tuple[int, list[dict[str, Any]], str]:
        """Exit code, log lines and standard error."""
        self.process.send_signal(sign)
        out, err = self.process.communicate(timeout=60)
        assert not any(each in out + err for each in CANARIES)
        return self.process.returncode, [json.loads(each) for each in out.splitlines()], err


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    usual = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": SOURCE,
        "SERIATIM_STORE": f"sqlite:///{tmp_path}/store.sqlite",
    }
    return {**usual, **{f"SERIATIM_{name}": text for name, text in more.items()}}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Starts the command and waits until it answers."""
    running: list[Process] = []

    def begin(*arguments: str, command: tuple[str, ...] = MODULE, **more: str) -> Process:
        process = subprocess.Popen(
            [sys.executable, *command, "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(tmp_path, **more),
            # a test run in the background of a shell has it ignored, and children inherit that
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )
        running.append(Process(process))
        return running[-1]

    yield begin
    for each in running:
        each.__exit__()


@pytest.fixture
def refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """What the command says instead of starting; in this process, since nothing is started."""

    def call(*arguments: str, **more: str) -> str:
        for name in list(os.environ):
            if name.startswith("SERIATIM_"):
                monkeypatch.delenv(name)
        for name, text in environment(tmp_path, **more).items():
            monkeypatch.setenv(name, text)
        monkeypatch.setattr(logs, "configure", lambda *_: None)
        monkeypatch.setattr(logs, "catch_the_rest", lambda: None)
        assert guard.run(["serve", "--port", "0", *arguments]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert "Traceback" not in err
        assert "internal error" not in err
        return err

    return call


def test_it_serves_and_ends_what_it_began_but_not_for_ever(
    start: Callable[..., Process], engine: Engine, tmp_path: Path
) -> None:
    service = start(command=("-c", SLOW), SHUTDOWN_SECONDS="3")
    with httpx.Client(base_url=service.url) as client:
        assert client.get("/health/ready").json()["status"] == "ready"
        assert client.get(f"/nowhere/{GIVEN}", params={"a": GIVEN}).status_code == 404
        assert client.post("/cds-services/x", json=patient()).status_code in {400, 404}
        assert "seriatim_requests_total" in client.get("/metrics").text
        known = next(each.diagnosis.concept for each in engine.cases.values())
        looked_up = client.post("/api/v1/lookup", json={"diagnoses": [known]})
        assert looked_up.status_code == 200
    answers: dict[float, httpx.Response] = {}

    def call(seconds: float) -> None:
        answers[seconds] = httpx.get(f"{service.url}/probe/slow/{seconds}", timeout=60)

    threads = [threading.Thread(target=call, args=[each]) for each in (60.0, 1.5)]
    for under_way, each in enumerate(threads, start=1):
        each.start()
        wait_until_in_flight(service.url, under_way)
    stopped = time.monotonic()
    code, lines, err = service.end(signal.SIGTERM)
    assert time.monotonic() - stopped < 15
    for each in threads:
        each.join()
    assert answers[1.5].json() == {"slept": 1.5}
    assert (answers[60.0].status_code, answers[60.0].headers["retry-after"]) == (503, "5")
    assert answers[60.0].headers["connection"] == "close"
    assert (code, err) == (0, "")
    events = [each["event"] for each in lines]
    assert (events[0], events[-1]) == ("started", "stopped")
    assert events.count("request") >= 7
    assert re.fullmatch("[0-9a-f]{64}", lines[0]["knowledge"])
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{service.url}/health/live")
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite", migrate=False) as store:
        shown = list(store.export("shown"))
    assert [each["report_id"] for each in shown] == [looked_up.json()["report_id"]]


def wait_until_in_flight(url: str, count: int) -> None:
    """Until so many requests are being answered, beside the one that asks."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        text = httpx.get(f"{url}/metrics").text
        if f"seriatim_requests_in_flight {count + 1}.0" in text:
            return
    raise AssertionError(text)


def test_elsewhere_it_refuses_without_authentication(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    said = refused("--host", "0.0.0.0")  # noqa: S104 - refused
    assert "seriatim: --host: " in said
    assert "--new-token" in said
    assert "127.0.0.1" in said
    assert not (tmp_path / "store.sqlite").exists()


def test_elsewhere_with_authentication(start: Callable[..., Process]) -> None:
    token = "seriatim_of_a_test"  # noqa: S105
    service = start(
        "--host",
        "0.0.0.0",  # noqa: S104 - with authentication
        BASE_URL="https://cds.example",
        REST_TOKENS=f'[{{name: "ehr", sha256: "{digest(token)}"}}]',
    )
    here = service.url.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
    assert httpx.get(f"{here}/health/live").status_code == 200
    assert httpx.get(f"{here}/cds-services").status_code == 401
    assert httpx.get(f"{here}/api/v1/knowledge", headers=bearer("x")).status_code == 401
    allowed = httpx.get(f"{here}/api/v1/knowledge", headers=bearer(token))
    assert allowed.status_code == 200
    code, lines, _err = service.end(signal.SIGINT)
    assert (code, lines[-1]["event"]) == (0, "stopped")


def test_a_port_that_is_taken(refused: Callable[..., str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refused("--port", port)
    assert said == f"seriatim: cannot listen on 127.0.0.1 port {port}: Address already in use\n"


def test_a_host_that_is_not_there(refused: Callable[..., str]) -> None:
    token = f'[{{name: "ehr", sha256: "{"0" * 64}"}}]'
    elsewhere = {"BASE_URL": "https://cds.example", "REST_TOKENS": token}
    said = refused("--host", "no.such.host.invalid", **elsewhere)
    assert said == "seriatim: cannot listen on no.such.host.invalid port 0: no such host\n"


def test_knowledge_that_does_not_check_is_not_served(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    for folder in ("rules", "cases"):
        (tmp_path / folder).mkdir()
    (tmp_path / "rules" / "bad.yaml").write_text("a: [", "utf-8")
    said = refused(KNOWLEDGE=str(tmp_path))
    assert "rules/bad.yaml:" in said
    assert "cases/library.yaml:1:1: error [Y100] the file is missing" in said


def test_a_store_that_cannot_be_opened(refused: Callable[..., str], tmp_path: Path) -> None:
    said = refused(STORE=f"sqlite:///{tmp_path}/no/such/folder/a.sqlite")
    assert said.startswith("seriatim: ")
    assert "hunter2" not in refused(STORE="mysql://me:hunter2@db/x")


def test_a_new_token(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert guard.run(["serve", "--new-token", "ehr"]) == 0
    out, err = (each.decode() for each in capsysbinary.readouterr())
    token = out.strip()
    assert re.fullmatch("seriatim_[A-Za-z0-9_-]{43}", token)
    assert f'sha256: "{digest(token)}"' in err
    assert token not in err


def test_a_token_needs_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("", 'x"', "a\nb: c", "-"):
        assert guard.run(["serve", f"--new-token={name}"]) == 2
        assert capsys.readouterr().out == ""


def test_without_the_extra_it_says_what_to_install(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert refused() == (
        "seriatim: the service needs packages that are not installed: "
        "pip install 'seriatim[service]'\n"
    )


@pytest.mark.parametrize("is_leaving", [False, True])
def test_at_the_end_each_answer_says_that_it_is_the_last(*, is_leaving: bool) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def answers(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
        await send({"type": "http.response.body", "body": b""})

    app = server._LastWord(answers)
    app.is_leaving = is_leaving
    asyncio.run(app({"type": "http"}, sent.clear, send))  # type: ignore[arg-type]
    last = [(b"connection", b"close")] if is_leaving else []
    assert sent[0]["headers"] == [(b"a", b"b"), *last]
    assert len(sent) == 2
