"""What review and training told: projects as approved, their enrolments, and which runs are over. Read models.

Every event may come twice, late, or before the one it builds on; each is kept under its own key.
"""

from __future__ import annotations

from services.subsidy.models import CompletedRun, Project, ProjectEnrolment
from shared.bus.wire import Event
from shared.contracts.review.cases import ProjectApproved
from shared.contracts.training.enrolments import EnrolmentsEstablished
from shared.contracts.training.projects import RunTold
from shared.kernel.work import Work
from shared.store.bulk import insert_new


def approved(work: Work, event: Event[ProjectApproved]) -> None:
    """Keeps what a claim is decided by, as fixed at approval (INT-1, INT-24). A known project stays as it is."""
    told = event.data
    if work.session.get(Project, told.project_id) is not None:
        return
    work.session.add(
        Project(
            project_id=told.project_id,
            programme=told.programme,
            document=told.document,
            district=told.district,
            employer_id=told.employer_id,
            entrusted_employer_id=told.plan.entrusted_employer_id,
            submitted_on=told.submitted_on,
            approved_on=told.approved_on,
            occupation=told.occupation,
            occupation_class=told.occupation_class,
            level=told.plan.level,
            term_years=told.plan.term_years,
        )
    )


def enrolled(work: Work, event: Event[EnrolmentsEstablished]) -> None:
    """Keeps the enrolments that may be claimed for."""
    told = event.data
    rows = (
        {
            "enrolment_id": one.enrolment_id,
            "project_id": told.project_id,
            "person_id": one.person_id,
            "enrolled_on": told.enrolled_on,
        }
        for one in told.enrolments
    )
    insert_new(work.session, ProjectEnrolment, rows)


def completed(work: Work, event: Event[RunTold]) -> None:
    """Training is over: from now on a final claim is awaited."""
    told = event.data
    work.session.merge(CompletedRun(project_id=told.project_id, programme=told.programme, completed_on=told.on))
