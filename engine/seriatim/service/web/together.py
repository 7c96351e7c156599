"""Keeps on one line what is read as one: a number with its unit, a date, an interval, a count."""

from __future__ import annotations

import re

_APART = r"<(script|style|title|textarea|select|datalist|pre|template)\b.*?</\1(?=>)"
"""What is no running text."""
_LINK = r'<a class="course"[^>]*>[^<]*</a> (?:no response|partial|complete)\b'
_WRAPPED = r'<span class="nowrap">[^<]*'
_UNITS = (
    "months?|years?|weeks?|days?|hours?|courses?|patients?|prior|therap(?:y|ies)|rules?|labels?"
    "|mg|g|kg|mL|mmol|mo"
    "|of \\d+(?![\\w–-])|× 10[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:/L)?"
)
_JOINED = "|".join(
    (
        r"\(?95% CI [\d.]+–[\d.]+%\)?",
        r"\(?(?:\b(?:US|UK) )?\b(?:19|20)\d\d-\d\d(?:-\d\d)?\b[).]*",
        r"\bq\d+(?:-\d+)? (?:days?|weeks?|months?)\b",
        rf"\(?\b\d[\d.]*(?:–\d[\d.]*)? (?:{_UNITS})(?:/min\b|/kg\b)?\b\)?",
        r"\b\d[\d.]*–\d[\d.]*%?",
        r"\bpp?\. \d+(?:–\d+)?",
        r"\bTables? \d+",
        r"\b(?:woman|man|girl|boy|infant|child|adult),? (?:of )?\d+",
        r"\b(?:age|female|male|section|row|page|has|reference) \d+(?:\.\d+)*\)?",
        r"\bE\. coli\b",
        # a short compound; a longer one, or the id of a rule, has to break somewhere
        r"(?<![\w/-])(?=[\w-]{3,13}(?![\w/-]))\w+(?:-\w+)+",
    )
)
_TOGETHER = re.compile(rf"(?<![\w.–-])(?:{_JOINED})")
"""From the start of a word only, which is told faster than that nothing fits there."""
_PARTS = re.compile(
    f"{_APART}|(?P<link>{_LINK})(?P<rest>[^<]*)|{_WRAPPED}|>(?P<text>[^<]*(?:[-\\d]|E\\. )[^<]*)",
    re.DOTALL,
)
"""Text with a number, a hyphen or an abbreviation: in other text nothing is looked for."""


def kept_together(html: str) -> str:
    """The HTML with a span around whatever is not to be parted at the end of a line."""
    done = []
    while (drawing := html.find("<svg")) >= 0 and (end := html.find("</svg>", drawing)) >= 0:
        done += [_PARTS.sub(_part, html[:drawing]), html[drawing:end]]
        html = html[end:]
    return "".join([*done, _PARTS.sub(_part, html)])


def _part(found: re.Match[str]) -> str:
    if found["link"]:
        return f'<span class="nowrap">{found["link"]}</span>{_TOGETHER.sub(_span, found["rest"])}'
    if found["text"]:
        return ">" + _TOGETHER.sub(_span, found["text"])
    return found[0]


def _span(found: re.Match[str]) -> str:
    tag = "i" if found[0] == "E. coli" else "span"
    return f'<{tag} class="nowrap">{found[0]}</{tag}>'
