"""A claim that is void before the treasury was told: its commitment is released, never edited (APP-27, X-1, X-9)."""

from __future__ import annotations

from sqlalchemy import select, update

from services.subsidy.demands.discharges import lock_demands_of
from services.subsidy.demands.opening import withdraw_demands_of
from services.subsidy.demands.set_off import drop_set_offs, is_refill_spent
from services.subsidy.events import claim_told
from services.subsidy.funding.claim_funding import borne
from services.subsidy.ledger.books import lock_open_year
from services.subsidy.ledger.postings import Cited, entries_of_parts, post
from services.subsidy.lifecycle.claim import transition
from services.subsidy.lifecycle.payment import TOLD
from services.subsidy.models import Batch, Claim, Payment
from services.subsidy.projects.locks import lock_claim
from shared.contracts.subsidy.claims import CLAIM_DECIDED
from shared.kernel.work import Work
from shared.store.database import execute_count


def void(work: Work, claim: Claim, cited: Cited) -> None:
    """Voids it whole, for what is cited. One of which the treasury was told stays: it pays it.

    Needs the project's turn.
    """
    lock_claim(work.session, claim)
    if claim.state in ("approved", "in_payment") and not _leaves_batch(work, claim):
        return
    was_reserved = claim.state != "submitted"
    lock_demands_of(work.session, [claim.id])
    lock_open_year(work.session, claim.programme, claim.district)  # closing a year gives claims another funding
    if was_reserved and is_refill_spent(work, claim):
        _back_to_approved(work, claim)
        return
    claim.state, claim.live = transition(claim.state, "void"), False
    work.session.flush()
    if was_reserved:
        drop_set_offs(work, claim)
        post(work, entries_of_parts(claim, "release", borne(work.session, claim), claim.id, cited))
        withdraw_demands_of(work, claim)
    work.note(f"claim:{claim.id}")
    work.tell(CLAIM_DECIDED, claim.id, claim_told(claim), district=claim.district)


def leave_batch(work: Work, claim: Claim) -> None:
    """Takes a claim that isn't voided out of a batch that isn't checked yet: it is approved as before."""
    lock_claim(work.session, claim)
    if claim.state == "in_payment" and _leaves_batch(work, claim):
        _back_to_approved(work, claim)


def _back_to_approved(work: Work, claim: Claim) -> None:
    if claim.state == "in_payment":
        claim.state = transition(claim.state, "leave")
        work.session.flush()


def _leaves_batch(work: Work, claim: Claim) -> bool:
    """Takes the claim's payments out of a batch that isn't checked yet; False where the treasury was told of one."""
    own = select(Payment.batch_id).where(Payment.claim_id == claim.id)
    if work.session.scalar(own.where(Payment.state.in_(TOLD)).limit(1)):
        return False
    prepared = own.where(Payment.state == "prepared")
    for batch in work.session.scalars(select(Batch).where(Batch.id.in_(prepared))).all():
        execute_count(work.session, update(Batch).where(Batch.id == batch.id).values(turns=Batch.turns + 1))
        work.session.refresh(batch)
        mine = (Payment.claim_id == claim.id, Payment.batch_id == batch.id)
        execute_count(work.session, update(Payment).where(*mine).values(state="voided"))
        others = select(Payment.id).where(Payment.batch_id == batch.id, Payment.state == "prepared").limit(1)
        if work.session.scalar(others) is None:
            batch.state = "voided"
    return True
