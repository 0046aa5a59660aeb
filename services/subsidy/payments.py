"""Paying: a maker prepares, a checker instructs the treasury, and what it paid is confirmed once (X-5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.subsidy.blocks import take_turns
from services.subsidy.checks.comparing import compare
from services.subsidy.checks.gathering import Gathered
from services.subsidy.checks.holding import held_back, held_of, keep
from services.subsidy.exclusions import after_payment
from services.subsidy.ledger import Entry, cite, entry_of, hold_open_year, post
from services.subsidy.models import Batch, Claim, Payment
from services.subsidy.moves import moved
from services.subsidy.offsets import settle_offsets
from services.subsidy.projects import take_turn
from services.subsidy.reading import live_funding
from services.subsidy.telling import payment_told
from shared.bus.work import Look, Work
from shared.contracts.subsidy import (
    PAYMENT_CONFIRMED,
    PAYMENT_INSTRUCTED,
    ApprovePayment,
    BatchShape,
    ConfirmedItem,
    ConfirmPayment,
    GetBatch,
    PaymentShape,
    PaymentState,
    PreparePayment,
)
from shared.errors import Conflict, InvalidRequest
from shared.money import Money
from shared.security.permissions import check_other_person, check_reach, not_found
from shared.store.database import changed
from shared.store.types import new_id

LEFT = Payment.state != "voided"
"""Condition on a payment: fraud didn't take it out of its batch."""


def prepare(work: Work, request: PreparePayment, gathered: Gathered) -> BatchShape:
    """Approved claims of one district and programme become one batch, a payment per claim and source.

    Each is compared with what is on file elsewhere first; those that a block or an open hit holds stay out.
    """
    asked_for = _claims_to_pay(work, request)
    after = {claim.id: moved(claim.state, "prepare") for claim in asked_for}
    for claim in asked_for:
        check_other_person(work.speaker, {"申领": claim.applicant, "审核": claim.approver or ""})
    compare(work, asked_for, gathered)
    held = held_back(work.session, asked_for)
    claims = [claim for claim in asked_for if claim.id not in held]
    for claim in claims:
        claim.state = after[claim.id]
    batch = Batch(
        id=new_id(),
        programme=asked_for[0].programme,
        district=asked_for[0].district,
        state="prepared" if claims else "voided",
        maker=work.speaker.person,
        prepared_on=work.today,
    )
    work.session.add(batch)
    work.session.flush()
    keep(work, batch, held)
    payees = {claim.id: claim.payee_id for claim in claims}
    hold_open_year(work.session, batch.programme, batch.district)  # closing a year gives claims another funding
    work.session.add_all(
        Payment(
            batch_id=batch.id,
            claim_id=part.claim_id,
            payee_id=payees[part.claim_id],
            fund_source=part.fund_source,
            funding_version=part.version,
            fiscal_year=part.fiscal_year,
            amount=part.sends,
        )
        for part in live_funding(work.session, list(payees))
        if part.sends
    )
    work.session.flush()
    work.note(f"batch:{batch.id}")
    return batch_shape(work.session, batch)


def approve(work: Work, request: ApprovePayment) -> BatchShape:
    """The checker's word: the treasury is told to pay what nothing has come to hold since."""
    batch = load(work, request.batch_id)
    take_turns(work.session, _claims_of(work.session, batch))
    _take_turn(work, batch)
    if batch.state == "voided":
        raise Conflict("该批次的申领均已作废或暂缓，不能复核，请重新制单", state=batch.state)
    if batch.state != "prepared":
        raise Conflict("该批次已复核，不能再次复核，请查看批次状态", state=batch.state)
    claims = _claims_of(work.session, batch)
    for claim in claims:
        earlier = {"申领": claim.applicant, "审核": claim.approver or "", "制单": batch.maker}
        check_other_person(work.speaker, earlier)
    claims = _leave_out_held(work, batch, claims)
    if not claims:
        return batch_shape(work.session, batch)
    batch.state, batch.checker, batch.instructed_on = "instructed", work.speaker.person, work.today
    changed(work.session, update(Payment).where(Payment.batch_id == batch.id, LEFT).values(state="instructed"))
    work.session.flush()
    for claim in claims:
        told = payment_told(batch, claim, work.today)
        work.tell(PAYMENT_INSTRUCTED, claim.id, told, district=claim.district)
    return batch_shape(work.session, batch)


