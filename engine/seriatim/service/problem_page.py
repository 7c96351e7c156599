"""A problem as a page, for a browser: the same words, without style or script of its own."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from seriatim.render.words import listed, upper_first

if TYPE_CHECKING:
    from starlette.types import Scope

    from seriatim.service.problems import Problem

MEDIA_TYPE = "text/html"
_DATA = ("/api/", "/metrics", "/health/")
"""Paths that answer programs, in which a browser sees what they see."""


def wants_page(scope: Scope) -> bool:
    """Whether somebody looks at the answer in a browser, which names HTML before all else."""
    if scope["method"] not in ("GET", "HEAD") or scope["path"].startswith(_DATA):
        return False
    accept = b",".join(value for name, value in scope["headers"] if name == b"accept")
    return accept.partition(b",")[0].partition(b";")[0].strip().lower() == MEDIA_TYPE.encode()


def page(problem: Problem, request_id: str = "", home: str = "/") -> str:
    """The whole page, with a link to `home`, the look-up."""
    said = [problem.detail] if problem.detail else []
    for each in problem.as_json().get("errors", ()):
        near = listed(each.get("nearest", ()), "or")
        said.append(f"{upper_first(each['detail'])}.{f' Nearest: {near}.' if near else ''}")
    if request_id:
        said.append(f"Request {request_id}, status {problem.status}.")
    title = escape(problem.title)
    lines = "\n".join(f"<p>{escape(each)}</p>" for each in said)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{title} · Seriatim</title>\n</head>\n"
        f"<body>\n<main>\n<h1>{title}</h1>\n{lines}\n"
        f'<p><a href="{escape(home)}">To the look-up</a></p>\n</main>\n</body>\n</html>\n'
    )
