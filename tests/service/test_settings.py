"""Settings: where they come from, what is wrong with them all at once, and no secret repeated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from canaries import SECRET
from signing import jwks, public_jwk

from seriatim.service.reading import SettingsError, read_settings
from seriatim.service.settings import Settings

TOKEN = '[{name: "ehr", sha256: "' + "0" * 64 + '"}]'
ELSEWHERE = {
    "SERIATIM_HOST": "0.0.0.0",  # noqa: S104 - not listened on
    "SERIATIM_BASE_URL": "https://cds.example",
}


def problems(config: str | None = None, **environment: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        read_settings(config, {f"SERIATIM_{name}": text for name, text in environment.items()})
    return caught.value.problems


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes `seriatim.yaml` and gives its name."""
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> str:
        Path("seriatim.yaml").write_text(text, "utf-8")
        return "seriatim.yaml"

    return write


def test_without_anything_it_is_loopback_and_open() -> None:
    settings = read_settings(None, {"PATH": "/bin"})
    assert settings == Settings()
    assert (settings.host, settings.is_private, settings.is_open) == ("127.0.0.1", True, True)


def test_the_command_line_outranks_the_environment_and_that_the_file(file: Any) -> None:
    name = file("port: 1\nshutdown_seconds: 10\nbody_bytes: 5000\nhost: localhost\n")
    environment = {"SERIATIM_PORT": "2", "SERIATIM_SHUTDOWN_SECONDS": "20", "SERIATIM_CONFIG": name}
    settings = read_settings(None, environment, {"port": 3})
    assert (settings.port, settings.shutdown_seconds, settings.body_bytes) == (3, 20, 5000)
    assert settings.host == "localhost"


def test_everything_can_be_said_by_environment(tmp_path: Path) -> None:
    keys = tmp_path / "jwks.json"
    keys.write_bytes(jwks())
    settings = read_settings(
        None,
        {
            **ELSEWHERE,
            "SERIATIM_CDS_CLIENTS": f'[{{"name": "a", "iss": "https://a", "jwks_file": "{keys}"}}]',
            "SERIATIM_REST_TOKENS": TOKEN,
            "SERIATIM_OIDC": "{issuer: 'https://login.example', audience: seriatim}",
            "SERIATIM_CORS_ORIGINS": "https://a.example, http://localhost:8080",
            "SERIATIM_TRUSTED_PROXIES": "10.0.0.1,10.1.0.0/16",
            "SERIATIM_JWT_ALGORITHMS": "ES384",
            "SERIATIM_STORE_MIGRATE": "false",
            "SERIATIM_FHIR_TIMEOUT": "1.5",
        },
    )
    assert settings.cds_clients[0].iss == "https://a"
    assert settings.oidc is not None
    assert settings.cors_origins == ("https://a.example", "http://localhost:8080")
    assert settings.trusted_proxies == ("10.0.0.1/32", "10.1.0.0/16")
    assert settings.jwt_algorithms == ("ES384",)
    assert (settings.store_migrate, settings.fhir_timeout) == (False, 1.5)
    assert settings.base_urls == ("https://cds.example",)


def test_every_problem_is_named_at_once_with_its_place(file: Any) -> None:
    name = file(
        "prot: 5\n"
        "cds_clients:\n"
        "  - name: a\n"
        "    iss: https://a\n"
        "    jku: http://a.example/jwks\n"
        "  - nam: b\n"
        "jwt_algorithms: [ES384, HS256]\n"
        'cors_origins: ["*"]\n'
        "rate_client: lots\n"
        "oidc: 5\n"
        "shutdown_seconds: 5000\n"
    )
    found = problems(name, LOG_LEVEL="inof", PROT="5", PORT="x", BODY_BYTES="1", REST_TOKENS="[{")
    assert "\n".join(sorted(found)) == EVERYTHING.strip()


EVERYTHING = """
SERIATIM_BODY_BYTES: at least 1024 is wanted, not '1'
SERIATIM_LOG_LEVEL: one of debug, info, warning, error is wanted, not 'inof'; did you mean 'info'?
SERIATIM_PORT: a whole number is wanted, not 'x'
SERIATIM_PROT: unknown setting; did you mean 'SERIATIM_PORT' or 'SERIATIM_TRUSTED_PROXIES'?
SERIATIM_REST_TOKENS:1:2: error [Y104] a bracket is not closed; expected a bracket at the end of \
the list
seriatim.yaml:10:7: oidc: keys with values are wanted
seriatim.yaml:11:19: shutdown_seconds: at most 300 is wanted, not 5000
seriatim.yaml:1:1: prot: unknown setting; did you mean 'port' or 'trusted_proxies'?
seriatim.yaml:5:10: cds_clients[0].jku: https is wanted (http on loopback only)
seriatim.yaml:6:5: cds_clients[1].iss: is missing
seriatim.yaml:6:5: cds_clients[1].nam: unknown setting; did you mean 'name'?
seriatim.yaml:6:5: cds_clients[1].name: is missing
seriatim.yaml:7:25: jwt_algorithms[1]: one of ES256, ES384, ES512, RS256, RS384, RS512, PS256, \
PS384, PS512, EdDSA is wanted, not 'HS256'; did you mean 'ES256' or 'PS256' or 'RS256'?
seriatim.yaml:8:16: cors_origins[0]: an absolute http or https URL is wanted, not '*'
seriatim.yaml:9:14: rate_client: a rate such as 6000/minute is wanted, not 'lots'
"""


