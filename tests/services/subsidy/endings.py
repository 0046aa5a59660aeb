"""People who failed or left before the end, as training tells of them, or answers where it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shared.contracts.training import results
from tests.services.harness import KernelHarness

EMPLOYER = "employer-1"


class Endings:
    """What training knows of outcomes: the part of a driver that ends enrolments."""

    harness: KernelHarness
    district: str

    def __init__(self) -> None:
        self.outcomes: dict[str, results.OutcomePage] = {}
        self.ended: dict[str, results.EndedShape] = {}

    def end(
        self, project_id: str, enrolment_ids: Sequence[str], result: Any = "left", *, told: bool = True, **fields: Any
    ) -> None:
        """These failed or left today; training tells it, or only answers when it is asked."""
        page = self.outcomes[project_id]
        by_id = {one.enrolment_id: one for one in page.enrolments}
        facts = {"result": result, "ended_on": self.harness.today, "appraisable": True, "months_trained": 6} | fields
        ended = [
            results.EndedEnrolment(
                enrolment_id=id, person_id=by_id[id].person_id, enrolled_on=by_id[id].enrolled_on, **facts
            )
            for id in enrolment_ids
        ]
        gone = {
            one.enrolment_id: replace(
                by_id[one.enrolment_id], result=result, assessed_on=one.ended_on, leaving_reason=one.leaving_reason
            )
            for one in ended
        }
        outcomes = tuple(gone.get(one.enrolment_id, one) for one in page.enrolments)
        self.outcomes[project_id] = replace(page, enrolments=outcomes)
        self.ended |= {one.enrolment_id: results.EndedShape(project_id, **vars(one)) for one in ended}
        if told:
            place = (project_id, "apprenticeship", self.district, EMPLOYER)
            self.harness.hear(results.ENROLMENTS_ENDED, project_id, results.EnrolmentsEnded(*place, tuple(ended)))

    def _ended(self, request: results.AskEnded) -> results.EndedList:
        """What training answers about who failed or left, whether or not it has told."""
        return results.EndedList(tuple(self.ended[id] for id in request.enrolment_ids if id in self.ended))
