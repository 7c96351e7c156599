"""A page for everything that an answer cites: series, rows, claims, rules, and what this is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from seriatim.about import about, sections, spelled_out
from seriatim.kept import Kept
from seriatim.knowledge.lexicon import fold
from seriatim.knowledge.nearest import nearest
from seriatim.service.rest.answers import READ, etag, is_current, not_modified
from seriatim.service.web.library_cases import case_view
from seriatim.service.web.library_claims import (
    MARKS,
    OPENED,
    VERDICTS,
    by_topic,
    claim_view,
    counted,
    given,
    is_implied,
    worked_out,
)
from seriatim.service.web.library_index import Index
from seriatim.service.web.library_rules import families, rule_view, unused
from seriatim.service.web.library_scenarios import Sources, file_of, scenarios_of
from seriatim.service.web.library_series import boundary, series_view
from seriatim.service.web.library_wording import Words
from seriatim.service.web.site import METHODS
from seriatim.service.web.together import kept_together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.requests import Request
    from starlette.responses import Response

    from seriatim.knowledge.claims import Recomputed
    from seriatim.service.web.site import Site

    Made = tuple[int, str]
    """Status and HTML."""
    Maker = Callable[..., Made]

KEPT = 256
"""Pages that are kept ready; the largest has some tens of kilobytes."""
LONGEST = 100
"""Characters of a search that are read."""


def routes(site: Site) -> APIRouter:
    """Every page of the library."""
    return Pages(site).routes()


class Pages:
    """Makes the pages; they depend on the knowledge and their address alone."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.index = Index(site.context.engine)
        self.sources = Sources.of(site.context.engine, site.context.settings.knowledge)
        self.words = Words(self.index.known.lexicon.name)
        self._kept: Kept[Made] = Kept(KEPT)

    def routes(self) -> APIRouter:
        """The paths and what makes their pages."""
        found = APIRouter()
        pages: dict[str, tuple[Maker, tuple[str, ...]]] = {
            "/series": (self.all_series, ()),
            "/series/{series}": (self.one_series, ()),
            "/cases/{series}/{row}": (self.case, ()),
            "/claims": (self.all_claims, ("q", "verdict")),
            "/claims/{series}/{claim}": (self.claim, ()),
            "/rules": (self.all_rules, ("q", "family")),
            "/rules/{rule}": (self.rule, ()),
            "/about": (self.about, ()),
        }
        for path, (make, asks) in pages.items():
            found.add_api_route(path, self.site.guarded(self._reader(make, asks)), methods=METHODS)
        # what is above a row or a claim
        for path, to in (("/cases", "/series"), ("/cases/{series}", "/series/{series}#rows")):
            found.add_api_route(path, self.site.guarded(self._mover(to)), methods=METHODS)
        ledger = self._mover("/series/{series}#ledger")
        found.add_api_route("/claims/{series}", self.site.guarded(ledger), methods=METHODS)
        return found

    def _reader(self, make: Maker, asks: tuple[str, ...]) -> Callable[[Request], Any]:
        """A handler that sends a page with its ETag, or 304 to whoever has it."""

        async def read(request: Request) -> Response:
            query = {name: request.query_params.get(name, "")[:LONGEST] for name in asks}
            known, path = self.index.known, request.url.path
            tag = etag(known.hash, self.site.assets.hash, path, tuple(query.items()))
            made = self._kept.known(tag)
            if made is None:
                made = await run_in_threadpool(make, **request.path_params, **query)
            status, html = made
            if status != 200:  # noqa: PLR2004 - what was not found is not kept
                return self.site.send(request, html, status)
            self._kept.keep(tag, made)
            if is_current(request, tag):
                return not_modified(tag)
            response = self.site.send(request, html)
            response.headers.update({**READ, "ETag": tag})
            return response

        return read

    def _mover(self, to: str) -> Callable[[Request], Any]:
        async def move(request: Request) -> Response:
            known = request.path_params.get("series", "") in ("", *self.index.known.series)
            if not known:
                status, html = self._no_series(request.path_params["series"])
                return self.site.send(request, html, status)
            return RedirectResponse(self.site.at(to.format(**request.path_params)), 307)

        return move

    def _page(self, template: str, **values: Any) -> Made:
        helpers = {
            "marks": MARKS,
            "given": given,
            "is_implied": is_implied,
            "recomputed": partial(worked_out, words=self.words),
            "cases": self.index.cases,
        }
        return 200, kept_together(self.site.html(template, **helpers, **values))

    # --- series and rows ------------------------------------------------------------------------

    def all_series(self) -> Made:
        """Every active series."""
        found = about(self.index.known)["series"]
        return self._page("series_index.html", title="Series", found=found)

    def one_series(self, series: str) -> Made:
        """A publication: who was studied, how well, its rows, and what does not hold."""
        if series not in self.index.known.series:
            return self._no_series(series)
        view = series_view(self.index, series)
        title = self.site.publication(series)
        return self._page(
            "series.html", title=title, view=view, boundary=boundary, spelled_out=spelled_out
        )

    def case(self, series: str, row: str) -> Made:
        """A row, cell by cell."""
        if series not in self.index.known.series:
            return self._no_series(series)
        course = f"{series}/{row}"
        if course not in self.index.cases:
            rows = {each.rpartition("/")[2]: each for each in self.index.rows[series].courses}
            near = [(name, self.site.course(rows[name])) for name in _near(row, rows)]
            return self._missing("row", row, near, ("/series/" + series, "The series"))
        view = case_view(self.index, course)
        title = f"{row}: {view.title}"
        return self._page("case.html", title=title, view=view, row=row, boundary=boundary)

    # --- claims ---------------------------------------------------------------------------------

    def all_claims(self, q: str, verdict: str) -> Made:
        """What every publication says, held against its rows."""
        every = [each for own in self.index.claims.values() for each in own.values()]
        chosen = [e for e in every if verdict in ("", e.verdict) and _says(e, fold(q).split())]
        by_series = [
            (name, by_topic([each for each in chosen if each.series == name]))
            for name in self.index.claims
        ]
        return self._page(
            "claims.html",
            title="Claims",
            by_series=[each for each in by_series if each[1]],
            number=len(chosen),
            total=len(every),
            counts=counted(every),
            verdicts=VERDICTS,
            q=q,
            verdict=verdict,
        )

    def claim(self, series: str, claim: str) -> Made:
        """A statement of a publication and its recomputation."""
        if series not in self.index.known.series:
            return self._no_series(series)
        found = self.index.claims[series].get(claim)
        if found is None:
            near = _near(claim, self.index.claims[series])
            links = [
                (
                    self.index.claims[series][each].claim.says,
                    self.site.at(f"/claims/{series}/{each}"),
                )
                for each in near
            ]
            return self._missing("claim", claim, links, ("/claims", "All claims"))
        view = claim_view(self.index, found)
        return self._page("claim.html", title=view.title, view=view, opened=OPENED)

    # --- rules ----------------------------------------------------------------------------------

    def all_rules(self, q: str, family: str) -> Made:
        """The rules by family, or those that a search finds."""
        found = families(self.index, q, family)
        return self._page(
            "rules.html",
            title="Rules",
            families=found,
            number=sum(len(each.rules) for each in found),
            known_families=list(self.index.known.vocabulary.families.items()),
            active=sum(each.status == "active" for each in self.index.rules.values()),
            unused=unused(self.index),
            q=q,
            family=family,
        )

    def rule(self, rule: str) -> Made:
        """A rule in words and as it is written, its scenarios, and the rows that it cites."""
        found = self.index.rules.get(rule)
        if found is None:
            near = [
                (self.index.rules[each].title, self.site.at(f"/rules/{each}"))
                for each in _near(rule, self.index.rules)
            ]
            return self._missing("rule", rule, near, ("/rules", "All rules"))
        return self._page(
            "rule.html",
            title=found.title,
            view=rule_view(self.index, self.sources, found),
            file=file_of(found),
            scenarios_file=scenarios_of(found),
        )

    def about(self) -> Made:
        """What a reviewer needs to judge the basis of an answer."""
        account = sections(about(self.index.known))
        return self._page(
            "about.html", title="About Seriatim", sections=account[1:], head=account[0]
        )

    # --- what is not there ----------------------------------------------------------------------

    def _no_series(self, series: str) -> Made:
        near = _near(series, self.index.known.series)
        links = [(self.site.publication(each), self.site.at(f"/series/{each}")) for each in near]
        return self._missing("series", series, links, ("/series", "All series"))

    def _missing(
        self, kind: str, wanted: str, near: list[tuple[str, str]], whole: tuple[str, str]
    ) -> Made:
        html = self.site.html(
            "series_missing.html",
            title=f"There is no such {kind}",
            kind=kind,
            wanted=wanted[:80],
            near=near,
            whole=(self.site.at(whole[0]), whole[1]),
        )
        return 404, html


def _near(wanted: str, known: Iterable[str]) -> tuple[str, ...]:
    """The names most like it, or the first few."""
    names = list(known)
    return nearest(wanted, names) or tuple(names[:5])


def _says(each: Recomputed, words: list[str]) -> bool:
    claim = each.claim
    text = fold(" ".join([claim.id, claim.topic, claim.says, claim.printed, claim.note or ""]))
    return all(word in text for word in words)
