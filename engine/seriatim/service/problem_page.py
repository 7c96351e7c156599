"""A problem as a page, for a browser: the same words, in the look of the other pages."""

from __future__ import annotations

from difflib import get_close_matches
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING

from seriatim.render.words import listed, upper_first

if TYPE_CHECKING:
    from starlette.types import Scope

    from seriatim.service.problems import Problem

MEDIA_TYPE = "text/html"
STYLE = "/static/seriatim.css"
"""Where the style sheet of every page is, whatever its text; without it the page can be read."""
WHAT_IT_IS_NOT = (
    "It cites published patients; it never prescribes. Not a medical device, not validated in "
    "patients, and not for decisions that leave no time to read the rows."
)
"""What stands at the foot of every page."""
NO_PAGE = "There is no page at this address"
PAGES = {
    "Look up": "/",
    "Series": "/series",
    "Claims": "/claims",
    "Rules": "/rules",
    "About": "/about",
}
"""What the banner of every page leads to."""
_STARTS = {path.strip("/"): path for path in PAGES.values()} | {"cases": "/series"}
"""The first part of an address, and the page that leads on from there."""
_DATA = ("/api/", "/metrics", "/health/")
"""Paths that answer programs, in which a browser sees what they see."""


def may_be_page(scope: Scope) -> bool:
    """Whether it depends on what is accepted."""
    return scope["method"] in ("GET", "HEAD") and not scope["path"].startswith(_DATA)


def wants_page(scope: Scope) -> bool:
    """Whether somebody looks at the answer in a browser, which names HTML before all else."""
    if not may_be_page(scope):
        return False
    accept = b",".join(value for name, value in scope["headers"] if name == b"accept")
    return accept.partition(b",")[0].partition(b";")[0].strip().lower() == MEDIA_TYPE.encode()


def page(problem: Problem, request_id: str = "", root: str = "", path: str = "") -> str:
    """The whole page. `root` is the path of the service, without a slash; `path` what was asked.

    Nothing of `path` is repeated: if it is unknown and near an address, that is linked.
    """
    title = escape(_title(problem))
    said = "\n".join(f"<p>{escape(each)}</p>" for each in _said(problem))
    number = f"Request {request_id}, status {problem.status}."
    request = f'<p class="quiet">{escape(number)}</p>\n' if request_id else ""
    near = _near(path) if problem.status == HTTPStatus.NOT_FOUND else ""
    guess = f"<p>Did you mean {_link(root, near, _name(near))}?</p>\n" if near else ""
    links = "".join(f"<li>{_link(root, to, name)}</li>\n" for name, to in PAGES.items())
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{title} – Seriatim</title>\n"
        f'<link rel="stylesheet" href="{escape(root + STYLE)}">\n</head>\n'
        '<body class="page plain">\n<a class="skip" href="#content">Skip to the content</a>\n'
        '<header class="banner">\n<nav aria-label="Seriatim">\n'
        f'<a class="brand" href="{escape(root)}/">Seriatim</a>\n<ul>\n{links}</ul>\n</nav>\n'
        f'</header>\n<main id="content" tabindex="-1">\n<h1>{title}</h1>\n{said}\n{guess}'
        f"<p>{_link(root, '/', 'To the look-up')}</p>\n{request}</main>\n"
        f'<footer class="foot">\n<p>{escape(WHAT_IT_IS_NOT)}</p>\n</footer>\n</body>\n</html>\n'
    )


def _said(problem: Problem) -> list[str]:
    """What is wrong, in sentences."""
    said = [problem.detail] if problem.detail else []
    for each in problem.as_json().get("errors", ()):
        near = listed(each.get("nearest", ()), "or")
        said.append(f"{upper_first(each['detail'])}.{f' Nearest: {near}.' if near else ''}")
    return said


def _title(problem: Problem) -> str:
    """What is wrong, at the head of the page: for an unknown address not in the words of HTTP."""
    unknown = problem.status == HTTPStatus.NOT_FOUND and not problem.detail
    return NO_PAGE if unknown else problem.title


def _near(path: str) -> str:
    """The page that an unknown path seems to be meant for, or nothing."""
    start = path.strip("/").partition("/")[0].lower()
    found = get_close_matches(start, _STARTS, n=1, cutoff=0.7)
    return _STARTS[found[0]] if found else ""


def _name(path: str) -> str:
    return next(name for name, to in PAGES.items() if to == path)


def _link(root: str, path: str, text: str) -> str:
    return f'<a href="{escape(root + path)}">{escape(text)}</a>'
