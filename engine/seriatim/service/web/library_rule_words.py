"""A rule in words a clinician reads: what it ranges over is `the drug`, not `DRUG`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from seriatim.render.rulebook import conditions, consequence
from seriatim.render.words import listed, unit, upper_first
from seriatim.service.web.library_wording import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.rule import Cite, Rule

NOUNS = {"prior": "prior drug", "concurrent": "concurrent drug"}
"""Names that rules range over and that are no plain words."""
CITED = {
    "direct": "as of the same diagnosis",
    "ambiguous": "as of what may be the same diagnosis",
    "indirect": "as of another diagnosis",
}
RANGES = {
    "without_courses": "without a course in this library",
    "labelled": "with a label that was read",
    "without_label": "without a label that was read",
    "labelled_for": "named on a label of {}",
    "not_printed_with": "not printed with {}",
    "in": "of {}",
    "not_in": "not of {}",
    "except": "other than {}",
}
_CLAUSES = (
    (r"^(not: )?diagnosis given$", r"\1a diagnosis is given"),
    (r"^(not: )?diagnosis possibly ", r"\1the patient may have "),
    (r"^(not: )?diagnosis ", r"\1the patient has "),
    (r"(?<! is) (being given|under consideration)\b", r" is \1"),
    (r"(?<! was) tried before\b", " was tried before"),
    (r" stopped because of ", " was stopped because of "),
    (r"\bno-response\b", "no response"),
)
_FOLLOWS = (
    (r"^ask for ", "Asks "),
    (r"^conclude: ", "Concluded: "),
    (r"^caution \((\w.*?)\): ", r"Caution (\1): "),
    (r"\b(OLDEST|YOUNGEST) years", lambda found: f"the {found[1].lower()} printed age"),
)
_DOUBLED = (
    ("the diagnosis is the diagnosis", "this is the diagnosis"),
    ("the patient's, the diagnosis", "the patient's"),
)
"""What reads twice once a name is a noun."""


class RuleWords:
    """The words of one rule."""

    def __init__(self, rule: Rule, known: KnowledgeBase) -> None:
        self.rule, self.known = rule, known

    def conditions(self) -> list[str]:
        """`the drug is in question`, one line for each condition."""
        found = conditions(self.rule, self.known)
        return [self._said(unit(_replaced(each, _CLAUSES))) for each in found]

    def consequence(self) -> str:
        """What follows."""
        then = self.rule.then
        if then.cite is not None:
            return self._cited(then.cite)
        lead, colon, text = _replaced(consequence(then, self.known), _FOLLOWS).partition(": ")
        return f"{self._said(lead)}{colon}{upper_first(self._said(text))}"

    def ranges(self) -> str:
        """`any diagnosis and any drug`; empty if the rule ranges over nothing."""
        return listed(self._range(name, each) for name, each in self.rule.for_.items())

    def _cited(self, cite: Cite) -> str:
        courses = Words(self._name).courses(cite.courses)
        group = f", in the group “{self._filled(cite.subgroup)}”" if cite.subgroup else ""
        because = self._filled(cite.because).rstrip(".")
        return f"Cited {CITED[cite.relation]}{group}: {courses}. Said with it: “{because}”."

    def _name(self, term: str) -> str:
        return _the(term[1:]) if term.startswith("$") else self.known.lexicon.name(term)

    def _filled(self, template: str) -> str:
        return self._said(re.sub(r"\{(\w+)\}", lambda found: found[1].upper(), template))

    def _said(self, text: str) -> str:
        """The text with `the drug` for `DRUG`."""
        for name in self.rule.for_:
            text = re.sub(rf"(the class )?\b{name.upper()}\b", _the(name), text)
        for name, series in self.known.series.items():
            text = re.sub(
                rf"(the series )?\b{name}\b", series.citation.name, text, flags=re.IGNORECASE
            )
        return _replaced(text, _DOUBLED)

    def _range(self, name: str, value: Any) -> str:
        return " ".join([f"any {_noun(name)}", *self._limits(value)])

    def _limits(self, value: Any) -> Iterable[str]:
        if isinstance(value, list):
            yield f"({listed(map(self._name, value), 'or')})"
        elif isinstance(value, dict):
            for key, inner in value.items():
                of_class = key in ("in", "not_in") and not str(inner).startswith("$")
                yield RANGES[key].format(f"{'the class ' * of_class}{self._name(str(inner))}")
        elif value != "any":
            yield RANGES[str(value)]


def _noun(name: str) -> str:
    return NOUNS.get(name, name)


def _the(name: str) -> str:
    return f"the {_noun(name)}"


def _replaced(text: str, pairs: Iterable[tuple[str, str | Callable[[re.Match[str]], str]]]) -> str:
    for pattern, words in pairs:
        text = re.sub(pattern, words, text)
    return text
