"""The scenarios of a rule: patients to whom it applies and to whom it does not.

They are part of the project's tests, not of the package: shown where that folder stands beside the
knowledge, else said to be elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from seriatim.errors import ProfileError
from seriatim.knowledge.files import read_file
from seriatim.knowledge.locate import KnowledgeNotFoundError, knowledge_root
from seriatim.knowledge.yamltext import read_yaml
from seriatim.model.scenario import RuleScenarios
from seriatim.render.words import headline, listed, understood
from seriatim.service.web.library_rule_words import CITED, NOUNS
from seriatim.service.web.profile import state_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from seriatim.model.rule import Rule
    from seriatim.pipeline import Engine
    from seriatim.service.web.state import State

FOLDER = "tests/scenarios"
EXPECTED = {
    "cautions": "cautions: “{}”",
    "asks": "asks for: {}",
}
LISTED = {
    "cites": "cites {}",
    "probable": "only if a probable link holds {}",
    "names": "names {}",
    "concludes": "concludes: {}",
    "labels": "labels: {}",
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A patient, whether the rule must fire for them, what must follow, and whether it does."""

    name: str
    patient: str
    details: tuple[str, ...]
    state: State
    fires: bool
    expected: tuple[str, ...]
    fired: bool
    """Whether it did when the page was made."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The files behind the knowledge; `root` is None if they are not where the service looks."""

    engine: Engine
    root: Path | None

    @classmethod
    def of(cls, engine: Engine, configured: str | None) -> Sources:
        """Look for them as the knowledge itself is looked for."""
        try:
            return cls(engine, knowledge_root(configured))
        except KnowledgeNotFoundError:
            return cls(engine, None)

    def text(self, rule: Rule) -> str | None:
        """The YAML of a rule, unless its file is not as it was when the knowledge was read."""
        name = file_of(rule)
        data = self._read(name)
        in_use = self.engine.knowledge.documents.get(name)
        if data is None or in_use is None or read_yaml(data, name).value != in_use.value:
            return None
        return data.decode()

    def scenarios(self, rule: Rule) -> tuple[Scenario, ...] | None:
        """The scenarios of a rule, or None if their folder is not there.

        A file that is not right has none: the project's tests say what is wrong with it.
        """
        if self.root is None or not (self.root / FOLDER).is_dir():
            return None
        data = self._read(scenarios_of(rule))
        if data is None:
            return ()
        document = read_yaml(data, scenarios_of(rule))
        if document.diagnostics:
            return ()
        try:
            RuleScenarios.model_validate(document.value)
        except ValidationError:
            return ()
        return tuple(self._scenarios(rule, document.value["scenarios"]))

    def _read(self, name: str) -> bytes | None:
        try:
            return read_file(self.root / name) if self.root is not None else None
        except OSError:
            return None

    def _scenarios(self, rule: Rule, found: Iterable[Mapping[str, Any]]) -> Iterable[Scenario]:
        for each in found:
            try:
                report = self.engine.look_up(each["profile"])
            except ProfileError:
                continue  # of another version of the knowledge
            wanted = dict(each.get("bindings") or {})
            yield Scenario(
                name=str(each["name"]),
                patient=headline(report),
                details=tuple(understood(report.profile)),
                state=state_of(each["profile"]),
                fires=bool(each["fires"]),
                expected=tuple(_expected(each)),
                fired=any(
                    fired.rule == rule.id and wanted.items() <= fired.bindings.items()
                    for fired in report.fired
                ),
            )


def file_of(rule: Rule) -> str:
    """`rules/diagnosis/same-diagnosis.yaml`."""
    return f"rules/{rule.family}/{rule.id}.yaml"


def scenarios_of(rule: Rule) -> str:
    """`tests/scenarios/diagnosis/same-diagnosis.yaml`."""
    return f"{FOLDER}/{rule.family}/{rule.id}.yaml"


def _expected(scenario: Mapping[str, Any]) -> Iterable[str]:
    if bindings := scenario.get("bindings"):
        yield "for " + listed(f"{NOUNS.get(name, name)} {each}" for name, each in bindings.items())
    for name, says in LISTED.items():
        if scenario.get(name):
            yield says.format(listed(map(str, scenario[name])))
    if relation := scenario.get("relation"):
        yield f"cited {CITED[relation]}"
    for name, says in EXPECTED.items():
        if scenario.get(name):
            yield says.format(scenario[name])
