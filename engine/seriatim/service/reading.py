"""Reads the settings from a file, the environment and the command line, in that order of rank.

Everything that is wrong is said at once, each with its place and, for a name, the nearest valid
one. What is secret is never repeated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from seriatim.errors import SeriatimError
from seriatim.knowledge.nearest import nearest
from seriatim.knowledge.problems import WORDS as PLAIN_WORDS
from seriatim.knowledge.problems import dotted
from seriatim.knowledge.shape import choices_of, fields_at, real_path
from seriatim.knowledge.yamltext import Document, read_yaml
from seriatim.service.settings import Settings
from seriatim.service.sound import unsound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic_core import ErrorDetails

PREFIX = "SERIATIM_"
CONFIG = "SERIATIM_CONFIG"
_NOT_SETTINGS = frozenset({CONFIG})
_OF_KUBERNETES = re.compile(r"SERIATIM_.*(?:SERVICE_(?:HOST|PORT.*)|PORT_[0-9]+_.*)\Z")
_LISTS = frozenset({"jwt_algorithms", "cors_origins", "trusted_proxies", "fhir_servers"})
_STRUCTURED = frozenset({"cds_clients", "rest_tokens", "oidc"})
_SECRET = _STRUCTURED | {"store", "metrics_token"}
"""Settings of which no value is repeated: something secret may stand in the wrong place."""
_KUBERNETES = (
    "; Kubernetes sets this variable for a service named seriatim: "
    "name it otherwise, or set enableServiceLinks to false"
)
_WORDS = {
    **PLAIN_WORDS,
    "int_parsing": "a whole number is wanted",
    "int_from_float": "a whole number is wanted",
    "float_parsing": "a number is wanted",
    "bool_parsing": "true or false is wanted",
    "model_type": "keys with values are wanted",
    "greater_than": "more than {gt} is wanted",
    "greater_than_equal": "at least {ge} is wanted",
    "less_than_equal": "at most {le} is wanted",
    "too_short": "at least one entry is wanted",
}
_MOST_SHOWN = 60


class SettingsError(SeriatimError):
    """The service cannot be started as configured; `problems` names everything that is wrong."""

    exit_code = 2

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(slots=True)
class _Given:
    """The raw value of every setting, and where each was said."""

    values: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str | Document] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    """Settings whose value is not known, so that nothing more is said of them."""

    def place(self, path: Sequence[str | int], *, key: bool = False) -> str:
        """`file:line:col` or the name of a variable or option."""
        source = self.sources.get(str(path[0]) if path else "", "settings")
        if isinstance(source, Document):
            line, column = source.place(tuple(path), key=key)
            return f"{source.path}:{line}:{column}"
        return source

    def say(self, path: Sequence[str | int], message: str, *, key: bool = False) -> None:
        """Note one problem of one setting."""
        source = self.sources.get(str(path[0]) if path else "")
        named = not isinstance(source, str) or len(path) > 1
        where = f"{dotted(tuple(path))}: " if path and named else ""
        self.problems.append(f"{self.place(path, key=key)}: {where}{message}")


def read_settings(
    config: str | None, environment: Mapping[str, str], options: Mapping[str, Any] | None = None
) -> Settings:
    """The settings; `options` are those of the command line that were given, by setting.

    Raises SettingsError with every problem.
    """
    given = _Given()
    path = config or environment.get(CONFIG)
    if path:
        _read_file(path, given)
    _read_environment(environment, given)
    for name, value in (options or {}).items():
        given.values[name], given.sources[name] = value, f"--{name.replace('_', '-')}"
    settings = _validate(given)
    for names, message in unsound(settings):
        if not given.broken.intersection(names):
            said = next((each for each in names if each in given.values), names[0])
            given.say((said,), message)
    if given.problems:
        raise SettingsError(given.problems)
    return settings


def _read_file(path: str, given: _Given) -> None:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        given.problems.append(f"{path}: cannot be read: {error.strerror or 'unreadable'}")
        return
    document = read_yaml(data, path)
    given.problems += [str(each) for each in document.diagnostics]
    if isinstance(document.value, dict):
        given.values |= document.value
        given.sources |= dict.fromkeys(document.value, document)
    elif document.value is not None:
        given.problems.append(f"{path}:1:1: settings with their values are wanted")


def _read_environment(environment: Mapping[str, str], given: _Given) -> None:
    for variable, text in sorted(environment.items()):
        if not variable.startswith(PREFIX) or variable in _NOT_SETTINGS or not text:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in Settings.model_fields:
            _unknown(variable, name, given)
            continue
        given.sources[name] = variable
        value = _value(variable, name, text, given)
        if value is None:
            given.broken.add(name)
            given.values.pop(name, None)
        else:
            given.values[name] = value


def _unknown(variable: str, name: str, given: _Given) -> None:
    """A variable that looks like a setting is a slip; any other may be somebody else's."""
    near = [f"{PREFIX}{each.upper()}" for each in nearest(name, Settings.model_fields)]
    if near and not _OF_KUBERNETES.match(variable):
        given.problems.append(f"{variable}: unknown setting{_suggest(near)}")


