"""Knowledge that is ready to answer, and the copy of it that an installed package carries.

Reading, checking and compiling all files takes longer than a command line should. So what comes of
it is put into the wheel when that is built, and taken from there if every file still has the text
it was made from; else the files are read. The copy is looked for in the package alone, and only
this package's own data classes are ever made from it.
"""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from seriatim._version import __version__
from seriatim.errors import KnowledgeError
from seriatim.knowledge.files import SUFFIX, digest_of, files_under, hash_over, read_file
from seriatim.knowledge.locate import PACKAGED

if TYPE_CHECKING:
    from pathlib import Path

    from seriatim.inference.plan import Plan
    from seriatim.inference.program import Program
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.knowledge.yamltext import Document

NAME = "compiled.bin"
_MODULES = ("seriatim.inference.", "seriatim.knowledge.", "seriatim.model.")


@dataclass(frozen=True, slots=True)
class Compiled:
    """Checked knowledge, its rules as both engines run them, and their rulesets."""

    knowledge: KnowledgeBase
    program: Program
    plan: Plan


def compile_knowledge(knowledge: KnowledgeBase) -> Compiled:
    """Compile the rules. Raises KnowledgeError if one cannot be compiled or held."""
    from seriatim.inference.compiler import compile_rules, envelope_problem  # noqa: PLC0415
    from seriatim.inference.envelope import EnvelopeError  # noqa: PLC0415 - unless it is kept
    from seriatim.inference.plan import plan_of  # noqa: PLC0415

    program, diagnostics = compile_rules(knowledge)
    errors = [each for each in diagnostics if each.severity == "error"]
    if errors:
        raise KnowledgeError(errors)
    try:
        return Compiled(knowledge, program, plan_of(program.flat))
    except EnvelopeError as error:
        raise KnowledgeError([envelope_problem(error, knowledge)]) from error


def compiled_at(root: Path) -> Compiled:
    """The knowledge under `root`, from the package's copy if there is one of just these files.

    Raises KnowledgeError with every diagnostic of severity error.
    """
    kept = _kept(root / NAME, root) if root == PACKAGED else None
    if kept is not None:
        return kept
    from seriatim.knowledge.load import load_knowledge  # noqa: PLC0415 - unless it is kept

    return compile_knowledge(load_knowledge(root))


def dump(compiled: Compiled) -> bytes:
    """The copy: a line that says what it was made from, and the data without the documents."""
    knowledge = replace(compiled.knowledge, documents={})
    data = pickle.dumps((knowledge, compiled.program, compiled.plan), protocol=5)
    return _head(compiled.knowledge.hash, data) + data


def load(copy: bytes, root: Path) -> Compiled | None:
    """What `dump` gave; None if it is damaged, or made by another version or from other files."""
    names = files_under(root)
    if not all(name.endswith(SUFFIX) for name in names):
        return None
    _, _, data = copy.partition(b"\n")
    found = hash_over({name: digest_of(read_file(root / name)) for name in names})
    if not copy.startswith(_head(found, data)):
        return None
    knowledge, program, plan = _OwnData(io.BytesIO(data)).load()
    return Compiled(replace(knowledge, documents=_Documents(root)), program, plan)


def _kept(path: Path, root: Path) -> Compiled | None:
    try:
        return load(path.read_bytes(), root)
    except OSError:
        return None  # the files themselves say what is wrong with them


def _head(knowledge_hash: str, data: bytes) -> bytes:
    made = {"seriatim": __version__, "knowledge": knowledge_hash, "data": sha256(data).hexdigest()}
    return json.dumps(made).encode() + b"\n"


class _OwnData(pickle.Unpickler):
    """Makes this package's data classes and nothing else, so that reading cannot run anything."""

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name) if module.startswith(_MODULES) else None
        if not (isinstance(found, type) and found.__module__ == module):
            raise pickle.UnpicklingError(f"{module}.{name} is no data class of this package")
        return found


class _Documents(Mapping[str, "Document"]):
    """The files with their places, read when they are first asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @cached_property
    def _read(self) -> Mapping[str, Document]:
        from seriatim.knowledge.draft import read_draft  # noqa: PLC0415 - for diagnostics only

        return read_draft(self._root).documents

    def __getitem__(self, name: str) -> Document:
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)
