"""Published courses in the formats of others: FHIR R4 Bundles and GA4GH Phenopackets v2.

Built as plain data; what the publication does not print is left out and said to be missing.
"""

from __future__ import annotations

from seriatim.export.bundle import fhir_bundle
from seriatim.export.phenopacket import cohort, phenopacket
from seriatim.export.selection import courses_named

__all__ = ["cohort", "courses_named", "fhir_bundle", "phenopacket"]
