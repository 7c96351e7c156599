"""One look-up for one address: the state, what is wrong with it, or the report."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from seriatim.errors import DisagreementError, ProfileError
from seriatim.service.web.faults import Fault
from seriatim.service.web.profile import faults_of, profile_of
from seriatim.service.web.reader import Read, read

if TYPE_CHECKING:
    from seriatim.model.evidence import EvidenceReport
    from seriatim.service.context import Context
    from seriatim.service.web.state import State


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked and what came of it.

    There is a report if something was asked and nothing was wrong. `status` is that of the answer.
    """

    read: Read
    faults: tuple[Fault, ...] = ()
    report: EvidenceReport | None = None
    status: int = 200

    @property
    def state(self) -> State:
        """The state of the form."""
        return self.read.state


def ask(context: Context, query: bytes) -> Asked:
    """Look up what a query asks for. Nothing that can stand in a query is raised."""
    found = read(query)
    state, declared = found.state, context.engine.knowledge.vocabulary.observations
    profile, faults = profile_of(state, declared)
    faults = [*found.faults, *faults]
    report = None
    status = 400 if found.faults else 422 if faults else 200
    if not state.asks:
        return Asked(found, tuple(faults), None, status)
    started = perf_counter()
    try:
        report = context.engine.look_up(profile)
    except ProfileError as error:
        own = {each.field for each in faults if each.field}
        more = faults_of(error.problems, state, declared)
        faults += [each for each in more if each.field not in own]
        status = status if found.faults else 422
    except DisagreementError as error:
        faults.append(Fault("", "No answer", str(error)))
        status = 500
    finally:
        context.metrics.look_up_seconds.observe(perf_counter() - started)
    return Asked(found, tuple(faults), None if faults else report, status)
