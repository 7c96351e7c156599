"""The evidence sheet at `/sheet`: one report on paper, for the chart or to discuss the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from seriatim.service.web.asking import Asked, ask
from seriatim.service.web.form import shown
from seriatim.service.web.letter_draft import is_offered
from seriatim.service.web.linking import Linker
from seriatim.service.web.sheet_words import sheet_of
from seriatim.service.web.site import METHODS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from seriatim.model.evidence import EvidenceReport
    from seriatim.service.web.site import Site

    Paper = Callable[[Request, Asked, EvidenceReport], Response]


def routes(site: Site) -> APIRouter:
    """The sheet of the same state that the look-up has."""
    found = APIRouter()
    found.add_api_route(
        "/sheet", site.guarded(on_paper(site, "/sheet", _sheet(site))), methods=METHODS
    )
    return found


def _sheet(site: Site) -> Paper:
    courses = site.context.engine.cases
    link = Linker(courses, site.course)

    def sheet(request: Request, asked: Asked, report: EvidenceReport) -> Response:
        made = sheet_of(report, courses)
        title = f"Evidence sheet: {made.headline}"
        return site.page(
            request,
            "sheet.html",
            title=title,
            sheet=made,
            missing=[each.fact for each in report.missing],
            state=asked.state,
            link=link,
            has_letter=is_offered(report, courses),
        )

    return sheet


def on_paper(site: Site, path: str, make: Paper) -> Callable[[Request], Awaitable[Response]]:
    """A handler that looks up the state of the address and makes a page of the report.

    What a plain form sent is first given its address; without a report the page says what is
    missing or wrong.
    """

    async def handle(request: Request) -> Response:
        asked = await run_in_threadpool(ask, site.context, request.scope["query_string"])
        if not asked.read.is_plain and not asked.read.faults:
            return RedirectResponse(site.at(path, asked.state), 303)
        if asked.report is None:
            return await run_in_threadpool(_nothing, site, request, asked)
        return await run_in_threadpool(make, request, asked, asked.report)

    return handle


def _nothing(site: Site, request: Request, asked: Asked) -> Response:
    title = "This cannot be looked up" if asked.faults else "Nothing has been looked up"
    return site.page(
        request,
        "sheet_nothing.html",
        status=asked.status,
        title=title,
        faults=[shown(each, asked, site) for each in asked.faults],
        state=asked.state,
    )
