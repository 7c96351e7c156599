"""What a sheet and a letter say, held against what the report says in every other rendering."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from html_tree import Element, read_html

from seriatim.render.canvas import GLUE
from seriatim.render.json import render_json
from seriatim.render.markdown import render_markdown
from seriatim.render.markup import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seriatim.model.evidence import Case, EvidenceReport

APART = frozenset({"p", "li", "td", "th", "h1", "h2", "h3", "caption", "div", "section", "ul"})
HASH = re.compile(r"\b[0-9a-f]{8,64}\b")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
COUNT = re.compile(r"\d+ of \d+(?: \((?:complete )?95% CI [\d.]+\u2013[\d.]+%)?")
WORSE = {
    *("proven", "superior", "effective", "effectiveness", "efficacy", "guarantee", "best"),
    *("should be given", "medically necessary", "first-line", "safe and", "well tolerated"),
}
"""Words of advocacy: neither the report nor anything made of it has them."""
WORKED = {
    "behcet": "age=30&sex=female&diagnosis=Beh%C3%A7et%27s+disease&therapy=colchicine"
    "&therapy=methotrexate&therapy=hydroxychloroquine&therapy=mycophenolate&therapy=etanercept"
    "&therapy=anakinra:past:partial&considering=canakinumab",
    "still": "diagnosis=AOSD&tried=nothing",
    "schnitzler": "diagnosis=Schnitzler+syndrome",
    "sclerosis": "diagnosis=systemic+sclerosis",
    "code": "diagnosis=ICD-10-CM:M04.1",
    "psoriasis": "diagnosis=psoriasis",
    "boy": "age=9&sex=male&diagnosis=TRAPS",
}
"""The worked answers, as addresses."""
MANY = (
    "age=9&sex=female&diagnosis=AOSD&diagnosis=Beh%C3%A7et%27s+disease&diagnosis=TRAPS"
    "&diagnosis=HIDS&diagnosis=SS&diagnosis=discoid+lupus&therapy=anakinra:past:none:intolerance"
    "&therapy=etanercept:current&therapy=colchicine&therapy=methotrexate&event=neutropenia:anakinra"
    "&event=transaminitis&obs.neutrophils=1.0&obs.creatinine_clearance=20&obs.pregnancy=yes"
    "&obs.active_infection=yes&obs.live_vaccine_planned=yes&obs.hypersensitivity_canakinumab=yes"
    "&obs.hypersensitivity_e_coli_protein=yes"
)
"""Everything at once: every course but few, every caution."""


def said(report: EvidenceReport) -> str:
    """Everything that a report says as Markdown and JSON, marks of Markdown taken out."""
    parts = [
        render_markdown(report, why=True, everything=True),
        render_markdown(report),
        render_json(report),
    ]
    text = "\n".join(parts).replace(NOTHING, "").replace("&lt;", "<").replace("&gt;", ">")
    return text.replace("&amp;", "&").replace("\\", "").replace(GLUE, " ")


def article(html: str) -> str:
    """The text of the paper of a page, every paragraph and cell apart from the next."""
    return " ".join("".join(_pieces(read_html(html).one("article"))).split())


def _pieces(element: Element) -> Iterator[str]:
    for each in element.parts:
        if isinstance(each, str):
            yield each
        else:
            apart = " " if each.tag in APART else ""
            yield apart
            yield from _pieces(each)
            yield apart


def more_than(text: str, report: EvidenceReport) -> set[str]:
    """Numbers and counts of a text that the report does not have."""
    known = said(report)
    numbers = _numbers(text) - _numbers(known)
    return numbers | (set(COUNT.findall(text)) - set(COUNT.findall(known)))


def _numbers(text: str) -> set[str]:
    """The numbers of a text, but the digits of a hash; `8.0` of JSON is the `8` of words."""
    return {each.removesuffix(".0") for each in NUMBER.findall(HASH.sub("", text))}


def left_out(text: str, cases: Iterable[Case]) -> list[tuple[str, str]]:
    """Failures and adverse events of cited courses that a text does not name."""
    missing = []
    for each in cases:
        name = each.course.rpartition("/")[2]
        if each.response.level == "none" and not re.search(rf"No response: [^.]*\b{name}\b", text):
            missing.append((name, "none"))
        for event in each.adverse_events or ():
            counted = re.search(
                rf"(?i){re.escape(event.name)} \d+ of \d+ \([^)]*\b{name}\b[^)]*\)", text
            )
            if not counted:
                missing.append((name, event.name))
    return missing
