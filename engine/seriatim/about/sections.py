"""The account as headed paragraphs, for whatever shows text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Section = tuple[int, str, tuple[str, ...]]
"""Depth of the heading (1 to 3), heading, paragraphs."""


def sections(account: Mapping[str, Any]) -> list[Section]:
    """Everything that `about` gives, in the order in which a reviewer reads it."""
    known = account["knowledge"]
    version = (
        f"Engine {account['engine']}, knowledge {known['version']} ({known['hash']}), released "
        f"{known['released']}, maintained by {known['maintained_by']}."
    )
    points = account["basis_for_review"]["points"]
    found: list[Section] = [(1, "About Seriatim", (version, _counts(account["counts"])))]
    found += [(2, each["title"], tuple(each["says"])) for each in points]
    if not points:
        found.append((2, "Basis for review", ("Not stated by this library.",)))
    for each in account["series"]:
        found += series_sections(each)
    return found


def _counts(counts: Mapping[str, int]) -> str:
    return (
        f"{counts['series']} series, {counts['courses']} courses, {counts['patients']} patients "
        f"({counts['patients_if_probable_links']} if the probable links hold), "
        f"{counts['rules']} rules, {counts['labels']} labels."
    )


def series_sections(each: Mapping[str, Any]) -> list[Section]:
    """What is said of one series: an entry of `series` of the account."""
    data, attributes = each["data"], each["source_attributes"]
    return [
        (2, f"Series {each['id']}", (data["citation"],)),
        (3, f"Source attributes ({attributes['after']})", _attributes(attributes["attributes"])),
        (3, "Who was studied, and how", tuple(_study(data))),
        (3, "Outcome", tuple(_outcome(data["outcome"]))),
        (3, f"Appraisal ({data['appraisal']['instrument']})", tuple(_appraisal(data["appraisal"]))),
        (3, "Not reported", tuple(data["not_reported"]) or ("Nothing is listed.",)),
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
    control = "with a control group" if data["control_group"] else "no control group"
    period = data["period"]
    centres = "one centre" if data["centres"] == 1 else f"{data['centres']} centres"
    yield f"Design: {data['design']}; {control}; {centres}."
    yield f"Setting: {data['setting']}, {period['first']} to {period['last']}."
    because = "; ".join(data["excluded_because"]) or "no reason is given"
    yield f"Left out: {data['excluded']} of {data['identified']} identified ({because})."
    yield (
        f"{data['courses']} courses of {data['patients']} patients "
        f"({data['patients_if_probable_links']} if the probable links hold). "
        f"{data['ages']['says']} {data['sexes']['says']}"
    )
    yield f"Courses by diagnosis: {_listed(data['diagnoses'])}."
    yield f"Courses by drug: {_listed(data['drugs'])}."
    claims = data["claims"]
    yield (
        f"Statements of the publication held against its rows: {claims['reproduced']} reproduced, "
        f"{claims['contradicted']} contradicted, {claims['cannot_be_checked']} cannot be checked."
    )
    yield f"Read: {data['read']}; sha256 {data['document_sha256']}."


def _listed(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counted.items())


def _outcome(outcome: Mapping[str, Any]) -> Iterable[str]:
    levels = "; ".join(f"{name} \u201c{said}\u201d" for name, said in outcome["levels"].items())
    yield f"{outcome['measure']}."
    yield f"Levels as printed: {levels}."
    yield from outcome["open"]


def _appraisal(appraisal: Mapping[str, Any]) -> Iterable[str]:
    yield appraisal["summary"]
    for each in appraisal["items"]:
        yield f"{each['question']} {each['answer'].capitalize()}: {each['reason']}"
