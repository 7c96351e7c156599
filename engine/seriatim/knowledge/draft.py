"""Knowledge as read but not yet checked as a whole: every file's model beside its document."""

from __future__ import annotations

from dataclasses import dataclass, field
from errno import EINVAL
from hashlib import sha256
from stat import S_ISREG
from typing import TYPE_CHECKING, TypeVar, get_args

from seriatim.knowledge.lexicon import Lexicon
from seriatim.knowledge.shape import validate
from seriatim.knowledge.yamltext import MAX_BYTES, Document, read_yaml
from seriatim.model.label import Label
from seriatim.model.rule import Library, Rule, Vocabulary
from seriatim.model.series import Series
from seriatim.model.terms import AmbiguousName, Concept, Kind, TermsFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import BaseModel

    from seriatim.errors import Diagnostic

SUFFIX = ".yaml"
M = TypeVar("M", bound="BaseModel")


@dataclass(slots=True)
class Draft:
    """All files of a knowledge folder.

    `broken` names the kinds of which a file could not be read, so that a check does not call
    unknown what merely was not read.
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
    diagnostics: list[Diagnostic] = field(default_factory=list)
    lexicon: Lexicon = field(default_factory=lambda: Lexicon((), ()))

    @property
    def hash(self) -> str:
        """sha256 over the path and text of every file, line endings aside."""
        lines = (f"{path} {digest}\n" for path, digest in sorted(self.digests.items()))
        return sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def read_draft(root: Path) -> Draft:
    """Read every YAML file under `cases/` and `rules/`; problems go into `diagnostics`."""
    draft = Draft()
    for path in _files(draft, root):
        name = path.relative_to(root).as_posix()
        try:
            data = _bytes_of(path)
        except OSError as error:
            document = Document(name)
            reason = error.strerror or "unreadable"
            document.diagnostics.append(document.problem("Y100", (), f"cannot be read: {reason}"))
        else:
            draft.digests[name] = sha256(data.replace(b"\r\n", b"\n")).hexdigest()
            document = read_yaml(data, name)
        draft.documents[name] = document
        _sort_in(draft, name, document)
        draft.diagnostics.extend(document.diagnostics)
    _require(draft)
    draft.lexicon = _lexicon(draft)
    return draft


def _files(draft: Draft, root: Path) -> Iterator[Path]:
    """Every file to read, in order; one that would be passed over is a problem."""
    for path in (each for part in ("cases", "rules") for each in sorted(root.glob(f"{part}/**/*"))):
        name = path.relative_to(root).as_posix()
        if path.suffix == SUFFIX:
            yield path
        elif not (path.is_dir() or path.name == "README.md" or "/." in name):
            document = Document(name)
            draft.diagnostics.append(
                document.problem("Y113", (), f"not read: its name does not end in {SUFFIX}")
            )


def _bytes_of(path: Path) -> bytes:
    """What a file holds, up to one byte more than is taken; a pipe or device is not opened."""
    if not S_ISREG(path.stat().st_mode):
        raise OSError(EINVAL, "not a regular file")
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _sort_in(draft: Draft, name: str, document: Document) -> None:
    folder, _, rest = name.partition("/")
    if folder == "rules":
        if rest == "vocabulary.yaml":
            vocabulary = validate(document, Vocabulary)
            draft.vocabulary = (vocabulary, document) if vocabulary else None
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
    found = validate(document, model)
    if found is None:
        draft.broken.add(kind)
    else:
        into.append((found, document))


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
        ("rules/vocabulary.yaml", draft.vocabulary),
    ):
        if found is None and name not in draft.documents:
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
