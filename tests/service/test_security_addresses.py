"""An address that is almost right leads nowhere: no redirect is made from what a caller sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seriatim.service.app import create_app
from seriatim.service.settings import Settings, StaticToken

if TYPE_CHECKING:
    from conftest import Caller, KeptInMemory

    from seriatim.pipeline import Engine

PUBLIC = Settings(
    host="10.0.0.5",
    base_url="https://cds.example/seriatim",
    rest_tokens=(StaticToken(name="portal", sha256="0" * 64),),
    open_reading=True,
)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/cds-services/seriatim-patient-view/"),
        ("POST", "/cds-services/seriatim-patient-view/feedback/"),
        ("POST", "/api/v1/lookup/"),
        ("GET", "/api/v1/series/"),
        ("GET", "/series/"),
        ("GET", "/health/ready/"),
    ],
)
def test_a_slash_too_many_is_no_redirect(
    engine: Engine, store: KeptInMemory, caller: type[Caller], method: str, path: str
) -> None:
    """A redirect would be to the Host of the caller's choice, in plain HTTP, body and all."""
    client = caller(create_app(PUBLIC, engine=engine, store=store))
    answer = client.request(method, path, headers={"Host": "elsewhere.example"}, content=b"{}")
    assert answer.status_code in (401, 404)
    assert "location" not in answer.headers
