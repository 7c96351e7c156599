"""What a reviewer needs to judge the basis of an answer: source attributes, purpose, limits."""

from __future__ import annotations

from seriatim.about.library import about
from seriatim.about.sections import sections, series_sections

__all__ = ["about", "sections", "series_sections"]
