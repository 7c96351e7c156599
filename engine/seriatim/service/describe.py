"""The settings in words, from the model itself: what docs/service-settings.md shows."""

from __future__ import annotations

import types
import typing
from typing import TYPE_CHECKING, Any

from annotated_types import Ge, Gt, Le, Lt

from seriatim.service.reading import PREFIX
from seriatim.service.settings import CdsClient, Oidc, Settings, StaticToken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

PARTS: dict[str, type[BaseModel]] = {
    "cds_clients": CdsClient,
    "rest_tokens": StaticToken,
    "oidc": Oidc,
}
"""Settings that have settings of their own."""


def settings_markdown() -> str:
    """A table of every setting, then one for each setting with parts."""
    blocks = ["\n".join(_table(Settings, variables=True))]
    for name, model in PARTS.items():
        blocks.append(f"### `{name}`\n\n" + "\n".join(_table(model, variables=False)))
    return "\n\n".join(blocks) + "\n"


def _table(model: type[BaseModel], *, variables: bool) -> Iterator[str]:
    titles = ["Setting", *(["Variable"] if variables else []), "Default", "Values", "Meaning"]
    yield f"| {' | '.join(titles)} |"
    yield f"|{'---|' * len(titles)}"
    for name, field in model.model_fields.items():
        cells = [f"`{name}`", *([f"`{PREFIX}{name.upper()}`"] if variables else [])]
        cells += [_default(field), _values(name, field), field.description or ""]
        yield f"| {' | '.join(each.replace('|', chr(92) + '|') for each in cells)} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    given = field.default
    if given is None or given == ():
        return "none"
    if isinstance(given, tuple):
        return ", ".join(f"`{each}`" for each in given)
    return f"`{str(given).lower() if isinstance(given, bool) else given}`"


def _values(name: str, field: FieldInfo) -> str:
    choices = list(dict.fromkeys(_choices(field.annotation)))
    if choices:
        return ", ".join(f"`{each}`" for each in choices)
    low = _bound(field, Ge, "ge", "from {}") or _bound(field, Gt, "gt", "over {}")
    high = _bound(field, Le, "le", "to {}") or _bound(field, Lt, "lt", "under {}")
    if low or high:
        return f"{low} {high}".strip()
    if name in PARTS:
        return "see below"
    return "true, false" if field.annotation is bool else ""


def _bound(field: FieldInfo, kind: type, attribute: str, words: str) -> str:
    for each in field.metadata:
        if isinstance(each, kind):
            return words.format(f"{getattr(each, attribute):,}")
    return ""


def _choices(annotation: Any) -> Iterator[str]:
    """The words of every Literal in an annotation."""
    origin = typing.get_origin(annotation)
    if origin is typing.Literal:
        yield from typing.get_args(annotation)
    elif origin in (tuple, types.UnionType, typing.Union, typing.Annotated):
        for each in typing.get_args(annotation):
            yield from _choices(each)
