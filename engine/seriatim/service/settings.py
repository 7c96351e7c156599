"""Every setting of the service, with its default and what it means (read by `reading`)."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

ASYMMETRIC = Literal[
    "ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA"
]
"""Signatures with a public key. `none` and HMAC (HS…) cannot be configured."""


_SCOPE = re.compile(r"[!#-\[\]-~]+")
"""RFC 6749, 3.3: no blank and no quotation mark, so it can be named in a header."""
_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"


def is_name(text: str) -> bool:
    """Whether a client may be called so."""
    return re.fullmatch(_NAME, text) is not None


def _url(text: str) -> str:
    """An absolute http(s) URL without credentials, query or fragment."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an absolute http or https URL is wanted")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("a URL without user, query and fragment is wanted")
    parts.port  # noqa: B018 - raises for a port that is none
    return text


def _safe_url(text: str) -> str:
    """As `_url`, and https unless it is on loopback."""
    parts = urlsplit(_url(text))
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("https is wanted (http on loopback only)")
    return text


def is_safe_url(text: str) -> bool:
    """Whether an address may be called: https, or http on loopback."""
    try:
        return bool(_safe_url(text))
    except ValueError:
        return False


def _origin(text: str) -> str:
    parts = urlsplit(_url(text))
    if parts.path or text != text.lower():
        raise ValueError("an origin is wanted: scheme, host and port in small letters, no path")
    return text


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise ValueError("an address or network such as 10.0.0.0/8 is wanted") from None


def _rate(text: str) -> str:
    from limits import parse  # noqa: PLC0415 - of the service extra

    try:
        found = parse(text)
    except ValueError:
        raise ValueError("a rate such as 6000/minute is wanted") from None
    if not found.amount:
        raise ValueError("a rate of at least one is wanted: at 0 nobody could call")
    return text


