"""`seriatim serve`: the service for EHRs."""

from __future__ import annotations

import os
from typing import Any

from seriatim.cli.output import complain, say
from seriatim.cli.problems import FINE, CannotRunError

INSTALL = "the service needs packages that are not installed: pip install 'seriatim[service]'"
_EXTRAS = (
    *("alembic", "cryptography", "fastapi", "httpx", "jinja2", "jiter", "jwt", "limits"),
    *("markdown_it", "msgspec", "prometheus_client", "sqlalchemy", "structlog", "uvicorn"),
)


def serve(config: str | None, options: dict[str, Any]) -> int:
    """Serve until stopped; raises SettingsError, KnowledgeError or CannotRunError before."""
    _need_extras()
    from seriatim.service.reading import read_settings  # noqa: PLC0415 - an extra
    from seriatim.service.server import run  # noqa: PLC0415

    settings = read_settings(config, os.environ, options)
    run(settings, _announce)
    return FINE


def new_token(name: str) -> int:
    """Print a new static token once, and what the settings keep of it."""
    _need_extras()
    from seriatim.service.auth.static import new_token as make  # noqa: PLC0415 - an extra
    from seriatim.service.settings import is_name  # noqa: PLC0415

    if not is_name(name):
        raise CannotRunError(f"{name}: a name has letters, digits, dots, dashes and underlines")
    token, digest = make()
    say(f"{token}\n")
    complain(
        "the token stands above and is not kept; give it to the client, and the settings:\n"
        f'rest_tokens:\n  - name: "{name}"\n    sha256: "{digest}"'
    )
    return FINE


def _announce(where: str) -> None:
    complain(f"listening on {where} (stop with Ctrl-C)")


def _need_extras() -> None:
    from importlib.util import find_spec  # noqa: PLC0415

    if any(find_spec(name) is None for name in _EXTRAS):
        raise CannotRunError(INSTALL)
