"""Markdown as an accessible page without inline style or script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent / "templates"
_SEEN = "&lt;!-- --&gt;"
"""How `NOTHING` comes out of a renderer that takes no HTML."""


class Pages:
    """Makes pages; `root` is the path under which the service is reached, without a slash."""

    def __init__(self, root: str, knowledge: str) -> None:
        self.root, self.knowledge = root, knowledge
        self._markdown = _reader()
        environment = Environment(autoescape=True, undefined=StrictUndefined)
        self._template = environment.from_string((HERE / "page.html").read_text("utf-8"))

    def page(self, title: str, markdown: str, forms: Sequence[str] = ()) -> str:
        """A whole page; `forms` are the other forms that can be asked for by name."""
        return self._template.render(
            title=title,
            body=Markup(self.body(markdown)),  # noqa: S704 - made here, from Markdown without HTML
            forms=forms,
            root=self.root,
            knowledge=self.knowledge,
        )

    def body(self, markdown: str) -> str:
        """The Markdown as HTML; HTML in it is text."""
        return str(self._markdown.render(markdown)).replace(_SEEN, "")


def style() -> str:
    """The one style sheet."""
    return (HERE / "style.css").read_text("utf-8")


def _reader() -> MarkdownIt:
    """GitHub's tables and nothing else beyond CommonMark; no HTML, no images, no bare links."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    reader.add_render_rule("th_open", _th)
    reader.add_render_rule("table_open", _table_open)
    reader.add_render_rule("table_close", _table_close)
    return reader


def _th(_self: Any, _tokens: Any, _at: int, _options: Any, _env: Any) -> str:
    return '<th scope="col">'


def _table_open(_self: Any, _tokens: Any, _at: int, _options: Any, _env: Any) -> str:
    """A wide table scrolls by itself, by keyboard too."""
    return '<div class="table" role="region" aria-label="table" tabindex="0"><table>\n'


def _table_close(_self: Any, _tokens: Any, _at: int, _options: Any, _env: Any) -> str:
    return "</table></div>\n"
