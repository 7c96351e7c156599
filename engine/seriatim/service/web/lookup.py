"""The look-up at `/`: the form and its answer; `/answer` gives the answer alone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from seriatim.service.web.answer import Answers
from seriatim.service.web.asking import Asked, ask
from seriatim.service.web.form import Form, Link, names_of
from seriatim.service.web.site import METHODS
from seriatim.service.web.state import State

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from seriatim.service.web.site import Site

MOST_EXAMPLES = 4
LARGE = 2_000
"""Bytes of a query from which its work is done beside the event loop."""


def routes(site: Site) -> APIRouter:
    """The look-up and its answer."""
    page = LookUp(site)
    found = APIRouter()
    found.add_api_route("/", site.guarded(page.whole), methods=METHODS)
    found.add_api_route("/answer", site.guarded(page.fragment), methods=METHODS)
    return found


class LookUp:
    """The handlers."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.answers = Answers(site)
        self.names = names_of(site.context.engine.knowledge.lexicon)
        self.examples = _examples(site)

    async def whole(self, request: Request) -> Response:
        """The page; what a plain form sent is first given the address that it will keep."""
        asked = await self._ask(request)
        if self._may_move(asked):
            return RedirectResponse(self.site.at("/", asked.state) + _place(asked), 303)
        html = await run_in_threadpool(self._render, "lookup.html", asked)
        return self.site.send(request, html, asked.status)

    async def fragment(self, request: Request) -> Response:
        """The answer alone, with the faults of the form and the query that asks for it."""
        asked = await self._ask(request)
        html = await run_in_threadpool(self._render, "_fragment.html", asked)
        return self.site.send(request, html, asked.status)

    async def _ask(self, request: Request) -> Asked:
        query: bytes = request.scope["query_string"]
        if len(query) < LARGE:
            return ask(self.site.context, query)
        return await run_in_threadpool(ask, self.site.context, query)

    def _may_move(self, asked: Asked) -> bool:
        """Whether the address says less than the state's own would, without losing a fault."""
        return not asked.read.is_plain and not asked.read.faults and not asked.read.added

    def _render(self, template: str, asked: Asked) -> str:
        form = Form(asked, self.site, self.names)
        answer = self.answers.of(asked)
        return self.site.html(
            template,
            title=self.answers.title(asked),
            asked=asked,
            form=form,
            answer=answer,
            report=self.answers.html(answer) if answer else "",
            examples=self.examples,
            series=self.site.context.engine.knowledge.series.values(),
        )


def _examples(site: Site) -> list[Link]:
    """A look-up for each diagnosis of which there are most courses."""
    cases = site.context.engine.cases.values()
    counted = Counter(each.diagnosis.name for each in cases if each.diagnosis.name)
    names = sorted(counted, key=lambda name: (-counted[name], name))[:MOST_EXAMPLES]
    return [Link(name, site.at("/", State(diagnoses=(name,)))) for name in names]


def _place(asked: Asked) -> str:
    if not asked.read.asked:
        return ""
    return "#faults" if asked.faults else "#answer" if asked.report else "#first"