@pytest.mark.parametrize("scope", ["lookup read", 'look"up', "", "läuten"])
def test_one_scope_that_a_token_can_have(scope: str) -> None:
    (problem,) = problems(OIDC=f"{{issuer: 'https://a', audience: b, scope: '{scope}'}}")
    assert "oidc.scope: one scope, without blanks" in problem


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "HS384", "HS512", ""])
def test_signatures_without_a_public_key_cannot_be_configured(algorithm: str) -> None:
    (problem,) = problems(JWT_ALGORITHMS=f"{algorithm},")
    assert problem.startswith("SERIATIM_JWT_ALGORITHMS: ")


@pytest.mark.parametrize(
    "environment",
    [
        {"HOST": "0.0.0.0", "BASE_URL": "https://cds.example"},  # noqa: S104
        {"HOST": "::", "BASE_URL": "https://cds.example"},
        {"HOST": "192.0.2.1", "BASE_URL": "https://cds.example"},
        {"HOST": "cds.example", "BASE_URL": "https://cds.example"},
        {"BASE_URL": "https://cds.example"},
        {"TRUSTED_PROXIES": "127.0.0.1"},
    ],
)
def test_nobody_listens_elsewhere_without_authentication(environment: dict[str, str]) -> None:
    (problem,) = problems(**environment)
    assert problem.startswith("SERIATIM_")
    for said in ("cds_clients", "--new-token", "oidc", "127.0.0.1"):
        assert said in problem
    assert not read_settings(
        None, {f"SERIATIM_{n}": t for n, t in environment.items()} | {"SERIATIM_REST_TOKENS": TOKEN}
    ).is_open


def test_elsewhere_a_base_url_is_needed_and_it_is_https() -> None:
    (missing,) = problems(HOST="192.0.2.1", REST_TOKENS=TOKEN)
    assert "base_url is needed" in missing
    (plain,) = problems(HOST="192.0.2.1", REST_TOKENS=TOKEN, BASE_URL="http://cds.example")
    assert plain == (
        "SERIATIM_BASE_URL: https is wanted (http on loopback only), not 'http://cds.example'"
    )


