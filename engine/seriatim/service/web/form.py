"""What the form shows: its rows, its choices in words, and faults beside their fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seriatim.render.words import unit
from seriatim.service.web.columns import OF_EVENTS, OF_THERAPIES
from seriatim.service.web.corrections import corrected
from seriatim.service.web.profile import RESPONSES, SEXES, STATUSES, STOPPED, UNITS
from seriatim.service.web.state import Event, Therapy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seriatim.knowledge.lexicon import Lexicon
    from seriatim.model.rule import Observation
    from seriatim.service.web.asking import Asked
    from seriatim.service.web.faults import Fault
    from seriatim.service.web.site import Site

Options = tuple[tuple[str, str], ...]
PARTS = (
    *("", "age", "unit", "sex", "diagnosis", "considering", "therapy", "tried", "event", "had"),
    *("obs", "history"),
)
"""The parts of the form from above; what is wrong with the address comes before them."""
ROWS = {"therapy": OF_THERAPIES, "event": OF_EVENTS}
_QUOTED = re.compile(r"(?<!\w)'([^'\n]*)'(?!\w)")
WORDS = {
    "unknown": "not known",
    "none": "none",
    "no-response": "no response",
    "female": "female",
}


def options(values: Sequence[str], first: str = "") -> Options:
    """Choices with their words; `first` comes before them and says that none is made."""
    made = tuple((each, WORDS.get(each, each)) for each in values)
    return ((("", first),) if first else ()) + made


def unknown_first(values: Sequence[str]) -> Options:
    """Choices of which the one that says nothing comes first."""
    return options(("unknown", *(each for each in values if each != "unknown")))


@dataclass(frozen=True, slots=True)
class Link:
    """A correction: what is put in place, and the address that does it."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A fault as shown, with a link for each name that may have been meant."""

    field: str
    label: str
    text: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Observed:
    """A field for an observation."""

    name: str
    label: str
    number: bool
    unit: str
    value: str


class Choices:
    """What every form offers; made once."""

    units = UNITS
    sexes = options([each for each in SEXES if each != "unknown"], "not known")
    statuses = options(STATUSES)
    responses = unknown_first(RESPONSES)
    stopped = unknown_first(STOPPED)
    yes_no = (("", "not known"), ("yes", "yes"), ("no", "no"))
    all_tried = (
        ("", "never given, if at least one is listed"),
        ("more", "may have been given"),
        ("nothing", "none: nothing has been tried"),
    )
    all_had = (
        ("", "none, if at least one is listed"),
        ("more", "may have occurred"),
        ("nothing", "none: there was none so far"),
    )
    no_therapy = Therapy("")
    no_event = Event("")


class Form(Choices):
    """The form of one page."""

    def __init__(self, asked: Asked, site: Site, names: Mapping[str, Sequence[str]]) -> None:
        self.state = asked.state
        self.added = asked.read.added
        self.names = names
        self._declared: Mapping[str, Observation] = (
            site.context.engine.knowledge.vocabulary.observations
        )
        faults = sorted(asked.faults, key=lambda each: self._place(each.field))
        self.faults = [shown(each, asked, site) for each in faults]

    def at(self, place: str) -> list[Shown]:
        """The faults of a field."""
        return [each for each in self.faults if each.field == place]

    def _place(self, field: str) -> tuple[int, int, int]:
        """Where a field stands in the form: its part, its row, and its place in the row."""
        if field.startswith("obs-"):
            return PARTS.index("obs"), [*self._declared, field[4:]].index(field[4:]), 0
        kind, dash, number = field.rpartition("-")
        if not dash:
            return PARTS.index(field), 0, 0
        part = next((each for each in ROWS if kind in ROWS[each]), kind)
        return PARTS.index(part), int(number), ROWS.get(part, (kind,)).index(kind)

    def number(self, at: int | str) -> str:
        """The number of a row for its reader; a row that a script will add has none yet."""
        return f"{at + 1}" if isinstance(at, int) else "N"

    def rows(self, name: str) -> tuple[Any, ...]:
        """The rows of a list and one to fill in: two if another was asked for."""
        rows: dict[str, tuple[tuple[Any, ...], Any]] = {
            "diagnosis": (self.state.diagnoses, ""),
            "history": (self.state.history, ""),
            "considering": (self.state.considering, ""),
            "therapy": (self.state.therapies, self.no_therapy),
            "event": (self.state.events, self.no_event),
        }
        filled, empty = rows[name]
        free = 1 if not filled or name == self.added else 0
        return (*filled, *([empty] * free))

    @property
    def observations(self) -> list[Observed]:
        """A field for each observation that rules ask for."""
        return [
            Observed(
                name,
                kind.says[:1].upper() + kind.says[1:],
                kind.type == "number",
                unit(kind.unit or ""),
                self.state.observed(name),
            )
            for name, kind in self._declared.items()
        ]

    @property
    def more_is_open(self) -> bool:
        """Whether something is filled in, wrong or asked for in the part that is folded."""
        wrong = any(each.field.startswith(("obs-", "history-")) for each in self.faults)
        return wrong or bool(
            self.state.observations or self.state.history or self.added == "history"
        )


def shown(fault: Fault, asked: Asked, site: Site) -> Shown:
    """A fault with addresses of what it would be if it were mended."""
    links = []
    for name in fault.nearest:
        state = corrected(asked.state, fault.field, name)
        if state is not None:
            links.append(Link(name, site.at("/", state)))
    text = _QUOTED.sub("\u201c\\1\u201d", fault.text.rstrip("."))
    return Shown(fault.field, fault.label, text, tuple(links))


def names_of(lexicon: Lexicon) -> dict[str, list[str]]:
    """Names to choose from where there are no scripts, by kind; classes are among the drugs."""
    kinds = {"diagnosis": ("diagnosis",), "drug": ("drug", "class"), "event": ("event",)}
    found = {}
    for kind, those in kinds.items():
        own = (lexicon.name(each) for each in lexicon.of_kind(*those))  # type: ignore[arg-type]
        found[kind] = sorted(own, key=str.casefold)
    return found
