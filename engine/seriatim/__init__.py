"""Seriatim cites the published patients that resemble yours, and counts them honestly.

>>> from seriatim import Engine, PatientProfile
>>> engine = Engine.default()
>>> report = engine.look_up(PatientProfile(age=30, diagnoses=["Behçet's disease"]))
>>> report.findings[0].outcomes.complete.n
2
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from seriatim._version import __version__

if TYPE_CHECKING:
    from seriatim.errors import (
        Diagnostic,
        DisagreementError,
        KnowledgeError,
        ProfileError,
        ProfileProblem,
        SeriatimError,
    )
    from seriatim.knowledge.load import load_knowledge
    from seriatim.knowledge.locate import KnowledgeNotFoundError
    from seriatim.model.evidence import EvidenceReport
    from seriatim.model.profile import PatientProfile
    from seriatim.pipeline import Engine

_HOME = {
    "Engine": "seriatim.pipeline",
    "EvidenceReport": "seriatim.model.evidence",
    "KnowledgeNotFoundError": "seriatim.knowledge.locate",
    "PatientProfile": "seriatim.model.profile",
    "load_knowledge": "seriatim.knowledge.load",
}

__all__ = [
    "Diagnostic",
    "DisagreementError",
    "Engine",
    "EvidenceReport",
    "KnowledgeError",
    "KnowledgeNotFoundError",
    "PatientProfile",
    "ProfileError",
    "ProfileProblem",
    "SeriatimError",
    "__version__",
    "load_knowledge",
]


def __getattr__(name: str) -> Any:
    """A public name, from its module when it is first used: a command loads only what it needs."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_HOME.get(name, "seriatim.errors")), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
