"""The example client, run as its readers would run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from seriatim.service.app import create_app
from seriatim.service.settings import CdsClient, Settings
from seriatim.store import Store
from service import signing
from service.hooks.charts import bundle, patient
from service.hooks.fhir_server import FhirServer, free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.hooks.charts import Charts

EXAMPLE = Path(__file__).parents[3] / "examples" / "cds_client.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(EXAMPLE), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def signed(engine: Any, tmp_path: Path) -> Iterator[tuple[str, Store, tuple[str, ...]]]:
    """A service that wants signed calls, what it stores, and the arguments that sign them."""
    keys, pem = tmp_path / "jwks.json", tmp_path / "key.pem"
    keys.write_bytes(signing.jwks())
    key = signing.private_key("ES384")
    pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    listener = free_port()
    store = Store.open(f"sqlite:///{tmp_path}/store.sqlite", migrate=True)
    settings = Settings(
        base_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
        cds_clients=(CdsClient(name="ehr", iss=signing.ISSUER, jwks_file=str(keys)),),
    )
    arguments = ("--issuer", signing.ISSUER, "--key", str(pem), "--kid", "one")
    with running(create_app(settings, engine=engine, store=store), listener) as url:
        yield url, store, arguments


def test_it_signs_shows_cards_and_gives_feedback(
    signed: tuple[str, Store, tuple[str, ...]],
) -> None:
    url, store, sign = signed
    done = run(url, "--hook", "order-select", "--drug", "canakinumab", *sign)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("[info] Canakinumab in Behçet's disease: no response 1")
    assert store.flush()
    (shown,) = store.export("shown")
    (said,) = store.export("feedback")
    assert said["card"] == shown["id"]
    assert (shown["client"], said["client"], said["reason_code"]) == ("ehr", "ehr", "known")
    unsigned = run(url)
    assert unsigned.returncode != 0


def test_it_fills_the_prefetch_from_a_fhir_server(
    signed: tuple[str, Store, tuple[str, ...]], charts: Charts
) -> None:
    url, store, sign = signed
    fhir = FhirServer(
        {
            "Patient/p-1": patient(birthDate="1996-05-01"),
            "Condition": bundle(charts.condition("behcet-disease")),
        }
    )
    with running(fhir) as base:
        done = run(url, "--fhir", f"{base}/r4", "--patient", "p-1", *sign)
    assert done.returncode == 0, done.stderr
    assert store.flush()
    assert len(list(store.export("shown"))) == 2
    assert json.dumps(fhir.asked).count("p-1") == 9