def _leave_out_held(work: Work, batch: Batch, claims: Sequence[Claim]) -> list[Claim]:
    """The claims that are paid; those that were blocked or hit since leave, a batch without any is voided."""
    held = held_back(work.session, claims)
    for claim in claims:
        if claim.id in held:
            claim.state = moved(claim.state, "leave")
    left = (Payment.batch_id == batch.id, Payment.claim_id.in_(list(held)))
    changed(work.session, update(Payment).where(*left).values(state="voided"))
    keep(work, batch, held)
    if len(held) == len(claims):
        batch.state = "voided"
    work.session.flush()
    return [claim for claim in claims if claim.id not in held]


def confirm(work: Work, request: ConfirmPayment) -> BatchShape:
    """Keeps what the treasury paid. The same word about a payment again changes nothing; another word is refused."""
    batch = load(work, request.batch_id)
    for project_id in sorted({claim.project_id for claim in _claims_of(work.session, batch)}):
        take_turn(work.session, project_id)
    _take_turn(work, batch)
    if batch.state in ("prepared", "voided"):
        raise Conflict("该批次尚未复核，国库不应拨付，请先由他人复核", state=batch.state)
    claims = {claim.id: claim for claim in _claims_of(work.session, batch)}
    for claim in claims.values():
        check_other_person(work.speaker, {"申领": claim.applicant, "审核": claim.approver or ""})
    payments = {payment.id: payment for payment in _payments_of(work.session, batch)}
    _check_items(work, batch, request.items, payments)
    arrived = [item for item in request.items if _is_news(item, payments[item.payment_id])]
    for item in arrived:
        payment = payments[item.payment_id]
        payment.state, payment.paid_on, payment.bank_reference = "paid", item.paid_on, item.bank_reference
    work.session.flush()
    post(work, [_entry(work, claims[paid.claim_id], paid) for paid in (payments[item.payment_id] for item in arrived)])
    _settle(work, batch, claims, list(payments.values()), {payments[item.payment_id].claim_id for item in arrived})
    return batch_shape(work.session, batch)


def get_batch(look: Look, request: GetBatch) -> BatchShape:
    return batch_shape(look.session, load(look, request.batch_id))


def load(look: Look, batch_id: str) -> Batch:
    """A batch in the speaker's reach; NotFound else."""
    batch = look.session.get(Batch, batch_id)
    if batch is None:
        raise not_found()
    check_reach(look.speaker, district=batch.district)
    look.note(f"batch:{batch.id}")
    return batch


def batch_shape(session: Session, batch: Batch) -> BatchShape:
    payments = _payments_of(session, batch)
    return BatchShape(
        batch_id=batch.id,
        state=cast("PaymentState", batch.state),
        district=batch.district,
        programme=batch.programme,
        total=Money.sum(payment.amount for payment in payments if payment.state != "voided"),
        maker=batch.maker,
        checker=batch.checker,
        payments=tuple(
            PaymentShape(
                payment_id=payment.id,
                claim_id=payment.claim_id,
                payee_id=payment.payee_id,
                fund_source=payment.fund_source,
                fiscal_year=payment.fiscal_year,
                amount=payment.amount,
                state=cast("PaymentState", payment.state),
                paid_on=payment.paid_on,
                bank_reference=payment.bank_reference,
            )
            for payment in payments
        ),
        held=held_of(session, batch.id),
    )


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
    take_turns(work.session, claims)
    changed(work.session, update(Claim).where(Claim.id.in_(request.claim_ids)).values(turns=Claim.turns + 1))
    return list(work.session.scalars(wanted.execution_options(populate_existing=True)))


