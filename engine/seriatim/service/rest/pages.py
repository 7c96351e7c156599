"""Lists and single things of the library as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.knowledge.claims import with_unit
from seriatim.render.markup import bullets, escape, table
from seriatim.render.rulebook import conditions, consequence, drawn_from
from seriatim.render.sections import sections_markdown
from seriatim.render.table import cases_markdown
from seriatim.render.words import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from seriatim.knowledge.claims import Recomputed
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.evidence import CourseCase
    from seriatim.model.rule import Rule
    from seriatim.model.terms import Concept


def page(*blocks: Sequence[str]) -> str:
    """Blocks of lines with an empty line between them."""
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def cases_page(title: str, cases: Sequence[CourseCase], at: str) -> str:
    """Courses as a table, with how many there are; `at` is where each has its page."""
    rows = case_rows(cases, at) if cases else []
    return page([f"# {escape(title)}"], [f"{plural(len(cases), 'course')}."], rows)


def case_rows(cases: Sequence[CourseCase], at: str) -> list[str]:
    """The table of courses, each with a link to its own page under `at`."""
    head, line, *rows = cases_markdown(cases).splitlines()
    return [
        head,
        line,
        *(_linked(row, f"{at}/{each.course}") for row, each in zip(rows, cases, strict=True)),
    ]


def _linked(row: str, to: str) -> str:
    _start, first, rest = row.split("|", 2)
    return f"| [{first.strip()}]({to}) |{rest}"


def case_page(case: CourseCase, plain: Mapping[str, Any], at: str) -> str:
    """One course: its row, then every field; what is printed as nothing is none."""
    fields = ((name, _field(value)) for name, value in plain.items())
    return page(
        [f"# Course {escape(case.course)}"],
        [escape(f"{case.citation}; {_place(plain['at'])}.")],
        case_rows([case], at),
        ["## Every field"],
        table(("Field", "Value"), fields),
    )


def _field(value: Any) -> str:
    if value is None:
        return "not printed"
    return _shown(value) if value != [] else "none"


def _place(at: Mapping[str, Any]) -> str:
    parts = [f"{name} {at[name]}" for name in ("table", "row", "section", "page") if at.get(name)]
    return ", ".join(parts)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        kept = (f"{name}: {_shown(each)}" for name, each in value.items() if each is not None)
        return "; ".join(kept)
    if isinstance(value, list):
        return " | ".join(_shown(each) for each in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def series_list(series: Iterable[Mapping[str, Any]]) -> str:
    """The publications of the library."""
    head = ("Series", "Publication", "Courses", "Patients", "Read")
    rows = (
        (e["id"], e["citation"], str(e["courses"]), str(e["patients"]), e["read"]) for e in series
    )
    return page(["# Series"], table(head, rows))


def series_page(
    sections: Sequence[tuple[int, str, tuple[str, ...]]], cases: Sequence[CourseCase], at: str
) -> str:
    """A publication: its citation, its courses row by row, then what is said of it."""
    rows = page(["## Courses, row by row"], case_rows(cases, at))
    return f"{sections_markdown(sections[:1])}\n{rows}\n{sections_markdown(sections[1:])}"


def claims_page(claims: Sequence[Recomputed]) -> str:
    """What publications say, held against their rows."""
    head = ("Claim", "Verdict", "Says", "Printed", "At", "Recomputed", "Remarks")
    return page(
        ["# Statements of the publications, held against their own rows"],
        [f"{plural(len(claims), 'claim')}."],
        table(head, map(_claim, claims)) if claims else [],
    )


def _claim(each: Recomputed) -> tuple[str, ...]:
    claim = each.claim
    readings = (f"{name}: {shown}" for name, shown, _holds in each.alternatives)
    against = [f"against it: {', '.join(each.counterexamples)}"] if each.counterexamples else []
    remarks = [*readings, *against, *filter(None, (claim.cannot_check, claim.note))]
    return (
        f"{each.series}: {claim.id}",
        each.verdict,
        claim.says,
        f"\u201c{claim.printed}\u201d",
        str(claim.at),
        with_unit(claim.recompute, claim, each.shown),
        "; ".join(remarks),
    )


def rules_page(rules: Sequence[Rule], known: KnowledgeBase, grounded: Mapping[str, int]) -> str:
    """Rules by family."""
    blocks = []
    for family, says in known.vocabulary.families.items():
        own = [each for each in rules if each.family == family]
        if own:
            rows = ((e.id, e.title, e.status, str(grounded.get(e.id, 0))) for e in own)
            blocks += [
                [f"## {escape(f'{family}: {says}')}"],
                table(("Rule", "Title", "Status", "Combinations"), rows),
            ]
    return page(["# Rules"], [f"{plural(len(rules), 'rule')}."], *blocks)


def rule_page(rule: Rule, known: KnowledgeBase, plain: Mapping[str, Any]) -> str:
    """One rule in words."""
    about = (
        f"{rule.id}, {rule.family}, {rule.status}; by {rule.author}, revised {rule.revised}; "
        f"{plural(plain['groundings'], 'combination')} in this library; stands in "
        f"{plain['source']}."
    )
    return sections_markdown(
        [
            (1, rule.title, (rule.rationale, about)),
            (2, "If", tuple(conditions(rule, known))),
            (2, "Then", (consequence(rule.then, known),)),
            (2, "Drawn from", tuple(drawn_from(each) for each in rule.drawn_from)),
        ]
    )


def observations_page(observations: Mapping[str, Mapping[str, Any]]) -> str:
    """What rules ask for beyond the fixed fields of a profile."""
    rows = (
        (name, each["says"], each["type"], each["unit"] or "", _bounds(each))
        for name, each in observations.items()
    )
    return page(["# Observations"], table(("Name", "Meaning", "Type", "Unit", "Bounds"), rows))


def _bounds(each: Mapping[str, Any]) -> str:
    low, high = each["low"], each["high"]
    return "" if low is None or high is None else f"{low:g} to {high:g}"


def hits_page(typed: str, hits: Sequence[Mapping[str, Any]]) -> str:
    """Terms that were found."""
    rows = (
        (
            each["name"],
            each["kind"],
            each["id"] or f"open: {', '.join(each['could_be'])}",
            f"{each['matched']['text']} ({each['matched']['by']}, {each['matched']['rank']})",
        )
        for each in hits
    )
    head = ("Term", "Kind", "Id", "Found by")
    return page([f"# Terms like {escape(typed)}"], table(head, rows) if hits else ["None."])


def term_page(concept: Concept) -> str:
    """One concept with its names and codes."""
    names = ((each.name, each.type, each.source) for each in concept.names)
    codes = (
        (e.system, e.code, e.display or "", e.scope, e.status, e.source, e.remark or "")
        for e in concept.codes
    )
    return page(
        [f"# {escape(concept.name)}"],
        [escape(f"{concept.kind}, id {concept.id}. {concept.note or ''}".strip())],
        ["## Names"],
        table(("Name", "Type", "Source"), names),
        ["## Codes"],
        table(("System", "Code", "Display", "Scope", "Status", "Source", "Remark"), codes),
    )


def knowledge_page(known: Mapping[str, Any]) -> str:
    """Version, hash and series."""
    said = [f"{name}: {each}" for name, each in known.items() if isinstance(each, (str, int))]
    series = [f"{each['id']}: {each['citation']} ({each['status']})" for each in known["series"]]
    return page(["# Knowledge"], bullets(said), ["## Series"], bullets(series))


def index_page(links: Mapping[str, str], says: str) -> str:
    """Where everything is."""
    return page(["# Seriatim"], [escape(says)], [f"- [{n}]({at})" for n, at in links.items()])


def replay_page(result: Mapping[str, Any]) -> str:
    """What changed since a report was saved."""
    rows = ((e["path"], _shown(e.get("old")), _shown(e.get("new"))) for e in result["changes"])
    more = [f"and {result['more']} more."] if result["more"] else []
    changes = table(("Path", "Old", "New"), rows) if result["changes"] else []
    said = [f"{n}: {result[n]['old']} → {result[n]['new']}" for n in ("knowledge", "engine")]
    return page([f"# {escape(result['result'])}"], bullets(said), changes, more)


def reading_page(reading: Mapping[str, Any]) -> str:
    """What was read from FHIR: facts, contradictions, and what was left out."""
    facts = (
        (e["field"], e["term"], e["resource"], f"{e['how']}: {e['matched']}", e.get("note", ""))
        for e in reading["facts"]
    )
    skipped = (f"{e['resource_type']} {e['count']}: {e['why']}" for e in reading["skipped"])
    unknown = (f"{name} {n}: nothing known in it" for name, n in reading["unrecognised"].items())
    against = (_conflict(each) for each in reading["conflicts"])
    return page(
        ["## Read from FHIR"],
        [f"{plural(reading['resources'], 'resource')}."],
        table(("Field", "Term", "Resource", "Recognised by", "Note"), facts)
        if reading["facts"]
        else ["Nothing of it is known here."],
        *_list("Contradictions in the data", against),
        *_list("Left out", (*skipped, *unknown)),
    )


def _conflict(each: Mapping[str, Any]) -> str:
    return f"{each['statement']} ({', '.join(each['resources'])})"


def _list(title: str, items: Iterable[str]) -> list[list[str]]:
    lines = bullets(items)
    return [[f"### {title}"], lines] if lines else []
