"""Makes what a sentence cites a link to its page: `T2R4` leads to its row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_COURSE = re.compile(r"(?<![\w/-])(?:[a-z0-9][a-z0-9-]*/)?(?:T\w+R\d+|C\d+)(?!\w)")


class Linker:
    """Knows the page of every course by the ids under which it is shown."""

    def __init__(self, courses: Iterable[str], address: Callable[[str], str]) -> None:
        self.address = address
        self._known: dict[str, str] = {}
        for each in courses:
            short = each.rpartition("/")[2]
            self._known[each] = each
            # a short id that two series share leads nowhere
            self._known[short] = "" if short in self._known else each

    def __call__(self, text: str) -> Markup:
        """The text, escaped, with every id of a course a link."""
        found, last = [], 0
        for match in _COURSE.finditer(text):
            course = self._known.get(match[0])
            if course:
                found.append(escape(text[last : match.start()]))
                found.append(self.course(course, match[0]))
                last = match.end()
        return Markup("").join([*found, escape(text[last:])])

    def course(self, course: str, said: str) -> Markup:
        """A link to the page of a course."""
        return Markup('<a class="course" href="{}">{}</a>').format(self.address(course), said)
