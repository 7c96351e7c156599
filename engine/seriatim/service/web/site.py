"""What all pages share: templates, addresses, who may read them, and pages that say what failed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation at run time
from starlette.responses import HTMLResponse, Response

from seriatim.figures import stylesheet
from seriatim.render.words import person, upper_first
from seriatim.service import logs
from seriatim.service.clients import rest_client
from seriatim.service.edge.errors import unexpected
from seriatim.service.problem_page import WHAT_IT_IS_NOT
from seriatim.service.problems import Problem
from seriatim.service.web.assets import Assets
from seriatim.service.web.together import kept_together

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from seriatim.model.evidence import CourseCase
    from seriatim.service.context import Context
    from seriatim.service.web.state import State

    Handler = Callable[[Request], Awaitable[Response]]

TEMPLATES = Path(__file__).parent / "templates"
METHODS = ["GET", "HEAD"]
FIGURES = "figures.css"
"""The style sheet of the figures, for pages that show some."""


def who(case: CourseCase) -> str:
    """`woman 30`: the patient of a row in a table."""
    return person(case.age, case.sex, " ") or "not printed"


class Site:
    """Made once for a service; `at` and `course` make every address that a page shows."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.root = urlsplit(context.settings.base_url or "").path.rstrip("/")
        self.assets = Assets({FIGURES: stylesheet()})
        self.templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.templates.globals |= {
            "at": self.at,
            "asset": lambda name: self.at(self.assets.address(name)),
            "course_at": self.course,
            "knowledge": context.engine.knowledge,
            "publication": self.publication,
            "WHAT_IT_IS_NOT": WHAT_IT_IS_NOT,
        }
        self.templates.filters |= {"upper_first": upper_first, "who": who}

    def warm_up(self) -> None:
        """Compile every template, so that no page waits for it."""
        for name in self.templates.list_templates():
            self.templates.get_template(name)

    def at(self, path: str, state: State | None = None) -> str:
        """The address of a path of this service, with a state as its query."""
        query = state.query if state is not None else ""
        return f"{self.root}{path}{f'?{query}' if query else ''}"

    def course(self, course: str) -> str:
        """The address of a published row, given by its id."""
        return self.at(f"/cases/{quote(course)}")

    def publication(self, series: str) -> str:
        """`Gutierrez et al. 2022`: a series by the name of its publication."""
        return self.context.engine.knowledge.series[series].citation.name

    def html(self, template: str, **values: Any) -> str:
        """A template of `templates/` with its values; every value that is text is escaped."""
        return self.templates.get_template(template).render(**values)

    def page(
        self, request: Request, template: str, *, status: int = 200, **values: Any
    ) -> Response:
        """A whole page; one that extends `base.html` needs `title`."""
        return self.send(request, kept_together(self.html(template, **values)), status)

    def send(self, request: Request, html: str, status: int = 200) -> Response:
        """HTML as an answer; without a body if only the head was asked for."""
        data = html.encode()
        if request.method == "HEAD":
            response = HTMLResponse(b"", status_code=status)
            response.headers["content-length"] = str(len(data))
            return response
        return HTMLResponse(data, status_code=status)

    def guarded(self, handler: Handler) -> Handler:
        """The handler for those who may read (as under /api/v1); what fails becomes a page."""

        async def guarded(request: Request) -> Response:
            try:
                await rest_client(request)
                return await handler(request)
            except Problem as problem:
                return self.failed(request, problem)
            except Exception as error:  # noqa: BLE001 - whoever reads a page is told on a page
                logs.logger().error("failed", **logs.failure(error))
                return self.failed(request, unexpected())

        return guarded

    def failed(self, request: Request, problem: Problem) -> Response:
        """A page that says what is wrong."""
        response = self.page(
            request,
            "problem.html",
            status=problem.status,
            title=problem.title,
            problem=problem,
            request_id=request.scope.get("state", {}).get("request_id", ""),
        )
        response.headers.update(problem.headers)
        return response
