"""Figures of an answer as SVG, each with a text alternative and a table.

A page gives `stylesheet()` with its own styles, puts `svg` and `narrow` of each figure one after
the other into an element of class `drawing` as they are (the stylesheet shows one of them), and
calls `warm_up` when the process starts.
"""

from __future__ import annotations

from seriatim.figures.figures import NARROW, NOTHING, WIDE, figures_of
from seriatim.figures.model import Figure, Table
from seriatim.figures.palette import stylesheet
from seriatim.figures.vega import NoVegaError, warm_up

__all__ = [
    "NARROW",
    "NOTHING",
    "WIDE",
    "Figure",
    "NoVegaError",
    "Table",
    "figures_of",
    "stylesheet",
    "warm_up",
]
