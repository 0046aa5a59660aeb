"""Who failed or left (APP-19, INT-30, INT-88): no advance moves for them any more, and what was advanced is asked back.

What they are entitled to all the same is decided once, when it is told. Under `at_result` the demand opens at once,
whether or not the employer ever claims; under `with_final_claim` the final claim decides it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.claims.prior_claims import PriorClaims
from services.subsidy.exclusions.enforcement import open_clawbacks, void_unless_basis_of_later
from services.subsidy.ledger.postings import cite
from services.subsidy.lifecycle.claim import UNPAID
from services.subsidy.models import Claim, ClaimLine, EndedEnrolment, Project
from services.subsidy.projects.locks import lock_project
from services.subsidy.projects.read_model import record_completed_run
from services.subsidy.rules.apprenticeship.facts import OutcomeFacts, TrainingFacts
from shared.bus.wire import Event
from shared.contracts.training import results
from shared.contracts.training.projects import RunTold
from shared.kernel.work import Work
from shared.policy.decisions import Decision, decide
from shared.policy.document import Document
from shared.store.bulk import insert_new
from shared.store.by_name import shape_of, values_of

ENTITLEMENT = "subsidy.entitlement"


def record_ended(work: Work, event: Event[results.EnrolmentsEnded]) -> None:
    """People failed or left. It may be heard before their project or their enrolment is."""
    told = event.data
    if store_ended(work, told.project_id, told.enrolments):
        enforce_ended(work, told.project_id)


def record_run_end(work: Work, event: Event[RunTold]) -> None:
    """Training is over: a final claim is awaited, and whoever failed or left doesn't wait for it."""
    record_completed_run(work, event)
    if lock_project(work.session, event.data.project_id):
        enforce_ended(work, event.data.project_id)


def store_ended(work: Work, project_id: str, ended: Iterable[results.EndedEnrolment | results.EndedShape]) -> bool:
    """Keeps who failed or left, once; the project is locked from here. False where it isn't known yet."""
    known = lock_project(work.session, project_id)
    rows = (values_of(EndedEnrolment, one, project_id=project_id) for one in ended)
    insert_new(work.session, EndedEnrolment, rows)
    return known


def enforce_ended(work: Work, project_id: str) -> None:
    """Decides what those who ended earn, voids their unpaid advances, and asks back what was paid. Needs the lock."""
    document = work.policies.by_identity(work.session.get_one(Project, project_id).document)
    _decide_pending(work, project_id, document)
    for claim in reversed(_unpaid_advances(work.session, project_id)):
        void_unless_basis_of_later(work, claim, cite(document, "subsidy.result"))
    decided = select(EndedEnrolment.enrolment_id).where(EndedEnrolment.project_id == project_id)
    open_clawbacks(work, project_id, set(work.session.scalars(decided.where(EndedEnrolment.earns.is_not(None)))))


def _decide_pending(work: Work, project_id: str, document: Document) -> None:
    """Of those in no live final claim, which decides it itself."""
    if document.reading("demand_opens") != "at_result" or ENTITLEMENT not in document.decisions:
        return
    finally_claimed = select(ClaimLine.enrolment_id).where(
        ClaimLine.project_id == project_id, ClaimLine.live, ClaimLine.kind == "final"
    )
    pending = work.session.scalars(
        select(EndedEnrolment)
        .where(EndedEnrolment.project_id == project_id, EndedEnrolment.decision_id.is_(None))
        .where(EndedEnrolment.enrolment_id.not_in(finally_claimed))
        .order_by(EndedEnrolment.enrolment_id)
    ).all()
    if not pending:
        return
    decisions = _decisions(work, project_id, document, pending)
    kept = work.store_decisions([(one.enrolment_id, made) for one, made in zip(pending, decisions, strict=True)])
    for one, made, decision_id in zip(pending, decisions, kept, strict=True):
        one.earns, one.decision_id = made.amounts["entitlement"], decision_id
    work.session.flush()


def _decisions(work: Work, project_id: str, document: Document, pending: Sequence[EndedEnrolment]) -> list[Decision]:
    project = work.session.get_one(Project, project_id)
    prior = PriorClaims(work.session, project_id)
    return [
        decide(
            ENTITLEMENT,
            shape_of(
                OutcomeFacts,
                one,
                training=shape_of(TrainingFacts, project, on=project.submitted_on, appraisable=one.appraisable),
                advance_paid=prior.paid(one.enrolment_id),
                asked_back=prior.asked_back(one.enrolment_id),
            ),
            document,
        )
        for one in pending
    ]


def _unpaid_advances(session: Session, project_id: str) -> list[Claim]:
    """Advances that hold somebody who failed or left, and aren't settled, the oldest first."""
    holding = (
        select(ClaimLine.claim_id)
        .join(EndedEnrolment, EndedEnrolment.enrolment_id == ClaimLine.enrolment_id)
        .where(ClaimLine.project_id == project_id, ClaimLine.live, ClaimLine.kind == "advance")
    )
    wanted = select(Claim).where(Claim.state.in_(UNPAID), Claim.id.in_(holding))
    return list(session.scalars(wanted.order_by(Claim.number)))
