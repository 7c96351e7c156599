"""The scenarios of a rule: patients to whom it applies and to whom it does not."""

from __future__ import annotations

from pydantic import Field, StrictBool

from seriatim.model.base import Frozen, Relation, Slug, Text
from seriatim.model.profile import PatientProfile  # noqa: TC001 - pydantic needs it at run time


class Scenario(Frozen):
    """A patient, and whether the rule fires for them.

    `bindings` narrows the rule to those values. The rest is held only where the rule fires: `cites`
    and `probable` are exactly the courses it cites, `names` those of its caution; `concludes` are
    among its conclusions, `cautions`, `asks` and `labels` fragments of what is said.
    """

    name: Text
    profile: PatientProfile
    fires: StrictBool
    bindings: dict[str, str] = Field(default_factory=dict)
    cites: tuple[str, ...] = ()
    probable: tuple[str, ...] = ()
    relation: Relation = "direct"
    concludes: tuple[str, ...] = ()
    cautions: Text = ""
    names: tuple[str, ...] = ()
    asks: Text = ""
    labels: tuple[str, ...] = ()


class RuleScenarios(Frozen):
    """One file of scenarios: `tests/scenarios/<family>/<id>.yaml`."""

    rule: Slug
    scenarios: tuple[Scenario, ...]
