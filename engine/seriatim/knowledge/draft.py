"""Knowledge as read but not yet checked as a whole: every file's model beside its document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from seriatim.knowledge.files import (
    SUFFIX,
    digest_of,
    files_under,
    hash_over,
    read_file,
    why_unread,
)
from seriatim.knowledge.lexicon import Lexicon
from seriatim.knowledge.shape import validate
from seriatim.knowledge.yamltext import Document, read_yaml
from seriatim.model.label import Label
from seriatim.model.rule import Library, Rule, Vocabulary
from seriatim.model.series import Series
from seriatim.model.terms import AmbiguousName, Concept, Kind, TermsFile

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.partial import Partial

M = TypeVar("M", bound="BaseModel")

_PLACES = {"terms": "cases/terms", "labels": "cases/labels", "series": "cases"}
VOCABULARY = "rules/vocabulary.yaml"
_NAMED: dict[str, tuple[str, ...]] = {
    "terms": ("concepts",),
    "labels": ("indications", "doses", "warnings"),
    "vocabulary": ("conclusions", "observations", "families"),
    "series": (),
    "rules": (),
}
"""The parts of each kind of file whose entries other files name."""


@dataclass(slots=True)
class Draft:
    """All files of a knowledge folder.

    `broken` names the kinds of which a file, or an entry of one, could not be read, so that a check
    does not call unknown what merely was not read; `partial` has the files that were read in part.
    """

    documents: dict[str, Document] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    terms: list[tuple[TermsFile, Document]] = field(default_factory=list)
    series: list[tuple[Series, Document]] = field(default_factory=list)
    labels: list[tuple[Label, Document]] = field(default_factory=list)
    rules: list[tuple[Rule, Document]] = field(default_factory=list)
    vocabulary: tuple[Vocabulary, Document] | None = None
    library: tuple[Library, Document] | None = None
    broken: set[str] = field(default_factory=set)
    partial: dict[str, Partial[Any]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    lexicon: Lexicon = field(default_factory=lambda: Lexicon((), ()))

    @property
    def hash(self) -> str:
        """sha256 over the path and text of every file, line endings aside."""
        return hash_over(self.digests)


def read_draft(root: Path) -> Draft:
    """Read every YAML file under `cases/` and `rules/`; problems go into `diagnostics`."""
    draft = Draft()
    for name in files_under(root):
        if name.endswith("/"):
            _unread(draft, name.rstrip("/"), why_unread(root / name))
            continue
        if not name.endswith(SUFFIX):
            stray = Document(name).problem(
                "Y113", (), f"not read: its name does not end in {SUFFIX}"
            )
            draft.diagnostics.append(stray)
            continue
        try:
            data = read_file(root / name)
        except OSError as error:
            document = Document(name)
            reason = error.strerror or "unreadable"
            document.diagnostics.append(document.problem("Y100", (), f"cannot be read: {reason}"))
        else:
            draft.digests[name] = digest_of(data)
            document = read_yaml(data, name)
        draft.documents[name] = document
        _sort_in(draft, name, document)
        draft.diagnostics.extend(document.diagnostics)
    _require(draft)
    draft.lexicon = _lexicon(draft)
    return draft


def _unread(draft: Draft, folder: str, reason: str) -> None:
    """A folder that cannot be read: nobody knows what it holds."""
    document = draft.documents[folder] = Document(folder)
    found = document.problem("Y100", (), f"the folder cannot be read: {reason}")
    draft.diagnostics.append(found)
    draft.broken.update(
        kind
        for kind, place in _PLACES.items()
        if place.startswith(folder) or folder.startswith(f"{place}/")
    )


def _sort_in(draft: Draft, name: str, document: Document) -> None:
    folder, _, rest = name.partition("/")
    if folder == "rules":
        if name == VOCABULARY:
            draft.vocabulary = _read(draft, document, Vocabulary, "vocabulary")
        else:
            _add(draft, draft.rules, document, Rule, "rules")
    elif rest == "library.yaml":
        library = validate(document, Library)
        draft.library = (library, document) if library else None
    elif rest.startswith("terms/"):
        _add(draft, draft.terms, _with_kinds(document), TermsFile, "terms")
    elif rest.startswith("labels/"):
        _add(draft, draft.labels, document, Label, "labels")
    else:
        _add(draft, draft.series, document, Series, "series")


def _add(
    draft: Draft,
    into: list[tuple[M, Document]],
    document: Document,
    model: type[M],
    kind: str,
) -> None:
    found = _read(draft, document, model, kind)
    if found is not None:
        into.append(found)


def _read(draft: Draft, document: Document, model: type[M], kind: str) -> tuple[M, Document] | None:
    """The file, or what can be read of it; its document has the places of just that."""
    found = validate(document, model)
    if found is not None:
        return found, document
    from seriatim.knowledge.partial import rest_of  # noqa: PLC0415 - bad files only

    part = rest_of(document, model)
    if part is None or part.lacks(*_NAMED[kind]):
        draft.broken.add(kind)
    if part is None:
        return None
    draft.partial[document.path] = part
    return part.model, part.document


def _with_kinds(document: Document) -> Document:
    """Give each concept the kind that its file names once."""
    value = document.value
    if isinstance(value, dict) and isinstance(value.get("concepts"), list):
        # A wrong kind is reported once, at the head of the file, not at each concept.
        kind = value.get("kind") if value.get("kind") in get_args(Kind) else "diagnosis"
        for concept in value["concepts"]:
            if isinstance(concept, dict):
                concept.setdefault("kind", kind)
    return document


def _require(draft: Draft) -> None:
    for name, found in (
        ("cases/library.yaml", draft.library),
        (VOCABULARY, draft.vocabulary),
    ):
        unread = {name, name.partition("/")[0]} & draft.documents.keys()
        if found is None and not unread:
            draft.diagnostics.append(Document(name).problem("Y100", (), "the file is missing"))


def _lexicon(draft: Draft) -> Lexicon:
    concepts: dict[str, Concept] = {}
    ambiguous: list[AmbiguousName] = []
    for terms, _document in draft.terms:
        for concept in terms.concepts:
            concepts.setdefault(concept.id, concept)
        ambiguous.extend(terms.ambiguous)
    known = [each for each in ambiguous if all(c in concepts for c in each.could_be)]
    return Lexicon(concepts.values(), known)
