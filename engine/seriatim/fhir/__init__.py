"""FHIR R4 to a patient profile, with where each fact came from."""
