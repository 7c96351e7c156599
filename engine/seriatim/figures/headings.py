"""The head of a section: the diagnosis, and how it stands to the patient's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.figures.lettering import width, wrapped
from seriatim.figures.wording import RELATIONS
from seriatim.render.words import upper_first

if TYPE_CHECKING:
    from seriatim.figures.people import Section
    from seriatim.figures.sheet import Sheet


def heading(sheet: Sheet, section: Section, y: float) -> float:
    """Draws a line and the head below it; gives its last base line."""
    sheet.line("section", (0, y), (sheet.width, y))
    y = lines(sheet, "head", upper_first(section.name), (0, y, 20))
    relation = RELATIONS[section.relation]
    if width(section.name, "head") + width(relation, "small") + 24 <= sheet.width:
        sheet.text("small", sheet.width, y, relation, "end")
        return y
    return lines(sheet, "small", relation, (0, y, 16))


def lines(sheet: Sheet, look: str, text: str, start: tuple[float, float, float]) -> float:
    """Writes a text in lines; `start` is its left, the base line above, and the height of a line.

    Gives its last base line.
    """
    left, y, height = start
    for line in wrapped(text, look, sheet.width - left):
        y += height
        sheet.text(look, left, y, line)
    return y
