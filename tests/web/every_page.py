"""An address for every kind of page and every state of the look-up."""

from __future__ import annotations

from paper import MANY, WORKED

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
