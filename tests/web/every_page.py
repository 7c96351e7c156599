"""An address for every kind of page and every state of the look-up, and what axe finds there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paper import MANY, WORKED

if TYPE_CHECKING:
    from playwright.sync_api import Page

FIRST = "nyu-2022-il1"
STATE = WORKED["behcet"]

LOOK_UPS = {
    "empty": "/",
    **{f"answer {name}": f"/?{query}" for name, query in WORKED.items()},
    "answer everything": f"/?{MANY}",
    "answer open": "/?diagnosis=SS",
    "answer history": "/?diagnosis=AOSD&history=psoriasis&obs.pregnancy=no&sort=-months",
    "faults": "/?age=300&diagnosis=Bechet&therapy=anakira:pats&event=neutropena&obs.neutrophils=x",
    "refused": "/?diagnosis=%zz&unheard=1",
}
"""The look-up: empty, answered, and with faults beside its fields or in the address itself."""

LIBRARY = {
    "all series": "/series",
    "series": f"/series/{FIRST}",
    "row": f"/cases/{FIRST}/T2R5",
    "row with an open term": f"/cases/{FIRST}/T2R7",
    "claims": "/claims?verdict=contradicted",
    "claim": f"/claims/{FIRST}/switched-with-success",
    "claim read otherwise": f"/claims/{FIRST}/mean-age",
    "rules": "/rules",
    "rule": "/rules/after-failure-same-diagnosis",
    "draft rule": "/rules/no-response-before",
    "about": "/about",
    "missing": "/rules/same-diagnoses",
    "missing series": "/series/nyu-2022",
    "missing row": f"/cases/{FIRST}/T9R1",
    "unknown page": "/nothing",
}

PAPERS = {
    "sheet": f"/sheet?{STATE}",
    "sheet of an open diagnosis": "/sheet?diagnosis=SS",
    "sheet of everything": f"/sheet?{MANY}",
    "sheet of M04.1": f"/sheet?{WORKED['code']}",
    "sheet without courses": f"/sheet?{WORKED['psoriasis']}",
    "empty sheet": "/sheet",
    "faulty sheet": "/sheet?diagnosis=behets",
    "letter": f"/letter?{STATE}",
    "refused letter": "/letter?diagnosis=AOSD&considering=canakinumab",
    "which drug": "/letter?diagnosis=AOSD",
}

PAGES = {**LOOK_UPS, **LIBRARY, **PAPERS}

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
UNFOLD = "document.querySelectorAll('details').forEach((each) => (each.open = true))"


def violations(page: Page, path: str) -> list[str]:
    """What axe finds of WCAG 2.2 AA and best practices in a page with everything unfolded."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - only with a browser

    page.goto(path)
    page.evaluate(UNFOLD)
    options = {"resultTypes": ["violations"], "runOnly": RULES}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{path}: {each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]
