"""The thirteen source attributes of a series, in the order of the regulation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

from seriatim.about.series import ages, sexes
from seriatim.model.about import AttributeId

if TYPE_CHECKING:
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.about import AboutLibrary, UseOfData
    from seriatim.model.series import Series

NOT_STATED = "Not stated."


def source_attributes(series: Series, knowledge: KnowledgeBase) -> list[dict[str, Any]]:
    """Each with its number, name, whether it is stated, and what is said.

    5 to 13 also say how the data are used and whether the series reports them.
    """
    texts = knowledge.library.about
    found = [
        _citation(series),
        _attribute(
            "developer", "developer of the intervention", texts.developer if texts else None
        ),
        _attribute(
            "funding",
            "funding source of the technical implementation",
            texts.funding if texts else None,
        ),
        _dates(series, knowledge),
        *_uses(series, texts),
    ]
    return [{"number": number, **each} for number, each in enumerate(found, 1)]


def _attribute(name: str, title: str, says: str | None) -> dict[str, Any]:
    return {"id": name, "name": title, "stated": says is not None, "says": says or NOT_STATED}


def _citation(series: Series) -> dict[str, Any]:
    return {
        **_attribute("citation", "bibliographic citation", series.citation.full),
        "read": series.document.read,
    }


def _dates(series: Series, knowledge: KnowledgeBase) -> dict[str, Any]:
    cited, library = series.citation, knowledge.library
    online = f", online {cited.published_online}" if cited.published_online else ""
    says = (
        f"Published {cited.issued}{online}. Transcribed {series.created}, last revised "
        f"{series.revised}. Knowledge {library.version}, released {library.released}."
    )
    return {
        **_attribute("dates", "release and revision dates", says),
        "published": cited.issued,
        "published_online": cited.published_online,
        "transcribed": series.created,
        "revised": series.revised,
        "knowledge_released": library.released,
    }


def _uses(series: Series, texts: AboutLibrary | None) -> list[dict[str, Any]]:
    """The use of each kind of data in the order of the regulation."""
    said = {each.id: each for each in texts.uses} if texts else {}
    return [_use(each, said.get(each), series) for each in get_args(AttributeId)]


def _use(name: str, use: UseOfData | None, series: Series) -> dict[str, Any]:
    title = f"use of {use.name if use else name.replace('-', ' ')}"
    reported, in_series = _reported(use, series)
    return {
        **_attribute(name, title, use.says if use else None),
        "use": use.use if use else None,
        "reported": reported,
        "in_series": in_series,
    }


def _reported(use: UseOfData | None, series: Series) -> tuple[str, str]:
    """Whether the series shows this of its patients: printed, not reported or not stated."""
    if use is not None and use.cell == "sex":
        return "printed", sexes(series)["says"]
    if use is not None and use.cell == "age":
        return "printed", ages(series)["says"]
    for phrase in series.study.not_reported:
        if use is not None and any(_names(word, phrase) for word in use.reported_as):
            missing = phrase.replace(" and ", " or ")
            return "not reported", f"The series does not report {missing}."
    return "not stated", "Nothing of it is transcribed from the series."


def _names(word: str, phrase: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", phrase, re.IGNORECASE) is not None