def _value(variable: str, name: str, text: str, given: _Given) -> Any:
    """A variable's text as the value of its setting: lists by commas, mappings as YAML."""
    if name in _LISTS:
        return [each.strip() for each in text.split(",") if each.strip()]
    if name not in _STRUCTURED:
        return text
    document = read_yaml(text, variable)
    given.problems += [str(each) for each in document.diagnostics]
    return document.value


def _validate(given: _Given) -> Settings:
    """The settings, with those that are wrong at their defaults and noted as broken."""
    try:
        return Settings.model_validate(given.values)
    except ValidationError as error:
        details = error.errors()
    paths = [real_path(given.values, each["loc"]) for each in details]
    for path, detail in dict(zip(paths[::-1], details[::-1], strict=True)).items():
        if not any(each[: len(path)] == path for each in paths if len(each) > len(path)):
            given.say(path, _words(detail, path), key=detail["type"] == "extra_forbidden")
    given.broken |= {str(path[0]) for path in paths if path}
    kept = {name: value for name, value in given.values.items() if name not in given.broken}
    return Settings.model_validate(kept)


def _words(detail: ErrorDetails, path: Sequence[str | int]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    value = detail["input"]
    shown = "" if path[0] in _SECRET else _shown(value)
    if kind == "extra_forbidden":
        known = fields_at(Settings, tuple(path[:-1]))
        return f"unknown setting{_suggest(nearest(str(path[-1]), known))}"
    if kind == "missing":
        return "is missing"
    if kind == "literal_error":
        choices = choices_of(str(context.get("expected", "")))
        near = nearest(value, choices) if isinstance(value, str) else ()
        return f"one of {', '.join(choices)} is wanted{shown}{_suggest(near)}"
    if kind == "string_pattern_mismatch":
        return f"the form {context.get('pattern')} is wanted{shown}"
    if path[0] == "port" and str(value).startswith("tcp://"):
        return f"a port is wanted{_KUBERNETES}"
    own = detail["msg"].removeprefix("Value error, ")
    message = _WORDS[kind].format(**context) if kind in _WORDS else own[:1].lower() + own[1:]
    return f"{message}{shown}"


def _shown(value: Any) -> str:
    """A short value as it was given; nothing of a structure or a URL with a password."""
    text = repr(value)
    if value is None or isinstance(value, (dict, list)) or "@" in text:
        return ""
    return f", not {text if len(text) <= _MOST_SHOWN else f'{text[: _MOST_SHOWN - 1]}…'}"


def _suggest(names: Any) -> str:
    listed = [repr(each) for each in names]
    return f"; did you mean {' or '.join(listed)}?" if listed else ""
