"""Courses as FHIR R4 bundles and as GA4GH Phenopackets."""
