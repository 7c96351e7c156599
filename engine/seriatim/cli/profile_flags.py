"""A profile from flags: `--tried colchicine --failed anakinra --age 9m`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from seriatim.cli.problems import CannotRunError
from seriatim.errors import ProfileProblem

RESPONSES = ("none", "partial", "complete", "intolerance", "unknown")
_AGE = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*(y|yr|yrs|years?|m|mo|months?)?\s*\Z", re.IGNORECASE)
_TRUTHS = {"true": True, "yes": True, "false": False, "no": False, "unknown": None}


@dataclass(slots=True)
class Flags:
    """What was said on the command line; an empty list says nothing."""

    age: str | None = None
    sex: str | None = None
    diagnosis: list[str] = field(default_factory=list)
    history_of: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    on: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)
    nothing_tried: bool = False
    history_incomplete: bool = False
    had: list[str] = field(default_factory=list)
    no_adverse_events: bool = False
    considering: list[str] = field(default_factory=list)
    observe: list[str] = field(default_factory=list)
    pregnant: bool | None = None

    @property
    def any(self) -> bool:
        """Whether anything was said."""
        return self != Flags()


@dataclass(slots=True)
class Read:
    """The profile as plain data, the flag behind each of its fields, and what is wrong."""

    profile: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    problems: list[ProfileProblem] = field(default_factory=list)

    def add(self, name: str, entry: Any, flag: str) -> None:
        """One more entry of a list field."""
        entries = self.profile.setdefault(name, [])
        self.origins[f"{name}[{len(entries)}]"] = flag
        entries.append(entry)

    def put(self, name: str, value: Any, flag: str) -> None:
        """A single field."""
        self.profile[name] = value
        self.origins[name] = flag


def read_flags(flags: Flags) -> Read:
    """The profile that the flags describe.

    Raises CannotRunError for flags that exclude each other; what is wrong with a value is in
    `problems`.
    """
    _exclusive(flags)
    read = Read()
    if flags.age is not None:
        _age(flags.age, read)
    if flags.sex is not None:
        read.put("sex", flags.sex.strip().lower(), "--sex")
    for each in flags.diagnosis:
        read.add("diagnoses", each, "--diagnosis")
    for each in flags.history_of:
        read.add("diagnoses", {"term": each, "status": "history"}, "--history-of")
    _therapies(flags, read)
    _events(flags, read)
    for each in flags.considering:
        read.add("considering", each, "--considering")
    for each in flags.observe:
        _observation(each, read)
    if flags.pregnant is not None:
        read.put("pregnancy", flags.pregnant, "--pregnant")
    return read


def _exclusive(flags: Flags) -> None:
    if flags.nothing_tried and (flags.tried or flags.failed):
        raise CannotRunError("--nothing-tried goes with neither --tried nor --failed")
    if flags.nothing_tried and flags.history_incomplete:
        raise CannotRunError("--nothing-tried does not go with --history-incomplete")
    if flags.no_adverse_events and flags.had:
        raise CannotRunError("--no-adverse-events does not go with --had")


def _age(text: str, read: Read) -> None:
    found = _AGE.match(text)
    if found is None:
        message = f"{text!r} is not an age; expected years (30) or months (9m)"
        read.problems.append(ProfileProblem("--age", message))
        return
    number, unit = float(found[1]), (found[2] or "y").lower()
    value: Any = {"months": number} if unit.startswith("m") else number
    read.put("age", value, "--age")


def _therapies(flags: Flags, read: Read) -> None:
    for each in flags.tried:
        _with_response(each, {"status": "past"}, "--tried", read)
    for each in flags.failed:
        read.add("therapies", {"drug": each, "response": "none"}, "--failed")
    for each in flags.on:
        _with_response(each, {"status": "current"}, "--on", read)
    for each in flags.never:
        read.add("therapies", {"drug": each, "status": "never"}, "--never")
    if flags.nothing_tried:
        read.profile.setdefault("therapies", [])
        read.origins["therapies"] = "--nothing-tried"
    listed = flags.tried or flags.failed or flags.nothing_tried
    if "therapies" in read.profile and (flags.history_incomplete or not listed):
        # Only what is given now or never was: that does not say what was given before.
        read.profile["therapies_complete"] = False


def _with_response(text: str, entry: dict[str, Any], flag: str, read: Read) -> None:
    """`DRUG` or `DRUG=response`."""
    drug, equals, response = text.rpartition("=")
    if not equals:
        read.add("therapies", {"drug": text, **entry}, flag)
        return
    response = response.strip().lower()
    if response not in RESPONSES:
        from seriatim.knowledge.nearest import nearest  # noqa: PLC0415 - bad input only

        message = f"{response!r} is not a response; expected one of {', '.join(RESPONSES)}"
        near = nearest(response, RESPONSES)
        read.problems.append(ProfileProblem(f"{flag} {text}", message, near))
        return
    if response == "intolerance":
        entry = {**entry, "stopped_because": "intolerance"}
    else:
        entry = {**entry, "response": response}
    read.add("therapies", {"drug": drug, **entry}, flag)


def _events(flags: Flags, read: Read) -> None:
    for each in flags.had:
        event, equals, drug = each.partition("=")
        entry = {"event": event, **({"with_drug": drug} if equals else {})}
        read.add("adverse_events", entry, "--had")
    if flags.no_adverse_events:
        read.put("adverse_events", [], "--no-adverse-events")


def _observation(text: str, read: Read) -> None:
    name, equals, value = (part.strip() for part in text.partition("="))
    known: bool | float | None
    try:
        known = _TRUTHS[value.lower()] if value.lower() in _TRUTHS else _number(value)
    except ValueError:
        message = "expected NAME=VALUE with yes, no, unknown or a number"
        read.problems.append(ProfileProblem(f"--observe {text}", message))
        return
    if not equals or not name:
        read.problems.append(ProfileProblem(f"--observe {text}", "expected NAME=VALUE"))
        return
    read.profile.setdefault("observations", {})[name] = known
    read.origins[f"observations.{name}"] = "--observe"


def _number(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(text)
    return value
