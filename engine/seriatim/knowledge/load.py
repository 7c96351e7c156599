"""Loads the knowledge, or says everything that is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.errors import KnowledgeError
from seriatim.knowledge.checks import CHECKS
from seriatim.knowledge.draft import read_draft
from seriatim.knowledge.library import KnowledgeBase, views_of
from seriatim.knowledge.locate import knowledge_root
from seriatim.model.rule import Library

if TYPE_CHECKING:
    import os

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.draft import Draft
    from seriatim.knowledge.library import CourseView


def load_knowledge(path: str | os.PathLike[str] | None = None) -> KnowledgeBase:
    """Return the knowledge under `path` (see `knowledge_root`).

    Raises KnowledgeError with every diagnostic of severity error, KnowledgeNotFoundError if
    there is none.
    """
    knowledge, diagnostics = read_knowledge(path)
    if knowledge is None:
        raise KnowledgeError([each for each in diagnostics if each.severity == "error"])
    return knowledge


def read_knowledge(
    path: str | os.PathLike[str] | None = None,
) -> tuple[KnowledgeBase | None, tuple[Diagnostic, ...]]:
    """Return the knowledge (None if it has errors) and every diagnostic, in the order of files."""
    draft, found = read_and_check(path)
    if any(each.severity == "error" for each in found):
        return None, found
    return build(draft), found


def read_and_check(
    path: str | os.PathLike[str] | None = None,
) -> tuple[Draft, tuple[Diagnostic, ...]]:
    """What could be read of the files, and every diagnostic of them, in the order of files."""
    draft = read_draft(knowledge_root(path))
    found = draft.diagnostics
    for check in CHECKS:
        found.extend(each for each in check.run(draft) if not _follows(draft, each))
    return draft, tuple(sorted(found, key=lambda d: (d.path, d.line, d.column, d.code)))


def _follows(draft: Draft, each: Diagnostic) -> bool:
    """Whether a problem is one only because something could not be read."""
    part = draft.partial.get(each.path)
    if part is not None and part.explains(each, draft.documents[each.path]):
        return True
    return each.code == "R714" and "vocabulary" in draft.broken


def build(draft: Draft) -> KnowledgeBase:
    """The knowledge; nothing but rules may have an error."""
    assert draft.library is not None  # noqa: S101 - a missing file is an error diagnostic
    assert draft.vocabulary is not None  # noqa: S101
    every = {each.id: each for each, _document in sorted(draft.series, key=lambda s: s[0].id)}
    series = {name: each for name, each in every.items() if each.status == "active"}
    courses: dict[str, CourseView] = {}
    for each in series.values():
        for view in views_of(each, draft.lexicon, len(courses)):
            courses[view.id] = view
    return KnowledgeBase(
        hash=draft.hash,
        library=draft.library[0],
        series=series,
        not_cited={name: each for name, each in every.items() if name not in series},
        courses=courses,
        lexicon=draft.lexicon,
        labels=tuple(each for each, _document in draft.labels),
        vocabulary=draft.vocabulary[0],
        rules=tuple(each for each, _document in draft.rules),
        documents=draft.documents,
    )


def build_for_reading(draft: Draft) -> KnowledgeBase | None:
    """The terms and words that rules are read with, and no cases; None if there are no words."""
    if draft.vocabulary is None:
        return None
    return KnowledgeBase(
        hash="",
        library=Library.trusted(version="", released="", maintained_by="", about=None),
        series={},
        not_cited={},
        courses={},
        lexicon=draft.lexicon,
        labels=(),
        vocabulary=draft.vocabulary[0],
        rules=(),
        documents={},
    )
