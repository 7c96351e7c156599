"""An answer in each of its forms, made when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.render.json import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from seriatim.service.rest.html import Pages


@dataclass(frozen=True, slots=True)
class Forms:
    """Each form by its name with what makes its text; the first is the default.

    A form `markdown` makes one `html` possible, under `title`.
    """

    title: str
    makers: Mapping[str, Callable[[], str]]

    @property
    def offers(self) -> tuple[str, ...]:
        """The names of all forms."""
        return (*self.makers, *(["html"] if "markdown" in self.makers else []))

    def text(self, form: str, pages: Pages, *, alternates: bool = True) -> str:
        """The text of one form."""
        if form == "html":
            others = tuple(self.makers) if alternates else ()
            return pages.page(self.title, self.makers["markdown"](), others)
        return self.makers[form]()


def json_forms(title: str, value: Any, markdown: Callable[[], str] | None = None) -> Forms:
    """Plain data as JSON in the one layout of the project, and Markdown if it is given."""
    makers: dict[str, Callable[[], str]] = {"json": lambda: to_json(value)}
    if markdown is not None:
        makers["markdown"] = markdown
    return Forms(title, makers)
