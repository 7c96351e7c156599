"""FHIR R4 to a patient profile, with where each fact came from."""

from seriatim.fhir.reader import read
from seriatim.fhir.results import Conflict, Fact, FhirError, Reading, Skipped

__all__ = ["Conflict", "Fact", "FhirError", "Reading", "Skipped", "read"]
