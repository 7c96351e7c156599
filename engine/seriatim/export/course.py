"""One course as FHIR resources: what was given, for what, with what effect, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.export.codes import LIBRARY, exact_codes, said_of
from seriatim.export.dosage import dosages
from seriatim.export.printed import cells, not_held, notes, place, quoted
from seriatim.export.resources import (
    Entry,
    absent,
    coded,
    entry,
    quantity,
    reference,
    remarks,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.knowledge.library import CourseView, KnowledgeBase
    from seriatim.model.series import Also, TherapyCell

UNCONFIRMED = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/condition-ver-status",
            "code": "unconfirmed",
        }
    ]
}


def course_entries(
    view: CourseView, knowledge: KnowledgeBase, patient: Entry, paper: Entry
) -> list[Entry]:
    """Every resource of a course, its Provenance last."""
    return _Course(view, knowledge, patient, paper).entries()


class _Course:
    """Builds the resources of one course; `where` is its place in print."""

    def __init__(
        self, view: CourseView, knowledge: KnowledgeBase, patient: Entry, paper: Entry
    ) -> None:
        self.view, self.course = view, view.course
        self.knowledge, self.concepts = knowledge, knowledge.lexicon.concepts
        self.patient, self.paper = patient, paper
        self.subject = reference(patient)
        self.where = place(view, knowledge)

    def entries(self) -> list[Entry]:
        condition = self.condition()
        also = [self.also(each) for each in self.view.individual.also]
        drug = self.drug(condition)
        rest = [condition, *also, drug, *self.observations(drug), *self.therapies()]
        rest += self.events(drug)
        return [*rest, self.provenance(rest)]

    def condition(self) -> Entry:
        """The diagnosis: coded if its meaning is settled, in the printed words alone if not."""
        first = self._first_row()
        cell = first.course.diagnosis
        concept = self.concepts[cell.concept] if cell.concept else None
        name = f"{self.view.individual_id}/{cell.concept or cell.printed}"
        open_term = f"Printed as {quoted(cell.printed)}: {cell.why}" if cell.why else ""
        codes = f"Codes: {said_of(exact_codes(concept))}." if concept else ""
        printed = f"{quoted(cell.printed)} as printed{f': {concept.name}' if concept else ''}."
        return entry(
            "Condition",
            name,
            [f"{printed} {place(first, self.knowledge)}", open_term],
            code=coded(concept, cell.printed) if concept else text(cell.printed),
            subject=self.subject,
            note=remarks([open_term, codes]),
        )

    def _first_row(self) -> CourseView:
        """The first row of this individual with this diagnosis, whichever course is exported."""
        cell = self.course.diagnosis
        return next(
            each
            for each in self.knowledge.courses.values()
            if each.individual_id == self.view.individual_id
            and (each.diagnosis or each.course.diagnosis.printed) == (cell.concept or cell.printed)
        )

    def also(self, each: Also) -> Entry:
        """A diagnosis that the text gives the individual; a probable one is unconfirmed."""
        concept = self.concepts[each.concept]
        return entry(
            "Condition",
            f"{self.view.individual_id}/{each.concept}",
            [f"{concept.name}, {each.certainty}: {each.why} ({each.at})"],
            verificationStatus=UNCONFIRMED if each.certainty == "probable" else None,
            code=coded(concept, concept.name),
            subject=self.subject,
            note=remarks([each.why, f"Codes: {said_of(exact_codes(concept))}."]),
        )

    def drug(self, condition: Entry) -> Entry:
        """The drug with its dose; whether it went on is not printed, so its status is unknown."""
        concept = self.concepts[self.course.drug]
        printed = self.course.dose.printed if self.course.dose else "dose not printed"
        held = not_held(self.view)
        return entry(
            "MedicationStatement",
            self.view.id,
            [f"{concept.name}, {printed}. {self.where}", *notes(self.view, self.knowledge), held],
            identifier=[{"value": self.view.id}],
            status="unknown",
            medicationCodeableConcept=coded(concept, concept.name),
            subject=self.subject,
            reasonReference=[reference(condition)],
            dosage=dosages(self.course),
            note=remarks(
                [
                    *notes(self.view, self.knowledge),
                    f"Codes: {said_of(exact_codes(concept))}.",
                    held,
                ]
            ),
        )

    def observations(self, drug: Entry) -> Iterator[Entry]:
        course = self.course
        age = quantity(course.age.years, "year", "a") if course.age else None
        yield self._observation("age as printed", drug, valueQuantity=age)
        months = quantity(course.months.months, "month", "mo") if course.months else None
        yield self._observation("total duration of the therapy", drug, valueQuantity=months)
        yield self._observation(
            "response as the series defines it",
            drug,
            valueCodeableConcept=self._response(),
            note=remarks(self._definition()),
        )
        yield self._observation(
            "cells of the row as printed",
            drug,
            component=[{"code": text(n), "valueString": said} for n, said in cells(course)],
        )

    def _observation(self, what: str, drug: Entry, **fields: Any) -> Entry:
        held = any(value for name, value in fields.items() if name != "note")
        return entry(
            "Observation",
            f"{self.view.id}/{what}",
            [f"{what}{'' if held else ': not printed'}. {self.where}"],
            status="final",
            code=text(what),
            subject=self.subject,
            focus=[reference(drug)],
            dataAbsentReason=None if held else absent(),
            **fields,
        )

    def _response(self) -> dict[str, Any] | None:
        cell = self.course.response
        if cell is None:
            return None
        shown = f"{cell.level} response as the series defines it"
        level = {"system": LIBRARY, "code": f"response-{cell.level}", "display": shown}
        return {"coding": [level], "text": cell.printed}

    def _definition(self) -> list[str]:
        outcome = self.knowledge.series[self.view.series].outcome
        levels = "; ".join(f"{each.level} {quoted(each.printed)}" for each in outcome.levels)
        return [f"Levels as printed ({outcome.at}): {levels}.", outcome.measure, *outcome.open]

    def therapies(self) -> Iterator[Entry]:
        """Previous and concurrent therapy as lists; a cell that is not printed gives none."""
        for name, cell in (
            ("previous therapy", self.course.previous),
            ("concurrent therapy", self.course.concurrent),
        ):
            if cell is not None:
                given = [self._therapy(name, *each) for each in self._pairs(cell)]
                yield from given
                yield self._list(name, given, cell.printed[0])

    def _pairs(self, cell: TherapyCell) -> list[tuple[str, str]]:
        return list(zip(cell.printed, cell.drugs, strict=True)) if cell.drugs else []

    def _therapy(self, name: str, printed: str, drug: str) -> Entry:
        concept = self.concepts[drug]
        return entry(
            "MedicationStatement",
            f"{self.view.id}/{name}/{drug}",
            [f"{printed} as printed, {name} to {self.view.id}. {self.where}"],
            status="unknown",
            medicationCodeableConcept=coded(concept, printed),
            subject=self.subject,
            note=remarks(
                [
                    f"Printed as {name}; its dose, dates and outcome are not printed.",
                    f"Codes: {said_of(exact_codes(concept))}.",
                ]
            ),
        )

    def _list(self, name: str, entries: list[Entry], printed: str) -> Entry:
        """What a cell lists; a cell that says there is nothing is an empty list that says so."""
        return entry(
            "List",
            f"{self.view.id}/{name}",
            [f"{name} of {self.view.id}. {self.where}"],
            status="current",
            mode="snapshot",
            title=f"{name}, {self.view.id}",
            code=text(name),
            subject=self.subject,
            entry=[{"item": reference(each)} for each in entries],
            emptyReason=None if entries else text(f"printed as {quoted(printed)}"),
        )

    def events(self, drug: Entry) -> Iterator[Entry]:
        """Each adverse event; causality, seriousness, onset and outcome are not printed."""
        cell = self.course.adverse_events
        if cell is None:
            return
        given = []
        for each in cell.events:
            concept = self.concepts[each]
            said = f"{concept.name}; the cell prints {quoted(cell.printed)}. {self.where}"
            codes = f"Codes: {said_of(exact_codes(concept)) or 'none is exact'}."
            given.append(
                entry(
                    "AdverseEvent",
                    f"{self.view.id}/{each}",
                    [said, codes, "Whether the drug caused it is not printed."],
                    actuality="actual",
                    event=coded(concept, concept.name),
                    subject=self.subject,
                    suspectEntity=[{"instance": reference(drug)}],
                    referenceDocument=[reference(self.paper, self.where)],
                )
            )
        yield from given
        yield self._list("adverse events", given, cell.printed)

    def provenance(self, of: list[Entry]) -> Entry:
        """Where all of it is printed and who transcribed it, to the day; no time is made up."""
        series = self.knowledge.series[self.view.series]
        unknown = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
        read = f"Read: {series.document.read}; sha256 {series.document.sha256}."
        known = f"Knowledge {self.knowledge.library.version}, sha256:{self.knowledge.hash}."
        return entry(
            "Provenance",
            self.view.id,
            [self.where, read, known],
            target=[reference(each) for each in of],
            occurredDateTime=series.revised,
            _recorded={"extension": [{"url": unknown, "valueCode": "unknown"}]},
            agent=[{"who": {"display": series.transcribed_by}}],
            entity=[{"role": "source", "what": reference(self.paper, self.where)}],
        )
