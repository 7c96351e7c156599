"""Headed paragraphs as text for a terminal and as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.render.markup import bullets, escape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.render.canvas import Canvas

Section = tuple[int, str, tuple[str, ...]]
"""Depth of the heading (1 to 3), heading, paragraphs."""


def write_sections(canvas: Canvas, sections: Iterable[Section]) -> None:
    """Each heading with its paragraphs under it, deeper ones further in."""
    for depth, heading, paragraphs in sections:
        indent = 2 * max(0, depth - 2)
        canvas.blank()
        canvas.heading(" " * indent + heading)
        for each in paragraphs:
            canvas.row([("-", 2)], [each], indent=indent + 2)


def sections_markdown(sections: Iterable[Section]) -> str:
    """The same as GitHub-flavoured Markdown."""
    blocks = []
    for depth, heading, paragraphs in sections:
        blocks.append([f"{'#' * depth} {escape(heading)}"])
        blocks.append(bullets(paragraphs))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"
