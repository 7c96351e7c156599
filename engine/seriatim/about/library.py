"""The whole account: the library's own texts, and of each series what its fields give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim._version import __version__
from seriatim.about.attributes import source_attributes
from seriatim.about.series import data_of
from seriatim.knowledge.claims import individuals

if TYPE_CHECKING:
    from seriatim.knowledge.library import KnowledgeBase

REGULATION = "45 CFR 170.315(b)(11)(iv)(A)"
GUIDANCE = "FDA guidance on clinical decision support software, criterion 4"


def about(knowledge: KnowledgeBase) -> dict[str, Any]:
    """Source attributes and the basis for review, as plain data with stable names.

    A library without texts of its own (`about:` in cases/library.yaml) says that they are not
    stated; what follows from its series is given all the same.
    """
    texts = knowledge.library.about
    basis = [
        {"id": each.id, "title": each.title, "says": list(each.says)}
        for each in (texts.basis if texts else ())
    ]
    return {
        "engine": __version__,
        "knowledge": {
            "version": knowledge.library.version,
            "released": knowledge.library.released,
            "hash": f"sha256:{knowledge.hash}",
            "maintained_by": knowledge.library.maintained_by,
        },
        "counts": {
            "series": len(knowledge.series),
            "courses": len(knowledge.courses),
            "patients": _patients(knowledge, probable=False),
            "patients_if_probable_links": _patients(knowledge, probable=True),
            "rules": len(knowledge.rules),
            "active_rules": sum(each.status == "active" for each in knowledge.rules),
            "labels": len(knowledge.labels),
        },
        "basis_for_review": {"after": GUIDANCE, "stated": bool(basis), "points": basis},
        "series": [
            {
                "id": name,
                "status": each.status,
                "source_attributes": {
                    "after": REGULATION,
                    "attributes": source_attributes(each, knowledge),
                },
                "data": data_of(each, knowledge),
            }
            for name, each in knowledge.series.items()
        ],
    }


def _patients(knowledge: KnowledgeBase, *, probable: bool) -> int:
    return len(individuals(knowledge.courses.values(), knowledge.courses, probable=probable))
