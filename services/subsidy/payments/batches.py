"""Batches as they are checked and shown: after the maker another person instructs the treasury (X-5).

How a batch comes about: `preparation.py`; what the bank did with it: `bank/`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.subsidy.checks.holds import claims_held_back, held_claims_of, store_held_claims
from services.subsidy.claims.earlier_steps import earlier_steps
from services.subsidy.claims.ended_questions import EndedLearners, enforce_answers
from services.subsidy.events import payment_told
from services.subsidy.lifecycle.claim import transition
from services.subsidy.models import Batch, Claim, Payment
from services.subsidy.projects.locks import lock_projects_of
from shared.contracts.subsidy.payments import (
    PAYMENT_INSTRUCTED,
    ApprovePayment,
    BatchShape,
    GetBatch,
    PaymentShape,
    PaymentTold,
)
from shared.errors import Conflict
from shared.kernel.work import Look, Work
from shared.money import Money
from shared.security.permissions import check_other_person, check_reach, not_found
from shared.store.by_name import shape_of
from shared.store.database import execute_count

IN_BATCH = Payment.state != "voided"
"""Condition on a payment: fraud didn't take it out of its batch."""


def approve_payment(work: Work, request: ApprovePayment, ended: EndedLearners) -> BatchShape:
    """The checker's word: the treasury is told to pay what nothing has come to hold since.

    Advances for somebody who has failed or left since are voided; a batch without any other is answered `voided`.
    """
    batch = load_batch(work, request.batch_id)
    stood = batch.state
    lock_projects_of(work.session, claims_of(work.session, batch))
    enforce_answers(work, ended)
    _lock_batch(work, batch)
    if batch.state == "voided" and stood == "prepared" and ended:
        return batch_shape(work.session, batch)
    if batch.state == "voided":
        raise Conflict("该批次的申领均已作废或暂缓，不能复核，请重新制单", state=batch.state)
    if batch.state != "prepared":
        raise Conflict("该批次已复核，不能再次复核，请查看批次状态", state=batch.state)
    claims = claims_of(work.session, batch)
    for claim in claims:
        check_other_person(work.speaker, earlier_steps(claim) | {"制单": batch.maker})
    claims = _leave_out_held(work, batch, claims)
    if not claims:
        return batch_shape(work.session, batch)
    batch.state, batch.checker, batch.instructed_on = "instructed", work.speaker.person, work.today
    execute_count(
        work.session, update(Payment).where(Payment.batch_id == batch.id, IN_BATCH).values(state="instructed")
    )
    work.session.flush()
    for claim_id, told in payments_told(work.session, batch, claims, work.today):
        work.tell(PAYMENT_INSTRUCTED, claim_id, told, district=batch.district)
    return batch_shape(work.session, batch)


def _leave_out_held(work: Work, batch: Batch, claims: Sequence[Claim]) -> list[Claim]:
    """The claims that are paid; those that were blocked or hit since leave, a batch without any is voided."""
    held = claims_held_back(work.session, claims)
    for claim in claims:
        if claim.id in held:
            claim.state = transition(claim.state, "leave")
    left = (Payment.batch_id == batch.id, Payment.claim_id.in_(list(held)))
    execute_count(work.session, update(Payment).where(*left).values(state="voided"))
    store_held_claims(work, batch, held)
    if len(held) == len(claims):
        batch.state = "voided"
    work.session.flush()
    return [claim for claim in claims if claim.id not in held]


def get_batch(look: Look, request: GetBatch) -> BatchShape:
    """Raises NotFound outside the speaker's reach."""
    return batch_shape(look.session, load_batch(look, request.batch_id))


def load_batch(look: Look, batch_id: str) -> Batch:
    """A batch in the speaker's reach; NotFound else."""
    batch = look.session.get(Batch, batch_id)
    if batch is None:
        raise not_found()
    check_reach(look.speaker, district=batch.district)
    look.note(f"batch:{batch.id}")
    return batch


def batch_shape(session: Session, batch: Batch) -> BatchShape:
    """A batch with all its payments, and what it goes without. `total`: yuan, without what was voided."""
    payments = payments_of(session, batch)
    return shape_of(
        BatchShape,
        batch,
        batch_id=batch.id,
        total=Money.sum(payment.amount for payment in payments if payment.state != "voided"),
        payments=tuple(shape_of(PaymentShape, payment, payment_id=payment.id) for payment in payments),
        held=held_claims_of(session, batch.id),
    )


def payments_told(session: Session, batch: Batch, claims: Sequence[Claim], on: date) -> list[tuple[str, PaymentTold]]:
    """What the batch sends for each of these claims, by claim: of one that is repeated in part only that part."""
    sums = select(Payment.claim_id, func.sum(Payment.amount)).where(Payment.batch_id == batch.id, IN_BATCH)
    sent: dict[str, Money] = dict(session.execute(sums.group_by(Payment.claim_id)).all())
    return [(claim.id, payment_told(batch.id, claim, sent[claim.id], on)) for claim in claims]


def _lock_batch(work: Work, batch: Batch) -> None:
    """Holds the batch until this transaction ends: two confirmations of one claim see each other."""
    execute_count(work.session, update(Batch).where(Batch.id == batch.id).values(turns=Batch.turns + 1))
    work.session.refresh(batch)


def payments_of(session: Session, batch: Batch) -> Sequence[Payment]:
    """All of the batch, voided ones too, by claim and source, as they stand now."""
    wanted = select(Payment).where(Payment.batch_id == batch.id).order_by(Payment.claim_id, Payment.fund_source)
    return session.scalars(wanted.execution_options(populate_existing=True)).all()


def claims_of(session: Session, batch: Batch) -> Sequence[Claim]:
    """The claims that are still paid by the batch, as they stand now."""
    ids = select(Payment.claim_id).where(Payment.batch_id == batch.id, IN_BATCH)
    wanted = select(Claim).where(Claim.id.in_(ids)).order_by(Claim.number)
    return session.scalars(wanted.execution_options(populate_existing=True)).all()
