"""People who failed or left before the end, as training tells of them, or answers where it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shared.contracts.training import enrolments, results
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
    ) -> results.EnrolmentsEnded:
        """These failed or left today; training tells it, or only answers when it is asked. What is told, or to tell."""
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
        news = results.EnrolmentsEnded(project_id, "apprenticeship", self.district, EMPLOYER, tuple(ended))
        if told:
            self.harness.hear(results.ENROLMENTS_ENDED, project_id, news)
        return news

    def enrol_again(self, project_id: str, enrolment_id: str) -> enrolments.EnrolmentsEstablished:
        """Whoever had that enrolment gets another one and passes by it; what is to be told of it."""
        page = self.outcomes[project_id]
        before = next(one for one in page.enrolments if one.enrolment_id == enrolment_id)
        again = replace(
            before,
            enrolment_id=f"{project_id}-enrolment-{len(page.enrolments):04d}",
            result="passed",
            assessed_on=self.harness.today,
            certificate=page.enrolments[0].certificate,
            leaving_reason="none",
        )
        self.outcomes[project_id] = replace(page, enrolments=(*page.enrolments, again))
        person = enrolments.EnrolledPerson(again.enrolment_id, again.person_id)
        place = (project_id, "apprenticeship", self.district, EMPLOYER, again.enrolled_on)
        return enrolments.EnrolmentsEstablished(*place, (person,))

    def _ended(self, request: results.AskEnded) -> results.EndedList:
        """What training answers about who failed or left, whether or not it has told."""
        return results.EndedList(tuple(self.ended[id] for id in request.enrolment_ids if id in self.ended))