def is_loopback(host: str) -> bool:
    """Whether a host name or address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _scope(text: str) -> str:
    if not _SCOPE.fullmatch(text):
        raise ValueError("one scope, without blanks and quotation marks, is wanted")
    return text


SafeUrl = Annotated[str, Field(max_length=2000), AfterValidator(_safe_url)]
Origin = Annotated[str, Field(max_length=300), AfterValidator(_origin)]
Network = Annotated[str, AfterValidator(_network)]
Rate = Annotated[str, AfterValidator(_rate)]
Scope = Annotated[str, AfterValidator(_scope)]
Name = Annotated[str, Field(pattern=_NAME)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class CdsClient(_Frozen):
    """A CDS Hooks client that may call, and where its public keys are."""

    name: Name = Field(description="What is stored and logged for its calls.")
    iss: str = Field(min_length=1, max_length=2000, description="The `iss` of its tokens, exactly.")
    jku: SafeUrl | None = Field(
        default=None, description="Where its JWKS is; a `jku` in a token must be this URL."
    )
    jwks_file: str | None = Field(
        default=None, description="A file with its JWKS instead, read again when a key is unknown."
    )


class StaticToken(_Frozen):
    """A REST client with a fixed bearer token, of which only the hash is kept."""

    name: Name = Field(description="What is stored and logged for its calls.")
    sha256: Sha256 = Field(
        repr=False, description="The hash that `seriatim serve --new-token` prints."
    )


class Oidc(_Frozen):
    """An OpenID Connect issuer whose access tokens (JWT) REST accepts."""

    issuer: SafeUrl = Field(description="The `iss` of its tokens, exactly.")
    audience: str = Field(min_length=1, max_length=2000, description="What `aud` must hold.")
    scope: Scope | None = Field(
        default=None,
        max_length=200,
        description="A scope that a token must have.",
    )
    jwks_uri: SafeUrl | None = Field(
        default=None, description="Where its keys are; from its discovery document if not given."
    )
    algorithms: tuple[ASYMMETRIC, ...] = Field(
        default=("RS256", "ES256"), min_length=1, description="Accepted signatures."
    )


class Settings(_Frozen):
    """The service as configured."""

    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port; 0 takes a free one.")
    base_url: SafeUrl | None = Field(
        default=None,
        description="The service as its clients call it, behind a proxy too: what the `aud` of "
        "a JWT and every link begin with. The Host header is never used. Needed to listen on "
        "anything but loopback.",
    )
    knowledge: str | None = Field(
        default=None, description="The folder with rules/ and cases/; the shipped ones if not set."
    )
    store: str | None = Field(
        default=None,
        repr=False,
        description="Where is kept what was shown, and feedback: `sqlite:////path/file` or "
        "`postgresql://…`; a file in the user's state folder if not set.",
    )
    store_migrate: bool = Field(
        default=True, description="Bring the store's tables up to date at start."
    )
    cds_clients: tuple[CdsClient, ...] = Field(
        default=(), description="The CDS Hooks clients that may call."
    )
    jwt_algorithms: tuple[ASYMMETRIC, ...] = Field(
        default=("ES384", "RS384"), min_length=1, description="Signatures accepted of CDS clients."
    )
    jwt_leeway: int = Field(
        default=30, ge=0, le=120, description="How far clocks may differ, in seconds."
    )
    jwt_max_life: int = Field(
        default=300, ge=10, le=3600, description="Longest time from `iat` to `exp`, in seconds."
    )
    rest_tokens: tuple[StaticToken, ...] = Field(
        default=(), description="REST clients with a static token."
    )
    oidc: Oidc | None = Field(default=None, description="The issuer of tokens for REST.")
    open_reading: bool = Field(
        default=False,
        description="Let everyone read by GET, without a token: the published knowledge under "
        "/api/v1, and the pages, which keep nothing of what is asked. For links of cards, which "
        "open in a browser.",
    )
    cors_origins: tuple[Origin, ...] = Field(
        default=(),
        description="Origins of web pages that may call, such as `http://localhost:8080`.",
    )
    trusted_proxies: tuple[Network, ...] = Field(
        default=(),
        description="Addresses or networks of proxies whose X-Forwarded-For is believed.",
    )
    rate_client: Rate = Field(
        default="12000/minute", description="Requests that one client may make."
    )
    rate_address: Rate = Field(
        default="12000/minute", description="Requests that one address may make, known or not."
    )
    body_bytes: int = Field(
        default=16_777_216, ge=1024, le=268_435_456, description="Longest body that is read."
    )
    fhir_servers: tuple[SafeUrl, ...] = Field(
        default=(),
        description="Base URLs of FHIR servers from which missing data may be fetched; no other "
        "is ever called.",
    )
    fhir_timeout: float = Field(
        default=3.0,
        gt=0,
        le=30,
        description="Longest time for all that one hook call fetches from them, in seconds.",
    )
    metrics: Literal["loopback", "token", "off"] = Field(
        default="loopback",
        description="Who may read /metrics: callers from this machine, or with metrics_token.",
    )
    metrics_token: Sha256 | None = Field(
        default=None, repr=False, description="The hash of the token for /metrics."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least level that is logged."
    )
    shutdown_seconds: int = Field(
        default=20, ge=1, le=300, description="How long requests in flight may take to finish."
    )

    @property
    def authenticates_cds(self) -> bool:
        """Whether CDS clients are configured."""
        return bool(self.cds_clients)

    @property
    def authenticates_rest(self) -> bool:
        """Whether a way to authenticate for REST is configured."""
        return bool(self.rest_tokens) or self.oidc is not None

    @property
    def is_private(self) -> bool:
        """Whether only this machine can reach the service, as far as the settings tell."""
        called = urlsplit(self.base_url).hostname if self.base_url else None
        proxied = bool(self.trusted_proxies) or (called is not None and not is_loopback(called))
        return is_loopback(self.host) and not proxied

    @property
    def is_open(self) -> bool:
        """Whether everyone may call: nobody is configured, and only this machine can call."""
        return self.is_private and not (self.authenticates_cds or self.authenticates_rest)

    @property
    def base_urls(self) -> tuple[str, ...]:
        """What a called URL may begin with, without a slash at the end; the first is for links."""
        if self.base_url:
            return (self.base_url.rstrip("/"),)
        host = f"[{self.host}]" if ":" in self.host else self.host
        names = dict.fromkeys((host, "127.0.0.1", "localhost")) if self.is_private else (host,)
        return tuple(f"http://{name}:{self.port}" for name in names)
