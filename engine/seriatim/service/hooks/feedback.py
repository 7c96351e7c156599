"""Feedback on cards: kept durably, without the words of a comment, which may name a patient."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from seriatim.service.hooks.call import UUID, bad_request, named
from seriatim.service.problems import Fault
from seriatim.store import Feedback
from seriatim.store.records import MOST_SUGGESTIONS, utc_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seriatim.service.hooks.codes import Codes
    from seriatim.service.hooks.services import Service

MOST = 1000
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?\Z", re.ASCII)
"""As FHIR has it, but for the zone, which clients leave out."""
TITLE = "The feedback cannot be read"
OUTCOMES = ("accepted", "overridden")
UNLISTED = "unlisted"
"""Stored for a reason that is not of our list: a client's own code could be any text."""


def read_feedback(
    body: Any, service: Service, codes: Codes, client: str, now: datetime
) -> tuple[Feedback, ...]:
    """The entries; raises Problem 400 with every place that is wrong.

    Cards are not looked up: a card that this server never showed may be another worker's or older
    than what is kept. None of our cards has suggestions, so an acceptance may name none.
    """
    found = body.get("feedback") if isinstance(body, dict) else None
    if not isinstance(found, list):
        where = "/feedback" if isinstance(body, dict) else ""
        what = named(found if where else body)
        raise bad_request([Fault(where, f"is {what}; expected a list of feedback")], TITLE)
    if len(found) > MOST:
        raise bad_request([Fault("/feedback", f"has more than {MOST} entries")], TITLE)
    reader = _Reader(service, codes, client, now)
    entries = [reader.entry(f"/feedback/{index}", each) for index, each in enumerate(found)]
    if reader.faults:
        raise bad_request(reader.faults, TITLE)
    return tuple(each for each in entries if each is not None)


class _Reader:
    """Reads entries and collects what is wrong with them."""

    def __init__(self, service: Service, codes: Codes, client: str, now: datetime) -> None:
        self.service, self.codes, self.client, self.now = service, codes, client, now
        self.faults: list[Fault] = []

    def entry(self, at: str, given: Any) -> Feedback | None:
        """One entry; None if it is wrong."""
        if not isinstance(given, dict):
            self._fault(at, f"is {named(given)}; expected an object")
            return None
        before = len(self.faults)
        card = self._uuid(f"{at}/card", given.get("card"))
        outcome = given.get("outcome")
        if outcome not in OUTCOMES:
            self._fault(f"{at}/outcome", f"is not {' or '.join(OUTCOMES)}")
        accepted = self._suggestions(f"{at}/acceptedSuggestions", given.get("acceptedSuggestions"))
        code, system, commented = self._reason(f"{at}/overrideReason", given.get("overrideReason"))
        when = self._time(f"{at}/outcomeTimestamp", given.get("outcomeTimestamp"))
        if len(self.faults) > before or when is None:
            return None
        return Feedback(
            service=self.service.id,
            card=card,
            outcome=str(outcome),
            accepted_suggestions=accepted,
            reason_code=code,
            reason_system=system,
            commented=commented,
            outcome_at=when,
            client=self.client,
            received_at=self.now,
        )

    def _fault(self, at: str, detail: str) -> None:
        self.faults.append(Fault(at, detail))

    def _uuid(self, at: str, value: Any) -> str:
        if isinstance(value, str) and UUID.match(value):
            return value.lower()
        self._fault(at, "is not a UUID" if value is not None else "is required")
        return ""

    def _suggestions(self, at: str, value: Any) -> tuple[str, ...]:
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > MOST_SUGGESTIONS:
            self._fault(at, f"is not a list of at most {MOST_SUGGESTIONS}")
            return ()
        return tuple(
            self._uuid(f"{at}/{index}/id", each.get("id") if isinstance(each, dict) else each)
            for index, each in enumerate(value)
        )

    def _reason(self, at: str, value: Any) -> tuple[str | None, str | None, bool]:
        """Code and system if they are ours, and whether there is a comment."""
        if value is None:
            return None, None, False
        if not isinstance(value, dict):
            self._fault(at, f"is {named(value)}; expected an object")
            return None, None, False
        comment = value.get("userComment")
        if comment is not None and not isinstance(comment, str):
            self._fault(f"{at}/userComment", f"is {named(comment)}; expected text")
        code, system = self._coding(f"{at}/reason", value.get("reason"))
        return code, system, bool(comment)

    def _coding(self, at: str, value: Any) -> tuple[str | None, str | None]:
        if value is None:
            return None, None
        code = value.get("code") if isinstance(value, dict) else None
        if not isinstance(code, str) or not code:
            self._fault(f"{at}/code", "is required, as text")
            return None, None
        system = value.get("system")
        if system is not None and not isinstance(system, str):
            self._fault(f"{at}/system", f"is {named(system)}; expected text")
            return None, None
        known = self.codes.reason(system, code)
        ours = self.codes.reasons[0]["system"]
        return (known["code"] if known else UNLISTED), ours

    def _time(self, at: str, value: Any) -> datetime | None:
        """In UTC, as CDS Hooks wants it; a time without a zone is taken to be that."""
        if isinstance(value, str) and _INSTANT.match(value):
            try:
                when = datetime.fromisoformat(value)
                return utc_time(when if when.tzinfo else when.replace(tzinfo=UTC))
            except ValueError:
                pass
        self._fault(at, "is not a time such as 2026-11-22T10:05:31Z")
        return None


def summary_of(entries: tuple[Feedback, ...]) -> Mapping[str, int]:
    """How many of each outcome, for the metrics."""
    return {each: sum(entry.outcome == each for entry in entries) for each in OUTCOMES}
