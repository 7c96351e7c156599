"""What a reviewer needs to judge the basis of an answer: source attributes, purpose, limits."""

from __future__ import annotations

from seriatim.about.library import about
from seriatim.about.sections import sections, series_sections
from seriatim.about.series import design, spelled_out

__all__ = ["about", "design", "sections", "series_sections", "spelled_out"]
