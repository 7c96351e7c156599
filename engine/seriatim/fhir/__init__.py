"""FHIR R4 to a patient profile, with where each fact came from.

What was decided where a record leaves room:

- Absence is unknown: no list of a record is taken as complete. Only a diagnosis that is known
  closes the others, as in a profile that is typed.
- The response to a drug is never read from FHIR, which has no place for it. A recognised reason
  for a stop is used and shown; any other stays unknown, and is asked for.
- A status counts by all that it says, the gravest first. A text beside a code that denies the
  diagnosis, doubts it or gives it to somebody else makes it unconfirmed.
- Suspected diagnoses and drugs that are listed as not tolerated are facts, shown but not concluded
  from; a refuted, cancelled, intended or not-given resource is counted with the reason.
- An active order or a paused one is current; a dose or a supply that was given is past, unless the
  supply lasts until today. Whether more was taken is not said, and the fact says so.
- Text counts if it is a name and nothing else, for a product if the name stands in it as a whole
  word; a cream, drops or another form for one part of the body is another treatment.
- Nothing of another patient is used, nor what names somebody who cannot be told to be this one.
  Where it is not said which of several is meant, nothing is.
- In a Bundle a relative reference stands for a resource of the server that its entry is of.
- Contradictions are named and both sides kept, unless dates settle them.
"""

from seriatim.fhir.reader import read
from seriatim.fhir.results import Conflict, Fact, FhirError, Reading, Skipped

__all__ = ["Conflict", "Fact", "FhirError", "Reading", "Skipped", "read"]
