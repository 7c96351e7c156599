"""The account as headed paragraphs, for whatever shows text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.about.series import design, spelled_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SHORT_HASH = 8
Section = tuple[int, str, tuple[str, ...]]
"""Depth of the heading (1 to 3), heading, paragraphs."""


def sections(account: Mapping[str, Any]) -> list[Section]:
    """Everything that `about` gives, in the order in which a reviewer reads it."""
    known = account["knowledge"]
    version = (
        f"Engine {account['engine']}, knowledge {known['version']} ({_short(known['hash'])}), "
        f"released {known['released']}, maintained by {known['maintained_by']}."
    )
    points = account["basis_for_review"]["points"]
    found: list[Section] = [(1, "About Seriatim", (version, _counts(account["counts"])))]
    found += [(2, each["title"], tuple(each["says"])) for each in points]
    if not points:
        found.append((2, "Basis for review", ("Not stated by this library.",)))
    for each in account["series"]:
        found += series_sections(each)
    return [*found, (2, "Which knowledge this is", (f"The hash of its files: {known['hash']}.",))]


def _short(digest: str) -> str:
    return digest.rpartition(":")[2][:SHORT_HASH]


def _counts(counts: Mapping[str, int]) -> str:
    unused = counts["rules"] - counts["active_rules"]
    more = f" in use and {unused} that no answer uses" if unused else ""
    return (
        f"{counts['series']} series, {counts['courses']} courses, {counts['patients']} patients "
        f"({counts['patients_if_probable_links']} if the probable links hold), "
        f"{counts['active_rules']} rules{more}, {counts['labels']} labels."
    )


def series_sections(each: Mapping[str, Any]) -> list[Section]:
    """What is said of one series: an entry of `series` of the account."""
    data, attributes = each["data"], each["source_attributes"]
    return [
        (2, data["name"], (f"{data['citation']} Identifier: {each['id']}.",)),
        (3, f"Source attributes ({attributes['after']})", _attributes(attributes["attributes"])),
        (3, "Who was studied, and how", tuple(_study(data))),
        (3, "Outcome", tuple(_outcome(data["outcome"]))),
        (3, f"Appraisal ({data['appraisal']['instrument']})", tuple(_appraisal(data["appraisal"]))),
        (3, "Not reported", tuple(map(_capital, data["not_reported"])) or ("Nothing is listed.",)),
        (3, "Limits", tuple(data["limits"]) or ("None is listed.",)),
    ]


def _attributes(attributes: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(
        f"{each['number']}. {each['name'].capitalize()}: "
        + (f"{each['use']}. " if each.get("use") else "")
        + " ".join([each["says"], *([each["in_series"]] if "in_series" in each else [])])
        for each in attributes
    )


def _study(data: Mapping[str, Any]) -> Iterable[str]:
    period = data["period"]
    yield f"Design: {design(data)}."
    yield f"Setting: {data['setting']}, {period['first']} to {period['last']}."
    because = "; ".join(data["excluded_because"]) or "no reason is given"
    left = data["identified"] - data["excluded"]
    differ = left != data["patients"]
    though = f" by its own numbers, though the rows are of {data['patients']}" if differ else ""
    yield (
        f"Left out: {data['excluded']} of {data['identified']} identified ({because}), "
        f"which leaves {left}{though}."
    )
    yield (
        f"The rows are {data['courses']} courses of {data['patients']} patients "
        f"({data['patients_if_probable_links']} if the probable links hold). "
        f"{data['ages']['says']} {data['sexes']['says']}"
    )
    diagnoses = {spelled_out(name): n for name, n in data["diagnoses"].items()}
    yield f"Courses by diagnosis: {_listed(diagnoses)}."
    yield f"Courses by drug: {_listed(data['drugs'])}."
    claims = data["claims"]
    yield (
        "Statements of the publication held against its rows: "
        f"{claims['contradicted']} contradicted, {claims['cannot_be_checked']} cannot be checked, "
        f"{claims['reproduced']} reproduced."
    )
    yield f"Read as {data['read']}. {data['read_note']} Its sha256: {data['document_sha256']}."


def _listed(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counted.items())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _outcome(outcome: Mapping[str, Any]) -> Iterable[str]:
    levels = "; ".join(
        f"{'no response' if name == 'none' else name} \u201c{said}\u201d"
        for name, said in outcome["levels"].items()
    )
    yield f"{_capital(outcome['measure'])}."
    yield f"Levels as printed: {levels}."
    yield from outcome["open"]


def _appraisal(appraisal: Mapping[str, Any]) -> Iterable[str]:
    yield appraisal["summary"]
    for each in appraisal["items"]:
        yield f"{each['question']} {each['answer'].capitalize()}. {each['reason']}"
