"""What review and training told: projects as approved, their enrolments, and which runs are over. Read models.

Every event may come twice, late, or before the one it builds on; each is kept under its own key.
"""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.subsidy.models import Claim, CompletedRun, Project, ProjectEnrolment
from services.subsidy.sets import insert_new
from shared.bus.wire import Event
from shared.bus.work import Work
from shared.contracts.review import ProjectApproved
from shared.contracts.training import EnrolmentsEstablished, RunTold
from shared.store.database import changed


def take_turn(session: Session, project_id: str) -> bool:
    """Holds the project's row until this transaction ends: claims, payments, blocks and fraud come one by one.

    False where the project isn't known here. A transaction that takes several turns takes them in order of id.
    """
    turn = update(Project).where(Project.project_id == project_id).values(turns=Project.turns + 1)
    return changed(session, turn) == 1


def take_claims_turn(session: Session, claim: Claim) -> None:
    """Holds a claim's row until this transaction ends, after its project's, and looks at it as it is then."""
    changed(session, update(Claim).where(Claim.id == claim.id).values(turns=Claim.turns + 1))
    session.refresh(claim)


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
