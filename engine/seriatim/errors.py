"""Every error that Seriatim raises on purpose, each with a message made for its reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class SeriatimError(Exception):
    """Base of all; its text can be shown to a user as it stands."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem in a file, at its place.

    `code` is stable and has a heading in docs/diagnostics.md; `line` and `column` count from 1.
    """

    code: str
    message: str
    path: str
    line: int = 1
    column: int = 1
    severity: str = "error"
    expected: str = ""
    nearest: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        """`path:line:col: error [CODE] found; expected …; did you mean …?`."""
        return f"{self.path}:{self.line}:{self.column}: {self.severity} [{self.code}] {self.advice}"

    @property
    def advice(self) -> str:
        """What was found, what was expected and the nearest valid names, without the place."""
        text = self.message
        if self.expected:
            text += f"; expected {self.expected}"
        if self.nearest:
            text += f"; did you mean {' or '.join(repr(name) for name in self.nearest)}?"
        return text


class KnowledgeError(SeriatimError):
    """The rules, cases, terms or labels have problems; `diagnostics` holds all of them."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(str(each) for each in self.diagnostics))


@dataclass(frozen=True, slots=True)
class ProfileProblem:
    """One problem of a profile: the field (`therapies[1].drug`), what is wrong, nearest names."""

    field: str
    message: str
    nearest: tuple[str, ...] = ()
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = f" (line {self.line}, column {self.column})" if self.line else ""
        text = f"{self.field}{place}: {self.message}"
        if self.nearest:
            text += f"; did you mean {' or '.join(repr(name) for name in self.nearest)}?"
        return text


class ProfileError(SeriatimError):
    """The profile cannot be understood; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: Sequence[ProfileProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(each) for each in self.problems))


class DisagreementError(SeriatimError):
    """The two engines concluded different things: there is no answer.

    `only_durable` and `only_reference` name the rules (with their bindings) that one found true
    and the other did not.
    """

    def __init__(self, only_durable: Sequence[str], only_reference: Sequence[str]) -> None:
        self.only_durable = tuple(only_durable)
        self.only_reference = tuple(only_reference)
        super().__init__(
            "The two inference engines disagree, so there is no answer. "
            f"Only durable-rules: {', '.join(only_durable) or 'none'}. "
            f"Only the reference: {', '.join(only_reference) or 'none'}. "
            "Please report this with the profile, without identifiers."
        )
