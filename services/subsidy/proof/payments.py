"""Payments worked out again: each entry against its fact, each payment against the bank's line that it rests on.

A payment that came back nets to nothing in its accounts; that both of its entries are there is proven here.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.ledger.books import Bucket
from services.subsidy.lifecycle.payment import WENT_OUT
from services.subsidy.models import BankLine, Claim, Offset, Payment, PaymentReturn, Posting
from services.subsidy.proof.expected_book import ExpectedBook, Within
from shared.money import ZERO, Money
from shared.store.bulk import STREAM

Fact = tuple[str, str]
"""A kind of posting, and the fact that makes it."""


def prove_payments(session: Session, within: Within, book: ExpectedBook) -> None:
    """Puts into the book what is paid and wasn't sent back."""
    expected: dict[Fact, Money] = {}
    lines = _lines(session)
    returns: dict[str, str] = dict(session.execute(select(PaymentReturn.payment_id, PaymentReturn.id)).all())
    wanted = select(Payment, Claim).join(Claim, Claim.id == Payment.claim_id).where(within(Claim))
    for payment, claim in session.execute(wanted.where(Payment.state.in_(WENT_OUT))):
        bucket = Bucket(claim.programme, claim.district, payment.fund_source, payment.fiscal_year)
        expected["payment", payment.id] = payment.amount
        book.compare(f"支付 {payment.id} 银行回单", lines.get(("paid", payment.id), ZERO), payment.amount)
        book.move(bucket, "paid", "committed", payment.amount)
        if payment.state == "returned":
            book.compare(f"支付 {payment.id} 退回回单", lines.get(("returned", payment.id), ZERO), payment.amount)
            expected["return", returns.get(payment.id, "")] = payment.amount
            book.move(bucket, "committed", "paid", payment.amount)
    for fact, amount in _posted(session, within):
        book.compare(f"分录 {' '.join(fact)}", amount, expected.pop(fact, ZERO))
    for (kind, fact_id), amount in expected.items():
        book.compare(f"分录 {kind} {fact_id}", ZERO, amount)


def _posted(session: Session, within: Within) -> Iterator[tuple[Fact, Money]]:
    """Entries of payments and their returns; a dropped set-off's return is proven with the set-off."""
    wanted = select(Posting.kind, Posting.fact_id, Posting.amount).where(
        within(Posting), Posting.kind.in_(("payment", "return")), Posting.fact_id.not_in(select(Offset.id))
    )
    for kind, fact_id, amount in session.execute(wanted, execution_options=STREAM):
        yield (kind, fact_id), amount


def _lines(session: Session) -> dict[Fact, Money]:
    """What the bank said that it moved, by outcome and payment."""
    applied = select(BankLine.outcome, BankLine.payment_id, BankLine.amount).where(BankLine.applied_on.is_not(None))
    rows = session.execute(applied.where(BankLine.outcome.in_(WENT_OUT)), execution_options=STREAM)
    return {(outcome, payment_id): amount for outcome, payment_id, amount in rows}
