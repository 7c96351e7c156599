"""`seriatim check`: everything that is wrong with the knowledge, in one run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seriatim.cli.output import complain, say, say_json
from seriatim.cli.problems import FINE, PROBLEMS, CannotRunError
from seriatim.knowledge.locate import is_root, knowledge_root
from seriatim.pipeline import check
from seriatim.render.canvas import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.errors import Diagnostic


def run_check(path: str | None, *, form: str) -> int:
    """Print the diagnostics of a folder or file of knowledge; 1 if there is an error."""
    root, inside = _where(path)
    every = check(root)
    found = [each for each in every if inside is None or _is_in(each, inside)]
    unread = _in_the_way(every, inside, root) if inside is not None else []
    if unread and form != "text":
        complain("\n".join(unread))
    if form == "json":
        say_json([_plain(each, root) for each in found])
    elif form == "github":
        say("".join(f"{_github(each, root)}\n" for each in found))
    else:
        say("".join(f"{each}\n" for each in (*(_line(each, root) for each in found), *unread)))
        say(f"{_sums(found)}{' in what could be checked' if unread else ''}\n")
    return PROBLEMS if unread or any(each.severity == "error" for each in found) else FINE


def _is_in(each: Diagnostic, inside: str) -> bool:
    return each.path == inside or each.path.startswith(f"{inside}/")


def _in_the_way(every: Sequence[Diagnostic], inside: str, root: Path) -> list[str]:
    """The first error of each file elsewhere that keeps what was asked for from a full check.

    Rules hang on every other file, all others on the terms alone.
    """
    needed = "cases/terms" if inside.startswith("cases") else ""
    first = {
        each.path: each
        for each in reversed(every)
        if each.severity == "error" and not _is_in(each, inside) and _meet(each.path, needed)
    }
    asked = clean(_shown(inside, root))
    return [
        f"{asked} cannot be checked fully: {_line(each, root)}"
        for _path, each in sorted(first.items())
    ]


def _meet(path: str, needed: str) -> bool:
    """Whether one of two places holds the other."""
    return path.startswith(needed) or needed.startswith(f"{path}/")


def _where(path: str | None) -> tuple[Path, str | None]:
    """The knowledge folder, and what of it was asked for.

    Raises CannotRunError if the path is not in any.
    """
    if path is None:
        return knowledge_root(), None
    given = Path(path)
    if not given.exists():
        raise CannotRunError(f"{path}: no such file or folder")
    full = given.resolve()
    for root in (full, *full.parents):
        if is_root(root):
            inside = full.relative_to(root).as_posix()
            if inside == ".":
                return root, None
            if not inside.startswith(("rules", "cases")):
                break
            return root, inside
    raise CannotRunError(f"{path}: neither a folder with rules/ and cases/ nor inside one")


def _shown(name: str, root: Path) -> str:
    """The file as seen from here, so that an editor finds it."""
    path = root / name
    try:
        return os.path.relpath(path)
    except ValueError:
        return str(path)


def _line(each: Diagnostic, root: Path) -> str:
    place = f"{_shown(each.path, root)}:{each.line}:{each.column}"
    return clean(f"{place}: {each.severity} [{each.code}] {each.advice}")


def _sums(found: Sequence[Diagnostic]) -> str:
    errors = sum(each.severity == "error" for each in found)
    warnings = len(found) - errors
    said = [
        f"{n} {word}{'s' if n != 1 else ''}"
        for n, word in ((errors, "error"), (warnings, "warning"))
        if n
    ]
    return ", ".join(said) or "no problems"


def _plain(each: Diagnostic, root: Path) -> dict[str, Any]:
    return {
        "code": each.code,
        "severity": each.severity,
        "path": _shown(each.path, root),
        "line": each.line,
        "column": each.column,
        "message": each.message,
        "expected": each.expected or None,
        "nearest": list(each.nearest),
    }


def _github(each: Diagnostic, root: Path) -> str:
    """A workflow command; its properties and its text are escaped each in their own way."""
    text = _command_text(each.advice)
    path = _command_text(_shown(each.path, root)).replace(":", "%3A").replace(",", "%2C")
    level = "error" if each.severity == "error" else "warning"
    place = f"file={path},line={each.line},col={each.column},title={each.code}"
    return f"::{level} {place}::{text}"


def _command_text(text: str) -> str:
    return clean(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))
