"""Preparing a batch: which approved claims are paid by it, source by source, and what earlier payments leave to send.

What a source has paid isn't sent again; what came to nothing is, by a payment that names the one that it repeats. The
database lets each be repeated once, and only one at a time be on its way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from services.subsidy.checks import sources
from services.subsidy.checks.comparison import compare_claims
from services.subsidy.checks.holds import claims_held_back, store_held_claims
from services.subsidy.checks.sources import SourceAnswers
from services.subsidy.claims.earlier_steps import earlier_steps
from services.subsidy.claims.ended_questions import EndedLearners, ask_ended, enforce_answers
from services.subsidy.funding.claim_funding import live_funding
from services.subsidy.ledger.books import lock_open_year
from services.subsidy.lifecycle.claim import transition
from services.subsidy.lifecycle.payment import ON_ITS_WAY
from services.subsidy.models import Batch, Claim, Payment
from services.subsidy.payments.batches import batch_shape, payments_told
from services.subsidy.projects.locks import lock_projects_of
from shared.contracts.subsidy.payments import PAYMENT_PREPARED, BatchShape, PreparePayment
from shared.errors import InvalidRequest
from shared.kernel.work import Asks, Work
from shared.security.permissions import check_other_person, check_reach, not_found
from shared.store.types import new_id


class PaymentAnswers(NamedTuple):
    """What speaks against paying, and who failed or left."""

    sources: SourceAnswers
    ended: EndedLearners


def ask(asks: Asks, request: PreparePayment) -> PaymentAnswers:
    """Everything that others know about those in the asked claims. Raises NotFound as `sources.ask` does."""
    return PaymentAnswers(sources.ask(asks, request), ask_ended(asks, request.claim_ids))


def prepare_payment(work: Work, request: PreparePayment, answers: PaymentAnswers) -> BatchShape:
    """Approved claims of one district and programme become one batch, a payment per claim and source that hasn't paid.

    Advances for somebody who has failed or left are voided and stay out; of no others, the batch is voided. Each is
    compared with what is on file elsewhere first; those that a block or an open hit holds stay out.
    """
    asked_for = _claims_to_pay(work, request)
    programme, district = asked_for[0].programme, asked_for[0].district
    asked_for = _without_ended(work, asked_for, answers.ended)
    after = {claim.id: transition(claim.state, "prepare") for claim in asked_for}
    for claim in asked_for:
        check_other_person(work.speaker, earlier_steps(claim))
    compare_claims(work, asked_for, answers.sources)
    held = claims_held_back(work.session, asked_for)
    claims = [claim for claim in asked_for if claim.id not in held]
    for claim in claims:
        claim.state = after[claim.id]
    batch = Batch(
        id=new_id(),
        programme=programme,
        district=district,
        state="prepared" if claims else "voided",
        maker=work.speaker.person,
        prepared_on=work.today,
    )
    work.add(batch)
    store_held_claims(work, batch, held)
    lock_open_year(work.session, batch.programme, batch.district)  # closing a year gives claims another funding
    _add_payments(work.session, batch, claims)
    for claim_id, told in payments_told(work.session, batch, claims, work.today):
        work.tell(PAYMENT_PREPARED, claim_id, told, district=batch.district)
    work.note(f"batch:{batch.id}")
    return batch_shape(work.session, batch)


def _without_ended(work: Work, claims: Sequence[Claim], ended: EndedLearners) -> list[Claim]:
    """As they stand after training's answer: an advance that it voids isn't paid."""
    approved = {claim.id for claim in claims if claim.state == "approved"}
    enforce_answers(work, ended)
    for claim in claims:
        work.session.refresh(claim)
    return [claim for claim in claims if claim.state != "voided" or claim.id not in approved]


def _add_payments(session: Session, batch: Batch, claims: Sequence[Claim]) -> None:
    payees = {claim.id: claim.payee_id for claim in claims}
    sent = select(Payment.claim_id, Payment.fund_source).where(Payment.claim_id.in_(list(payees)))
    done = set(session.execute(sent.where(Payment.state.in_((*ON_ITS_WAY, "paid")))).all())
    earlier = _earlier(session, list(payees))
    session.add_all(
        Payment(
            batch_id=batch.id,
            claim_id=part.claim_id,
            payee_id=payees[part.claim_id],
            fund_source=part.fund_source,
            funding_version=part.version,
            fiscal_year=part.fiscal_year,
            amount=part.sends,
            retry_of=earlier.get((part.claim_id, part.fund_source)),
        )
        for part in live_funding(session, list(payees))
        if part.sends and (part.claim_id, part.fund_source) not in done
    )
    session.flush()


def _earlier(session: Session, claim_ids: Sequence[str]) -> dict[tuple[str, str], str]:
    """By claim and source, the last payment that came to nothing: the one that no other has repeated."""
    later = aliased(Payment)
    wanted = select(Payment.claim_id, Payment.fund_source, Payment.id).where(
        Payment.claim_id.in_(claim_ids), ~exists().where(later.retry_of == Payment.id)
    )
    return {(claim_id, source): payment_id for claim_id, source, payment_id in session.execute(wanted)}


def _claims_to_pay(work: Work, request: PreparePayment) -> list[Claim]:
    """The claims, held until this transaction ends, always in the same order."""
    repeated = [claim_id for claim_id, times in Counter(request.claim_ids).items() if times > 1]
    if repeated:
        raise InvalidRequest.of(("claim_ids", f"{'、'.join(repeated)} 重复，请每笔申领只列一次"))
    wanted = select(Claim).where(Claim.id.in_(request.claim_ids)).order_by(Claim.id)
    claims = list(work.session.scalars(wanted))
    if len(claims) < len(request.claim_ids):
        raise not_found()
    for claim in claims:
        check_reach(work.speaker, district=claim.district)
    if len({(claim.programme, claim.district) for claim in claims}) > 1:
        raise InvalidRequest.of(("claim_ids", "一个批次只能包含同一辖区、同一项目类别的申领，请分批制单"))
    lock_projects_of(work.session, claims)
    return list(work.session.scalars(wanted.execution_options(populate_existing=True)))
