"""What the library holds, as answers: courses, series, claims, rules, terms, schemas, about."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

from seriatim._version import __version__
from seriatim.about import about, sections, series_sections
from seriatim.errors import ProfileError
from seriatim.evidence.discrepancies import recomputed_claims
from seriatim.evidence.filters import Filters, select, unknown_series
from seriatim.export import cohort, fhir_bundle, phenopacket
from seriatim.knowledge.schemas import json_schemas
from seriatim.render.json import to_json
from seriatim.render.plain import plain, plain_claim, plain_observations, plain_rule
from seriatim.render.sections import sections_markdown
from seriatim.render.table import cases_csv
from seriatim.service.rest import pages
from seriatim.service.rest.faults import not_found, of_filters
from seriatim.service.rest.forms import Forms, json_forms
from seriatim.service.rest.search import Terms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seriatim.knowledge.library import CourseView
    from seriatim.service.context import Context


class Library:
    """Answers about the knowledge; they depend on nothing else. Made once at start."""

    def __init__(self, context: Context, at: str) -> None:
        """Read all of it; `at` is the path of the page of courses."""
        self.at = at
        engine = context.engine
        self.known = engine.knowledge
        self.cases_by_id = engine.cases
        self.claims_by_series = recomputed_claims(self.known)
        self.rules_by_id = {each.id: each for each in self.known.rules}
        self.grounded = Counter(each.rule.id for each in engine.program.rules)
        self.terms_index = Terms(self.known.lexicon)
        self.account = about(self.known)

    @cached_property
    def schemas_by_kind(self) -> Mapping[str, Mapping[str, Any]]:
        """JSON Schemas, made when one is first asked for."""
        return json_schemas()

    # --- courses ------------------------------------------------------------------------------

    def cases(self, query: Mapping[str, Any]) -> Forms:
        """Every course that the filters leave."""
        try:
            views = select(self.known, Filters(**{n: query[n] for n in Filters.names()}))
        except ProfileError as error:
            raise of_filters(error) from None
        cases = [self.cases_by_id[each.id] for each in views]
        return Forms(
            "Courses",
            {
                "json": lambda: to_json([plain(each) for each in cases]),
                "markdown": lambda: pages.cases_page("Courses", cases, self.at),
                "csv": lambda: cases_csv(cases),
                "fhir": lambda: to_json(fhir_bundle(self.known, views)),
                "phenopacket": lambda: to_json(cohort(self.known, views)),
            },
        )

    def case(self, _query: Mapping[str, Any], series: str, course: str) -> Forms:
        """One course."""
        view = self._course(series, course)
        case = self.cases_by_id[view.id]
        return Forms(
            f"Course {view.id}",
            {
                "json": lambda: to_json(plain(case)),
                "markdown": lambda: pages.case_page(case, plain(case), self.at),
                "csv": lambda: cases_csv([case]),
                "fhir": lambda: to_json(fhir_bundle(self.known, [view])),
                "phenopacket": lambda: to_json(phenopacket(self.known, view)),
            },
        )

    def case_fhir(self, query: Mapping[str, Any], series: str, course: str) -> Forms:
        """One course as a FHIR Bundle, whatever is accepted."""
        return self._only("fhir", self.case(query, series, course))

    def case_phenopacket(self, query: Mapping[str, Any], series: str, course: str) -> Forms:
        """One course as a Phenopacket."""
        return self._only("phenopacket", self.case(query, series, course))

    def _only(self, form: str, forms: Forms) -> Forms:
        """The one form; JSON is accepted for it too."""
        maker = forms.makers[form]
        return Forms(forms.title, {form: maker, "json": maker})

    def _course(self, series: str, course: str) -> CourseView:
        self._series(series)
        view = self.known.courses.get(f"{series}/{course}")
        if view is None:
            own = (e.course.id for e in self.known.courses.values() if e.series == series)
            raise not_found("course", course, own)
        return view

    def _series(self, wanted: str) -> str:
        if wanted not in self.known.series:
            raise not_found("series", wanted, self.known.series)
        return wanted

    # --- series and claims --------------------------------------------------------------------

    def series(self, _query: Mapping[str, Any]) -> Forms:
        """The publications."""
        found = [
            {
                "id": each["id"],
                "status": each["status"],
                **{
                    name: each["data"][name] for name in ("citation", "read", "courses", "patients")
                },
            }
            for each in self.account["series"]
        ]
        return json_forms("Series", found, lambda: pages.series_list(found))

    def one_series(self, _query: Mapping[str, Any], series: str) -> Forms:
        """One publication: its fields, its source attributes and the ids of its courses."""
        model = self.known.series[self._series(series)]
        [account] = [each for each in self.account["series"] if each["id"] == series]
        ids = [each.id for each in self.known.courses.values() if each.series == series]
        kept = model.model_dump(mode="json", exclude={"courses", "claims", "individuals"})
        found = {
            **kept,
            "courses": ids,
            "individuals": len(model.individuals),
            "source_attributes": account["source_attributes"],
            "data": account["data"],
        }
        said = [(depth - 1, title, text) for depth, title, text in series_sections(account)]
        cases = [self.cases_by_id[each] for each in ids]
        return json_forms(
            f"Series {series}",
            found,
            lambda: pages.series_page(said, cases, self.at),
        )

    def claims(self, query: Mapping[str, Any]) -> Forms:
        """What the publications say, recomputed from their rows."""
        series, verdict = query["series"], query["verdict"]
        if series is not None and series not in self.known.series:
            raise of_filters(unknown_series(series, self.known.series))
        found = [
            each
            for name, claims in self.claims_by_series.items()
            for each in claims
            if series in {None, name} and verdict in {None, each.verdict}
        ]
        return json_forms(
            "Claims", [plain_claim(each) for each in found], lambda: pages.claims_page(found)
        )

    # --- rules and terms ----------------------------------------------------------------------

    def rules(self, query: Mapping[str, Any]) -> Forms:
        """The rules, all or of one family."""
        found = [e for e in self.known.rules if query["family"] in {None, e.family}]
        return json_forms(
            "Rules",
            [plain_rule(each, self.known, self.grounded[each.id]) for each in found],
            lambda: pages.rules_page(found, self.known, self.grounded),
        )

    def rule(self, _query: Mapping[str, Any], rule: str) -> Forms:
        """One rule in words."""
        model = self.rules_by_id.get(rule)
        if model is None:
            raise not_found("rule", rule, self.rules_by_id)
        found = plain_rule(model, self.known, self.grounded[rule])
        return json_forms(f"Rule {rule}", found, lambda: pages.rule_page(model, self.known, found))

    def observations(self, _query: Mapping[str, Any]) -> Forms:
        """What rules ask for beyond the fixed fields of a profile."""
        found = plain_observations(self.known.vocabulary)
        return json_forms("Observations", found, lambda: pages.observations_page(found))

    def terms(self, query: Mapping[str, Any]) -> Forms:
        """Terms whose names or codes are like what was typed."""
        typed = query["q"]
        hits = self.terms_index.search(typed, query["kind"], query["limit"])
        return json_forms(
            "Terms", {"query": typed, "hits": hits}, lambda: pages.hits_page(typed, hits)
        )

    def term(self, _query: Mapping[str, Any], term: str) -> Forms:
        """One term with its names and codes."""
        concepts = self.known.lexicon.concepts
        concept = concepts.get(term)
        if concept is None:
            raise not_found("term", term, concepts)
        return json_forms(
            f"Term {term}", concept.model_dump(mode="json"), lambda: pages.term_page(concept)
        )

    # --- the knowledge as a whole -------------------------------------------------------------

    def knowledge(self, _query: Mapping[str, Any]) -> Forms:
        """Version and hash of the knowledge that answers."""
        known = self.known
        found = {
            "version": known.library.version,
            "released": known.library.released,
            "maintained_by": known.library.maintained_by,
            "hash": known.hash,
            "engine": __version__,
            "courses": len(known.courses),
            "rules": len(known.rules),
            "series": [
                {
                    "id": each.id,
                    "hash": each.document.sha256,
                    "status": each.status,
                    "citation": each.citation.short,
                    "read": f"{each.document.read}, as extracted",
                }
                for each in known.series.values()
            ],
        }
        return json_forms("Knowledge", found, lambda: pages.knowledge_page(found))

    def about(self, _query: Mapping[str, Any]) -> Forms:
        """Source attributes and the basis for review."""
        return json_forms("About", self.account, lambda: sections_markdown(sections(self.account)))

    def schemas(self, _query: Mapping[str, Any]) -> Forms:
        """JSON Schemas of every kind of file."""
        return self._schema("Schemas", self.schemas_by_kind)

    def schema(self, _query: Mapping[str, Any], kind: str) -> Forms:
        """One of them."""
        if kind not in self.schemas_by_kind:
            raise not_found("schema", kind, self.schemas_by_kind)
        return self._schema(f"Schema {kind}", self.schemas_by_kind[kind])

    def _schema(self, title: str, value: Mapping[str, Any]) -> Forms:
        return Forms(title, {"json": lambda: to_json(value), "schema": lambda: to_json(value)})
