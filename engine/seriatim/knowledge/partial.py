"""What can still be read of a file with faults, so that all the rest of it is checked too.

A value that cannot be is left out with the smallest thing around it that may be missing: an entry
of a list or an optional key. What follows from nothing but that is not reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError, create_model

from seriatim.knowledge.shape import annotations_at, faults
from seriatim.knowledge.yamltext import Document
from seriatim.model.label import Label
from seriatim.model.rule import Rule, Then, Vocabulary
from seriatim.model.series import At, CountAt, OutcomeDefinition, Period, Series, Study
from seriatim.model.terms import TermsFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import ErrorDetails

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.yamltext import Path

M = TypeVar("M", bound=BaseModel)

_ROUNDS = 8
"""How often what is around a fault may turn out to be faulty without it."""
_NOWHERE = At()
_NO_COUNT = CountAt(n=0, at=_NOWHERE)
_INSTEAD: dict[type[BaseModel], dict[str, Any]] = {
    Series: {
        "study": Study(
            design="-",
            setting="-",
            centres=1,
            control_group=False,
            period=Period(first=0, last=0),
            identified=_NO_COUNT,
            excluded=_NO_COUNT,
            excluded_because=(),
            at=_NOWHERE,
        ),
        "outcome": OutcomeDefinition.trusted(at=_NOWHERE, measure="", levels=(), open=()),
        "status": "active",
        "individuals": (),
        **dict.fromkeys(("transcribed_by", "created", "revised"), ""),
    },
    TermsFile: {"sources": {}, "concepts": ()},
    Label: {"indications": (), "jurisdiction": ""},
    Rule: {
        "status": "active",
        "drawn_from": (),
        "when": (),
        "then": Then.model_construct(),
        **dict.fromkeys(("title", "rationale", "author", "created", "revised"), ""),
    },
    Vocabulary: {"families": {}},
}
"""What stands for a part that must be there and cannot be read, and is found fault with by none."""
_NOT_LOOKED_AT = frozenset({"citation", "document", "appraisal", "source"})
"""Parts that no check looks at, so that they may be as they are. Without any other that must be
there, nothing of a file is checked."""
_TOLD_BY_NAME = ("id", "family")
_FOLLOWS: dict[str, frozenset[str]] = {
    "courses": frozenset({"S405", "S406", "S408", "S414", "C505"}),
    "individuals": frozenset({"S405"}),
    "links": frozenset({"S406"}),
    "outcome": frozenset({"S413"}),
    "claims": frozenset({"C502"}),
    "sources": frozenset({"T303"}),
}
"""What would be said of others because a part, or one of its entries, was left out."""


@dataclass(frozen=True, slots=True)
class Partial(Generic[M]):
    """The readable part of a file, its places, and the paths that were left out."""

    model: M
    document: Document
    left_out: frozenset[Path]

    def lacks(self, *parts: str) -> bool:
        """Whether one of these parts of the file, or a whole entry of it, was left out."""
        return any(
            path[0] in parts and (len(path) <= 2 or path[0] in ("outcome", "conclusions"))  # noqa: PLR2004
            for path in self.left_out
        )

    def explains(self, each: Diagnostic, whole: Document) -> bool:
        """Whether a problem of this file comes of what was left out, and of nothing else."""
        if any(each.code in codes and self.lacks(part) for part, codes in _FOLLOWS.items()):
            return True
        around = {path[:end] for path in self.left_out for end in range(1, len(path) + 1)}
        return (each.line, each.column) in {
            *(whole.places.get(path) for path in around),
            *(whole.key_places.get(path) for path in around),
        }


def rest_of(document: Document, model: type[M]) -> Partial[M] | None:
    """What can be read of a document that does not fit its model; None if that is nothing."""
    if not isinstance(document.value, dict) or model not in _INSTEAD:
        return None
    lenient = _lenient(model, PurePosixPath(document.path))
    left_out: set[Path] = set()
    for _round in range(_ROUNDS):
        rest = _without(document, left_out)
        try:
            found = lenient.model_validate(rest.document.value)
        except ValidationError as error:
            further = {
                _droppable(lenient, path, detail)
                for path, detail in faults(rest.document.value, error)
            }
            left_out |= {rest.origins[path] for path in further if path is not None}
            if None in further:
                return None
        else:
            left_out |= _absent(model, document.value, left_out)
            if ("for",) in left_out:  # without its variables nothing of a rule can be read
                return None
            if model is Rule:
                rest.document.value.setdefault("then", {})
            return Partial(found, rest.document, frozenset(left_out))
    return None


def _absent(model: type[BaseModel], value: dict[str, Any], left_out: set[Path]) -> set[Path]:
    """Parts that are missing, or that may stand there under a name that is not known."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    absent = {key: field for key, field in fields.items() if key not in value}
    required: set[Path] = {(key,) for key, field in absent.items() if field.is_required()}
    misspelt = sum(len(path) == 1 and path[0] not in fields for path in left_out)
    return {(key,) for key in absent} if misspelt > len(required) else required


def _lenient(model: type[M], path: PurePosixPath) -> type[M]:
    """The model, taking anything in the parts that no check looks at."""
    by_name = dict(zip(_TOLD_BY_NAME, (path.stem, path.parent.name), strict=True))
    fields: dict[str, Any] = {}
    for name, known in model.model_fields.items():
        if name in _NOT_LOOKED_AT:
            fields[name] = (Any, None)
        elif name in by_name:
            fields[name] = (known.rebuild_annotation(), by_name[name])
        elif name in _INSTEAD[model]:
            fields[name] = (known.annotation, _INSTEAD[model][name])
    return create_model(model.__name__, __base__=model, **fields)


@dataclass(frozen=True, slots=True)
class _Rest:
    """A document without some of its values, and where each of the others stood before."""

    document: Document
    origins: Mapping[Path, Path]


def _without(document: Document, left_out: Iterable[Path]) -> _Rest:
    gone = set(left_out)
    origins: dict[Path, Path] = {(): ()}

    def copied(value: Any, old: Path, new: Path) -> Any:
        origins[new] = old
        if isinstance(value, dict):
            return {
                key: copied(each, (*old, key), (*new, key))
                for key, each in value.items()
                if (*old, key) not in gone
            }
        if isinstance(value, list):
            kept = [index for index in range(len(value)) if (*old, index) not in gone]
            return [
                copied(value[index], (*old, index), (*new, position))
                for position, index in enumerate(kept)
            ]
        return value

    value = copied(document.value, (), ())
    places, keys = document.places, document.key_places
    rest = Document(
        document.path,
        value,
        {new: places[old] for new, old in origins.items() if old in places},
        {new: keys[old] for new, old in origins.items() if old in keys},
        {new for new, old in origins.items() if old in document.quoted},
    )
    return _Rest(rest, origins)


def _droppable(model: type[BaseModel], path: Path, detail: ErrorDetails) -> Path | None:
    """The smallest thing around a fault that may be missing; None if that is the file."""
    is_key = detail["type"] == "missing" and isinstance(detail["loc"][-1], str)
    for end in range(len(path) - is_key, 0, -1):
        part = path[end - 1]
        if isinstance(part, int) or not _is_required(model, path[: end - 1], part):
            return path[:end]
    return None


def _is_required(model: type[BaseModel], path: Path, key: str) -> bool:
    return any(
        field.is_required()
        for each in annotations_at(model, path)
        if isinstance(each, type) and issubclass(each, BaseModel)
        for name, field in each.model_fields.items()
        if key in (name, field.alias)
    )
