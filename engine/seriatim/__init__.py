"""Seriatim cites the published patients that resemble yours, and counts them honestly.

>>> from seriatim import Engine, PatientProfile
>>> engine = Engine.default()
>>> report = engine.look_up(PatientProfile(age=30, diagnoses=["Behçet's disease"]))
>>> report.findings[0].outcomes.complete.n
2
"""

from seriatim._version import __version__
from seriatim.errors import (
    Diagnostic,
    DisagreementError,
    KnowledgeError,
    ProfileError,
    ProfileProblem,
    SeriatimError,
)
from seriatim.knowledge.load import load_knowledge
from seriatim.model.evidence import EvidenceReport
from seriatim.model.profile import PatientProfile
from seriatim.pipeline import Engine

__all__ = [
    "Diagnostic",
    "DisagreementError",
    "Engine",
    "EvidenceReport",
    "KnowledgeError",
    "PatientProfile",
    "ProfileError",
    "ProfileProblem",
    "SeriatimError",
    "__version__",
    "load_knowledge",
]
