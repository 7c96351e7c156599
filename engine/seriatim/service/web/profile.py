"""From what a form holds to a profile, and from what is wrong with a profile to the form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

from seriatim.knowledge.nearest import nearest
from seriatim.model.base import Response, Sex
from seriatim.model.profile import MAX_AGE, StopReason
from seriatim.render.words import unit
from seriatim.service.web.faults import Fault
from seriatim.service.web.state import Event, State, Therapy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seriatim.errors import ProfileProblem
    from seriatim.model.rule import Observation

SEXES = get_args(Sex)
UNITS = ("years", "months")
STATUSES = ("past", "current", "never")
RESPONSES = (*get_args(Response), "unknown")
STOPPED = get_args(StopReason)
EXTENT = ("nothing", "more")
YES_NO = {"yes": True, "no": False}
_NUMBER = re.compile(r"\d{1,6}(\.\d{1,6})?\Z", re.ASCII)
_PLACE = re.compile(r"(\w+)\[(\d+)\](?:\.(\w+))?\Z")


def profile_of(
    state: State, declared: Mapping[str, Observation]
) -> tuple[dict[str, Any], list[Fault]]:
    """A profile for a look-up, with what can be read of it, and what cannot.

    `declared` are the observations that rules ask for, by name.
    """
    form = _Form(state, declared)
    return form.profile(), form.faults


def state_of(given: Mapping[str, Any]) -> State:
    """The state that asks for a profile, given as plain data with its JSON names."""
    age = given.get("age")
    months = age["months"] if isinstance(age, dict) else None
    diagnoses = [
        each if isinstance(each, dict) else {"term": each} for each in _of(given, "diagnoses")
    ]
    active = [each["term"] for each in diagnoses if each.get("status", "active") == "active"]
    observed = dict(given.get("observations") or {})
    if isinstance(given.get("pregnancy"), bool):
        observed["pregnancy"] = given["pregnancy"]
    return State(
        age=_said(age if months is None else months),
        unit="years" if months is None else "months",
        sex="" if given.get("sex", "unknown") == "unknown" else given["sex"],
        diagnoses=tuple(active),
        history=tuple(each["term"] for each in diagnoses if each.get("status") == "history"),
        therapies=tuple(map(_therapy, _of(given, "therapies"))),
        tried=_extent(given, "therapies"),
        events=tuple(map(_event, _of(given, "adverse_events"))),
        had=_extent(given, "adverse_events"),
        considering=tuple(_of(given, "considering")),
        observations=tuple(sorted((n, _said(v)) for n, v in observed.items() if v is not None)),
    )


def _of(given: Mapping[str, Any], name: str) -> Sequence[Any]:
    return given.get(name) or ()


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else f"{value:g}"


def _extent(given: Mapping[str, Any], name: str) -> str:
    if given.get(name) is not None and not given[name]:
        return "nothing" if given.get(f"{name}_complete", True) else ""
    return "" if given.get(f"{name}_complete", True) else "more"


def _therapy(each: Any) -> Therapy:
    if isinstance(each, str):
        return Therapy(each)
    names = {"status": "status", "response": "response", "stopped": "stopped_because"}
    return Therapy(each["drug"], **{k: each[name] for k, name in names.items() if name in each})


def _event(each: Any) -> Event:
    return (
        Event(each) if isinstance(each, str) else Event(each["event"], each.get("with_drug") or "")
    )


class _Form:
    """A state being made a profile."""

    def __init__(self, state: State, declared: Mapping[str, Observation]) -> None:
        self.state, self.declared = state, declared
        self.faults: list[Fault] = []

    def profile(self) -> dict[str, Any]:
        state = self.state
        found: dict[str, Any] = {
            "diagnoses": [
                *({"term": each} for each in state.diagnoses),
                *({"term": each, "status": "history"} for each in state.history),
            ],
            "considering": list(state.considering),
        }
        found |= self._person()
        found |= self._list("therapies", state.tried, "tried", self._therapies())
        found |= self._list("adverse_events", state.had, "had", self._events())
        if observations := dict(self._observations()):
            found["observations"] = observations
        return found

    def _person(self) -> dict[str, Any]:
        state = self.state
        found: dict[str, Any] = {}
        if state.age:
            age = self._number("age", "Age", state.age, "a number, such as 30 or 0.5, is wanted")
            months = self._choice("unit", "Unit of age", state.unit, UNITS) == "months"
            most = MAX_AGE * 12 if months else MAX_AGE
            if age is not None and age > most:
                said = f"{state.age} is more than {most} {'months' if months else 'years'}"
                self._fault("age", "Age", said)
            elif age is not None:
                found["age"] = {"months": age} if months else age
        if state.sex:
            found["sex"] = self._choice("sex", "Sex", state.sex, SEXES)
        return found

    def _list(
        self, name: str, extent: str, place: str, rows: list[dict[str, Any]]
    ) -> dict[str, Any]:
        label = "Therapies" if name == "therapies" else "Adverse events"
        if extent:
            self._choice(place, label, extent, EXTENT)
        if extent == "nothing" and rows:
            self._fault(place, label, "nothing is said to have been, yet rows are filled in")
        if not rows and extent != "nothing":
            return {}
        return {name: rows, f"{name}_complete": extent != "more"}

    def _therapies(self) -> list[dict[str, Any]]:
        found = []
        for at, each in enumerate(self.state.therapies):
            label = f"Therapy {at + 1}"
            row = {
                "drug": each.drug,
                "status": self._choice(f"status-{at}", f"{label}, when", each.status, STATUSES),
                "response": self._choice(
                    f"response-{at}", f"{label}, response", each.response, RESPONSES
                ),
                "stopped_because": self._choice(
                    f"stopped-{at}", f"{label}, why stopped", each.stopped, STOPPED
                ),
            }
            if each.drug:
                found.append(row)
            else:
                self._fault(f"drug-{at}", f"{label}, drug", "which drug? or take the row out")
        return found

    def _events(self) -> list[dict[str, Any]]:
        found = []
        for at, each in enumerate(self.state.events):
            if each.event:
                found.append(
                    {"event": each.event} | ({"with_drug": each.drug} if each.drug else {})
                )
            else:
                label = f"Adverse event {at + 1}"
                self._fault(f"had-event-{at}", label, "which event? or take the row out")
        return found

    def _observations(self) -> Iterator[tuple[str, Any]]:
        for name, text in self.state.observations:
            kind = self.declared.get(name)
            if kind is None:
                known = [*self.declared]
                said = f"no rule asks for the observation {name!r}"
                self._fault("", "Address", said, nearest(name, known))
            elif kind.type == "number":
                value = self._number(
                    f"obs-{name}",
                    kind.says,
                    text,
                    f"a number in {unit(kind.unit or 'figures')} is wanted",
                )
                if value is not None:
                    yield name, value
            else:
                yield name, YES_NO[self._choice(f"obs-{name}", kind.says, text, tuple(YES_NO))]

    def _number(self, place: str, label: str, text: str, wanted: str) -> float | None:
        if _NUMBER.match(text):
            return float(text)
        self._fault(place, label, f"{text[:40]!r}: {wanted}")
        return None

    def _choice(self, place: str, label: str, text: str, choices: Sequence[str]) -> str:
        """The choice, or the first if it is none of them."""
        if text in choices:
            return text
        said = f"{text[:40]!r} is not one of {', '.join(choices)}"
        self._fault(place, label, said, nearest(text, choices))
        return choices[0]

    def _fault(self, place: str, label: str, text: str, near: tuple[str, ...] = ()) -> None:
        self.faults.append(Fault(place, label[:1].upper() + label[1:], text, near))


# --- back to the form -----------------------------------------------------------------------------

_LABELS = {
    "diagnosis": "Diagnosis",
    "history": "History",
    "drug": "Therapy",
    "had-event": "Adverse event",
    "had-drug": "Drug of adverse event",
    "considering": "Considering",
}


def faults_of(
    problems: Sequence[ProfileProblem], state: State, declared: Mapping[str, Observation]
) -> list[Fault]:
    """What the engine found wrong, at the fields of the form."""
    return [_fault(each, state, declared) for each in problems]


def _fault(problem: ProfileProblem, state: State, declared: Mapping[str, Observation]) -> Fault:
    if problem.field.startswith("observations."):
        name = problem.field.partition(".")[2]
        says = declared[name].says if name in declared else name
        return Fault(f"obs-{name}", says[:1].upper() + says[1:], problem.message, problem.nearest)
    place = _PLACE.match(problem.field)
    if place is None:
        return Fault("", "Profile", problem.message, problem.nearest)
    kind, number = _field(place[1], place[3] or "", int(place[2]), state)
    label = f"{_LABELS[kind]} {number + 1}"
    return Fault(f"{kind}-{number}", label, problem.message, problem.nearest)


def _field(name: str, part: str, at: int, state: State) -> tuple[str, int]:
    """The kind of field and its number; rows without a name are not in the profile."""
    if name == "diagnoses":
        first = len(state.diagnoses)
        return ("diagnosis", at) if at < first else ("history", at - first)
    if name == "therapies":
        return "drug", [i for i, row in enumerate(state.therapies) if row.drug][at]
    if name == "adverse_events":
        rows = [i for i, row in enumerate(state.events) if row.event]
        return ("had-drug" if part == "with_drug" else "had-event"), rows[at]
    return "considering", at