def _take_turn(work: Work, batch: Batch) -> None:
    """Holds the batch until this transaction ends: two confirmations of one claim see each other."""
    changed(work.session, update(Batch).where(Batch.id == batch.id).values(turns=Batch.turns + 1))
    work.session.refresh(batch)


def _payments_of(session: Session, batch: Batch) -> Sequence[Payment]:
    order = (Payment.claim_id, Payment.fund_source)
    wanted = select(Payment).where(Payment.batch_id == batch.id).order_by(*order)
    return session.scalars(wanted.execution_options(populate_existing=True)).all()


def _claims_of(session: Session, batch: Batch) -> Sequence[Claim]:
    """The claims that are still paid by the batch, as they stand now."""
    ids = select(Payment.claim_id).where(Payment.batch_id == batch.id, LEFT)
    wanted = select(Claim).where(Claim.id.in_(ids)).order_by(Claim.number)
    return session.scalars(wanted.execution_options(populate_existing=True)).all()


def _check_items(work: Work, batch: Batch, items: Sequence[ConfirmedItem], payments: dict[str, Payment]) -> None:
    """Every bad item at once."""
    times = Counter(item.payment_id for item in items)
    faults: list[tuple[str, str]] = []
    for place, item in enumerate(items):
        if item.payment_id not in payments:
            faults.append((f"items[{place}].payment_id", "该支付编号不在本批次内，请核对批次"))
        elif payments[item.payment_id].state == "voided":
            faults.append((f"items[{place}].payment_id", "该笔支付已作废，国库不应拨付，请核对回单"))
        elif times[item.payment_id] > 1:
            faults.append((f"items[{place}].payment_id", "同一笔支付重复列出，请只保留一行"))
        if item.paid_on > work.today:
            faults.append((f"items[{place}].paid_on", "拨付日期晚于今天，请待到账后再登记"))
        elif item.paid_on < (batch.instructed_on or date.max):
            faults.append((f"items[{place}].paid_on", f"拨付日期早于批次复核日 {batch.instructed_on}，请核对回单"))
    if faults:
        raise InvalidRequest.of(*faults)


def _is_news(item: ConfirmedItem, payment: Payment) -> bool:
    """False where it was confirmed before in the same words; Conflict where the words differ."""
    if payment.state != "paid":
        return True
    if (payment.paid_on, payment.bank_reference) != (item.paid_on, item.bank_reference):
        raise Conflict(
            "该笔支付已登记到账，日期或回单号与本次不同；已拨付的记录不能修改，请核对", payment_id=payment.id
        )
    return False


def _entry(work: Work, claim: Claim, payment: Payment) -> Entry:
    cited = cite(work.policies.by_identity(claim.document), "subsidy.advance")
    place = (payment.fund_source, payment.fiscal_year)
    return entry_of(claim, "payment", *place, payment.amount, payment.id, cited, moved_on=payment.paid_on)


def _settle(work: Work, batch: Batch, claims: dict[str, Claim], payments: list[Payment], touched: set[str]) -> None:
    """A claim is paid once all its sources have paid; a batch, once all its claims are."""
    for claim_id in sorted(touched):
        own = [payment for payment in payments if payment.claim_id == claim_id]
        if all(payment.state == "paid" for payment in own):
            _paid(work, batch, claims[claim_id], max(payment.paid_on for payment in own if payment.paid_on))
    if all(payment.state in ("paid", "voided") for payment in payments):
        batch.state = "paid"
    work.session.flush()


def _paid(work: Work, batch: Batch, claim: Claim, on: date) -> None:
    claim.state, claim.paid_on = moved(claim.state, "confirm"), on
    work.session.flush()
    settle_offsets(work, claim)
    work.tell(PAYMENT_CONFIRMED, claim.id, payment_told(batch, claim, on), district=claim.district)
    after_payment(work, claim)
