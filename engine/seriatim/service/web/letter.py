"""The draft of a letter of medical necessity at `/letter`, or why there is none."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from fastapi import APIRouter
from markupsafe import Markup, escape

from seriatim.service.web.letter_draft import letter_of
from seriatim.service.web.letter_refusal import Refused
from seriatim.service.web.linking import Linker
from seriatim.service.web.sheet import on_paper
from seriatim.service.web.site import METHODS

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from seriatim.model.evidence import EvidenceReport
    from seriatim.service.web.asking import Asked
    from seriatim.service.web.sheet import Paper
    from seriatim.service.web.site import Site

_GAP = re.compile(r"(\[[^\[\]]+\])")


def routes(site: Site) -> APIRouter:
    """The letter of the same state that the look-up has."""
    found = APIRouter()
    handler = on_paper(site, "/letter", _letter(site))
    found.add_api_route("/letter", site.guarded(handler), methods=METHODS)
    return found


def _letter(site: Site) -> Paper:
    series = site.context.engine.knowledge.series
    courses = site.context.engine.cases
    link = Linker(courses, site.course)
    citations = {name: each.citation.full for name, each in series.items()}

    def letter(request: Request, asked: Asked, report: EvidenceReport) -> Response:
        made = letter_of(report, citations, courses)
        if isinstance(made, Refused):
            choices = [
                (name, site.at("/letter", replace(asked.state, considering=(name,))))
                for _drug, name in made.drugs
            ]
            return site.page(
                request,
                "letter_refused.html",
                title=made.title,
                refused=made,
                choices=choices,
                state=asked.state,
            )
        title = f"Draft letter: {made.subject}"
        return site.page(
            request,
            "letter.html",
            title=title,
            letter=made,
            missing=[each.fact for each in report.missing],
            state=asked.state,
            link=link,
            gaps=gaps,
        )

    return letter


def gaps(text: str) -> Markup:
    """The text, escaped, with what stands in brackets marked as to be filled in."""
    return Markup(_GAP.sub(r'<span class="gap">\1</span>', str(escape(text))))  # noqa: S704 - escaped
