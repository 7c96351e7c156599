"""Checks of `cases/labels/`."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from seriatim.knowledge.checks.base import Check, unknown_term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.draft import Draft


class LabelTerms(Check):
    """Why: an indication for a diagnosis that no one can have is stronger evidence lost.

    Avoid: the label's words. Prefer: ids of diagnoses and drugs; the words go into `says`.
    """

    codes = ("T301",)

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """T301: unknown drug or diagnosis."""
        for label, document in draft.labels:
            if problem := unknown_term(draft, document, ("drug",), label.drug, "drug"):
                yield problem
            covered = [
                *(("indications", i, each.diagnoses) for i, each in enumerate(label.indications)),
                *(("doses", i, each.diagnoses) for i, each in enumerate(label.doses)),
            ]
            for part, position, diagnoses in covered:
                for index, diagnosis in enumerate(diagnoses):
                    path = (part, position, "diagnoses", index)
                    if problem := unknown_term(draft, document, path, diagnosis, "diagnosis"):
                        yield problem


class LabelIds(Check):
    """Why: rules point to labels and their facts by id.

    Avoid: an id twice, or one that is not the file's name. Prefer: `<brand>-<jurisdiction>`.
    """

    codes = ("L601", "L602")

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """L601: id and file name differ. L602: an id stands twice within a list."""
        for label, document in draft.labels:
            if PurePosixPath(document.path).stem != label.id:
                yield document.problem("L601", ("id",), f"id {label.id} is not the file's name")
            parts = {
                "indications": [each.id for each in label.indications],
                "doses": [each.id for each in label.doses],
                "warnings": [each.id for each in label.warnings],
            }
            for part, ids in parts.items():
                for position, each in enumerate(ids):
                    if each in ids[:position]:
                        yield document.problem(
                            "L602", (part, position, "id"), f"{part} has {each} twice"
                        )


CHECKS = (LabelTerms, LabelIds)
