"""What the other services learn when a case has passed its last station."""

from __future__ import annotations

from datetime import date

from services.review.applications import roster_people
from services.review.cases import cases
from services.review.models import Case
from shared.batching import slices
from shared.contracts.registry import eligibility
from shared.contracts.review import cases as contract
from shared.contracts.schema.shapes import IDS_PER_EVENT
from shared.kernel.work import Work


def tell_project(work: Work, case: Case, occupation: eligibility.OccupationAnswer, approved_on: date) -> None:
    """Tells an approved project, which keeps the class that its occupation had that day (INT-24)."""
    project = cases.project_of(work.session, case)
    project.occupation_class = occupation.occupation_class
    project.occupation_decision_id = occupation.decision_id
    plan = cases.plan_of(project)
    told = contract.ProjectApproved(
        project_id=case.case_id,
        programme=case.programme,
        document=case.document,
        district=case.district,
        employer_id=case.employer_id,
        provider_id=case.provider_id,
        provider_kind=project.provider_kind or "",
        submitted_on=case.submitted_on,
        approved_on=approved_on,
        occupation=plan.occupation,
        occupation_class=occupation.occupation_class,
        plan=plan,
        cooperation_agreement=project.cooperation_agreement,
    )
    work.tell(contract.PROJECT_APPROVED, case.case_id, told, district=case.district)


def tell_roster(work: Work, case: Case, approved_on: date) -> None:
    """Tells the people accepted, in events of at most a thousand."""
    accepted = roster_people.accepted(work.session, case.case_id)
    parts = slices(accepted, IDS_PER_EVENT)
    for part, person_ids in enumerate(parts, start=1):
        told = contract.RosterApproved(
            case_id=case.case_id,
            project_id=case.project_id,
            programme=case.programme,
            district=case.district,
            employer_id=case.employer_id,
            provider_id=case.provider_id,
            approved_on=approved_on,
            part=part,
            parts=len(parts),
            person_ids=person_ids,
        )
        work.tell(contract.ROSTER_APPROVED, case.case_id, told, district=case.district)
