"""The data of one series as a reviewer wants them: who was studied, how, and how well."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from seriatim.evidence.discrepancies import recomputed_claims
from seriatim.knowledge.claims import individuals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seriatim.knowledge.library import CourseView, KnowledgeBase
    from seriatim.model.series import Course, Series

AS_PRINTED = " as printed"


def data_of(series: Series, knowledge: KnowledgeBase) -> dict[str, Any]:
    """Design, selection, patients, outcome, appraisal and what is not known."""
    views = [each for each in knowledge.courses.values() if each.series == series.id]
    study = series.study
    return {
        "name": series.citation.name,
        "citation": series.citation.full,
        "read": series.document.read,
        "read_note": series.document.note,
        "document_sha256": series.document.sha256,
        "design": study.design,
        "setting": study.setting,
        "centres": study.centres,
        "control_group": study.control_group,
        "period": {"first": study.period.first, "last": study.period.last},
        "identified": study.identified.n,
        "excluded": study.excluded.n,
        "excluded_because": list(study.excluded_because),
        "courses": len(views),
        "patients": _patients(views, knowledge, probable=False),
        "patients_if_probable_links": _patients(views, knowledge, probable=True),
        "ages": ages(series),
        "sexes": sexes(series),
        "diagnoses": _diagnoses(views, knowledge),
        "drugs": _counted(knowledge.lexicon.name(each.course.drug) for each in views),
        "outcome": _outcome(series),
        "appraisal": _appraisal(series),
        "claims": _verdicts(series, knowledge),
        "not_reported": list(study.not_reported),
        "limits": [each.says for each in series.limits],
    }


def _patients(views: Iterable[CourseView], knowledge: KnowledgeBase, *, probable: bool) -> int:
    return len(individuals(views, knowledge.courses, probable=probable))


def ages(series: Series) -> dict[str, Any]:
    """The span of the printed ages, in years, over the courses that print one."""
    printed = sorted(each.age.years for each in series.courses if each.age)
    of = f"of {len(series.courses)} courses"
    if not printed:
        return {"n": 0, "min": None, "max": None, "says": f"Age is printed for none {of}."}
    low, high = printed[0], printed[-1]
    says = f"Age is printed for {len(printed)} {of}: {low:g} to {high:g} years."
    return {"n": len(printed), "min": low, "max": high, "says": says}


def sexes(series: Series) -> dict[str, Any]:
    """How many individuals have each printed sex."""
    by_person: dict[str, str] = {}
    for each in series.courses:
        if each.sex:
            by_person.setdefault(each.individual, each.sex.sex)
    counts = Counter(by_person.values())
    of = f"of {len(series.individuals)} patients"
    shown = ", ".join(f"{name} {counts[name]}" for name in sorted(counts)) or "none"
    says = f"Sex is printed for {len(by_person)} {of}: {shown}."
    return {"n": len(by_person), "patients": dict(sorted(counts.items())), "says": says}


def _diagnoses(views: Iterable[CourseView], knowledge: KnowledgeBase) -> dict[str, int]:
    return _counted(_diagnosis(each.course, knowledge) for each in views)


def _diagnosis(course: Course, knowledge: KnowledgeBase) -> str:
    """The preferred name; an open term as printed."""
    cell = course.diagnosis
    return knowledge.lexicon.name(cell.concept) if cell.concept else cell.printed + AS_PRINTED


def spelled_out(name: str) -> str:
    """The name of a diagnosis for a reader: `“SS” (not spelled out in print)`."""
    if not name.endswith(AS_PRINTED):
        return name
    return f"\u201c{name.removesuffix(AS_PRINTED)}\u201d (not spelled out in print)"


def design(data: Mapping[str, Any]) -> str:
    """The design, with what it does not say itself of a control group and of centres."""
    control = "with a control group" if data["control_group"] else "no control group"
    centres = "one centre" if data["centres"] == 1 else f"{data['centres']} centres"
    said = data["design"]
    more = [] if "control" in said else [control]
    more += [] if "centre" in said else [centres]
    return "; ".join([said, *more])


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names))


def _outcome(series: Series) -> dict[str, Any]:
    outcome = series.outcome
    return {
        "measure": outcome.measure,
        "levels": {each.level: each.printed for each in outcome.levels},
        "open": list(outcome.open),
    }


def _appraisal(series: Series) -> dict[str, Any]:
    made = series.appraisal
    return {
        "instrument": made.instrument,
        "summary": made.summary,
        "items": [
            {"domain": e.domain, "question": e.question, "answer": e.answer, "reason": e.reason}
            for e in made.items
        ],
    }


def _verdicts(series: Series, knowledge: KnowledgeBase) -> dict[str, int]:
    """How many statements of the publication its rows reproduce, contradict or cannot settle."""
    verdicts = Counter(each.verdict for each in recomputed_claims(knowledge)[series.id])
    return {
        "reproduced": verdicts["reproduced"],
        "contradicted": verdicts["contradicted"],
        "cannot_be_checked": verdicts["cannot be checked"],
    }
