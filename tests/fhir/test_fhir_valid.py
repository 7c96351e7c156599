"""What the tests send is FHIR R4 by an independent library, so that they show what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.medicationrequest import MedicationRequest
from fhir_charts import of_course

if TYPE_CHECKING:
    from seriatim import Engine


def test_every_row_is_sent_as_valid_fhir(engine: Engine) -> None:
    for view in engine.knowledge.courses.values():
        data, drafts = of_course(view, engine.knowledge.lexicon)
        assert len(Bundle.model_validate(data).entry) == len(data["entry"])
        assert MedicationRequest.model_validate(drafts[0]).status == "draft"