@pytest.mark.parametrize(
    ("clients", "said"),
    [
        ("[{name: a, iss: x}]", "a: jku or jwks_file is needed"),
        ("[{name: a, iss: x, jwks_file: none.json}]", "none.json: cannot be read: No such file"),
        ("[{name: a, iss: x, jwks_file: bad.json}]", 'bad.json: is no JWKS: {"keys": [...]}'),
        ("[{name: a, iss: x, jwks_file: oct.json}]", "oct.json: has no public key with a kid"),
        ("[{name: a, iss: x, jku: 'https://a'}, {name: a, iss: z, jku: 'https://a'}]", "name a st"),
        ("[{name: a, iss: x, jku: 'https://a'}, {name: b, iss: x, jku: 'https://b'}]", "iss x st"),
    ],
)
def test_clients_that_could_not_call(
    clients: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.json").write_bytes(b"-----BEGIN PUBLIC KEY-----")
    Path("oct.json").write_bytes(jwks({"kty": "oct", "kid": "a", "k": "AA"}))
    (problem,) = problems(CDS_CLIENTS=clients)
    assert said in problem


def test_more_that_does_not_fit_together() -> None:
    assert "metrics_token" in problems(METRICS="token")[0]
    everyone = problems(TRUSTED_PROXIES="0.0.0.0/0", REST_TOKENS=TOKEN)
    assert everyone == ("SERIATIM_TRUSTED_PROXIES: 0.0.0.0/0 would believe everyone",)
    assert "an address or network" in problems(TRUSTED_PROXIES="10.0.0.1/8")[0]


@pytest.mark.parametrize("rate", ["0/minute", "0 per 5 seconds"])
def test_a_rate_at_which_nobody_could_call(rate: str) -> None:
    for name in ("RATE_ADDRESS", "RATE_CLIENT"):
        (problem,) = problems(**{name: rate})
        assert problem.startswith(f"SERIATIM_{name}: a rate of at least one is wanted")


def test_one_token_has_one_name() -> None:
    one, other = (f"{{name: {name}, sha256: '{'0' * 64}'}}" for name in "ab")
    (problem,) = problems(REST_TOKENS=f"[{one}, {other}]")
    assert problem == "SERIATIM_REST_TOKENS: a and b have one token, so only one would be named"


@pytest.mark.parametrize(
    "environment",
    [
        {"STORE": f"{{password: {SECRET}}}", "PROT": "1"},
        {"STORE": f"postgresql://me:{SECRET}@db/seriatim", "PROT": "1"},
        {"METRICS_TOKEN": SECRET},
        {"REST_TOKENS": f"[{{name: a, sha256: {SECRET}}}]"},
        {"REST_TOKENS": f"[{{name: a, sha256: [{SECRET}]}}]"},
        {"REST_TOKENS": f"[{SECRET}]"},
        {"REST_TOKENS": SECRET},
        {"REST_TOKENS": f"{{sha256: {SECRET}}}"},
        {"OIDC": SECRET},
        {"OIDC": f"{{client_secret: {SECRET}}}"},
        {"BASE_URL": f"https://me:{SECRET}@cds.example"},
        {"CDS_CLIENTS": f"[{{name: a, iss: b, jku: 'https://me:{SECRET}@ehr.example'}}]"},
        {"FHIR_SERVERS": f"https://me:{SECRET}@ehr.example"},
    ],
)
def test_no_problem_repeats_a_secret(environment: dict[str, str]) -> None:
    assert SECRET not in "\n".join(problems(**environment))


def test_no_setting_shows_a_secret() -> None:
    settings = Settings(store=f"postgresql://me:{SECRET}@db/seriatim", metrics_token="0" * 64)
    assert SECRET not in repr(settings)
    assert "00000" not in repr(settings)


def test_variables_of_somebody_else_and_empty_ones() -> None:
    others = {"SERIATIM_WHEEL": "a.whl", "SERIATIM_BASE_URL": "", "SERIATIM_PORT": ""}
    assert read_settings(None, {**others, "SERIATIM_CDS_CLIENTS": ""}) == Settings()


@pytest.mark.parametrize("text", ["{x}", "{0}", "{", "%s", "{x!r:>{y}}"])
def test_values_with_braces(text: str) -> None:
    for name in ("PORT", "HOST", "BASE_URL", "RATE_CLIENT", "LOG_LEVEL", "CORS_ORIGINS", "OIDC"):
        assert problems(**{name: text})


def test_what_kubernetes_puts_into_the_environment() -> None:
    injected = {
        "SERIATIM_SERVICE_HOST": "10.0.0.1",
        "SERIATIM_SERVICE_PORT": "80",
        "SERIATIM_SERVICE_PORT_HTTP": "80",
        "SERIATIM_PORT_80_TCP": "tcp://10.0.0.1:80",
        "SERIATIM_PORT_80_TCP_ADDR": "10.0.0.1",
    }
    assert read_settings(None, injected) == Settings()
    (problem,) = problems(PORT="tcp://10.0.0.1:80")
    assert "enableServiceLinks" in problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- port", "seriatim.yaml:1:1: settings with their values are wanted"),
        ("port: 0080", "seriatim.yaml:1:7: error [Y112]"),
        ("port: 1\nport: 2", "seriatim.yaml:2:1: error [Y111] key 'port' stands twice"),
        ("a: &a 1", "seriatim.yaml:1:4: error [Y106]"),
    ],
)
def test_the_file_is_read_strictly(file: Any, text: str, said: str) -> None:
    assert problems(file(text))[0].startswith(said)


def test_a_file_that_is_not_there_or_empty(file: Any) -> None:
    assert problems("nowhere.yaml")[0] == "nowhere.yaml: cannot be read: No such file or directory"
    assert read_settings(file(""), {}) == Settings()


def test_links_and_audiences_never_come_from_a_request() -> None:
    assert Settings(port=8123).base_urls == (
        "http://127.0.0.1:8123",
        "http://localhost:8123",
    )
    assert Settings(host="::1", port=1).base_urls[0] == "http://[::1]:1"
    behind = Settings(base_url="https://cds.example/seriatim/")
    assert behind.base_urls == ("https://cds.example/seriatim",)


def test_a_key_file_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    path.write_bytes(jwks(public_jwk("RS384", "one")))
    found = read_settings(
        None, {"SERIATIM_CDS_CLIENTS": f"[{{name: a, iss: x, jwks_file: '{path}'}}]"}
    )
    assert found.cds_clients[0].jwks_file == str(path)
