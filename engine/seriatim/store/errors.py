"""What can go wrong with the store, each with a message made for its reader."""

from __future__ import annotations

from seriatim.errors import SeriatimError

CANNOT_RUN = 2


class StoreError(SeriatimError):
    """The store cannot do what was asked; the text says why and what to do.

    `temporary` is true if the same call may succeed later (the database is away, locked or full).
    No text holds a password or a stored value. `why` is the reason in fixed words, for a log.
    """

    exit_code = CANNOT_RUN

    def __init__(self, message: str, *, temporary: bool = False, why: str = "") -> None:
        self.temporary = temporary
        self.why = why
        super().__init__(message)


class RecordError(StoreError):
    """A value does not fit the store: `field` names it, `reason` says what fits.

    The value itself is never repeated: it came from elsewhere and may be anything.
    """

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}")
