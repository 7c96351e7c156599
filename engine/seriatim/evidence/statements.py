"""Sentences about counts: k of n with the interval, never a bare percentage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.model.base import Relation
    from seriatim.model.evidence import (
        Counts,
        DiagnosisGroup,
        Finding,
        NoLabel,
        Outcomes,
        Share,
        StrongerEvidence,
        UnderstoodProfile,
    )

LEADS: dict[Relation, str] = {
    "direct": "{drug} in {diagnoses}",
    "ambiguous": "{drug} in {diagnoses}, which may or may not be this patient's diagnosis",
    "indirect": "{drug} in patients treated for another diagnosis ({diagnoses})",
}


def interval(share: Share) -> str:
    """`95% CI 6.8-93.2%`, with an en dash."""
    if share.ci95 is None:
        return "no interval"
    low, high = (_per_cent(each) for each in share.ci95)
    return f"95% CI {low}–{high}%"


def _per_cent(share: float) -> str:
    """One decimal; none for the ends of the scale, which are exact."""
    return f"{100 * share:.0f}" if share in (0.0, 1.0) else f"{100 * share:.1f}"


def k_of_n(share: Share) -> str:
    """`2 of 4 (95% CI 6.8-93.2%)`."""
    return f"{share.k} of {share.n} ({interval(share)})"


def _bare(share: Share) -> str:
    return f"{share.k} of {share.n}"


def outcome_parts(outcomes: Outcomes, *, brief: bool = False) -> list[tuple[str, str]]:
    """Each level and its count, failures first, and every one with its interval.

    `brief` leaves the intervals of all but complete responses to the detail.
    """
    unprinted = outcomes.not_printed
    if not outcomes.complete.n:
        return [("", f"response not printed in {unprinted} course{'s' if unprinted != 1 else ''}")]
    said = _bare if brief else k_of_n
    parts = [
        ("none", f"no response {said(outcomes.none)}"),
        ("partial", f"partial {said(outcomes.partial)}"),
        ("complete", f"complete {k_of_n(outcomes.complete)}"),
    ]
    return [*parts, ("", f"not printed {unprinted}")] if unprinted else parts


def failures_first(outcomes: Outcomes, *, brief: bool = False) -> str:
    """`no response 1 of 4 (95% CI …), partial 1 of 4 (95% CI …), complete 2 of 4 (95% CI …)`."""
    return ", ".join(said for _level, said in outcome_parts(outcomes, brief=brief))


def patients(counts: Counts | dict[str, Any]) -> str:
    """`4 patients`, and the other total if probable links would change it."""
    fields = counts if isinstance(counts, dict) else dict(counts)
    n, fewer = fields["n_patients"], fields["n_patients_if_probable_links"]
    text = f"{n} patient{'s' if n != 1 else ''}"
    return text if fewer == n else f"{text} ({fewer} if probable links hold)"


def finding_statement(
    drug: str,
    relation: Relation,
    groups: Sequence[DiagnosisGroup],
    counts: dict[str, Any],
    origin: str,
    only: Sequence[str],
    of_courses: int | None,
) -> str:
    """One sentence for a finding; unlike diagnoses are counted one by one.

    `only` names the groups of which it is made if it is a part of the `of_courses` that there are.
    """
    drug, diagnoses = drug[:1].upper() + drug[1:], ", ".join(each.name for each in groups)
    lead = LEADS[relation].format(drug=drug, diagnoses=diagnoses)
    if only and relation == "indirect":
        lead = f"{drug} {' or '.join(only)} ({diagnoses})"
    elif only:
        n = counts["n_courses"]
        lead += f", only those {' or '.join(only)} ({n} of the library's {of_courses} courses)"
    if len(groups) == 1:
        said = failures_first(counts["outcomes"])
    else:
        said = "; ".join(f"{each.name}: {failures_first(each.outcomes)}" for each in groups)
        said += "; unlike diagnoses are not pooled"
    return f"{lead}: {said}. {patients(counts)}; {origin}."


def silent_labels(no_label: Sequence[NoLabel]) -> list[str]:
    """One sentence for each drug and set of labels, whatever the number of diagnoses."""
    groups: dict[tuple[str, bool], list[str]] = {}
    for each in no_label:
        drug = f"{each.name} ({', '.join(each.labels)})"
        groups.setdefault((drug, each.named_elsewhere), []).append(each.diagnosis_name)
    return [
        not_named(" or ".join(diagnoses), drug, elsewhere=elsewhere)
        for (drug, elsewhere), diagnoses in groups.items()
    ]


def not_named(diagnoses: str, drugs: str, *, elsewhere: bool) -> str:
    """That the labels of a drug do not name a diagnosis; `elsewhere` if yet another one does."""
    if elsewhere:
        return f"Another label of {drugs} does not name {diagnoses}."
    return f"No label seen names {diagnoses} for {drugs}."


def summary_of(
    profile: UnderstoodProfile,
    findings: Sequence[Finding],
    stronger: Sequence[StrongerEvidence],
    no_label: Sequence[NoLabel],
) -> tuple[str, ...]:
    """The ten-second answer in sentences: stronger evidence, then each finding."""
    lines = [each.statement for each in stronger]
    lines += silent_labels(no_label)
    lines += [each.statement for each in findings]
    if not findings:
        named = [each.name or each.given for each in profile.diagnoses if each.status == "active"]
        what = " or ".join(dict.fromkeys(named)) or (
            "a profile whose diagnoses are all history"
            if profile.diagnoses
            else "a profile without a diagnosis"
        )
        drugs = " or ".join(dict.fromkeys(e.name or e.given for e in profile.considering))
        treated = f" treated with {drugs}" if drugs else ""
        lines.append(f"No published course of this library matches {what}{treated}.")
    return tuple(lines)
