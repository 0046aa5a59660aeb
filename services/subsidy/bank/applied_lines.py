"""What lines that fit change, set by set: payments, postings, returns, claims, batches; then it is told.

A claim is paid once every source that sends has paid, by its first payment or a later one; it is approved again when
none of its payments is on its way any more and a source still hasn't. A batch is done once the bank has answered for
all of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy import select, update

from services.subsidy.bank.claim_settlement import settle_claims
from services.subsidy.bank.locked_payments import LockedPayments, PaymentRow
from services.subsidy.bank.matching import StatementLine
from services.subsidy.bank.return_effects import enforce_after_return
from services.subsidy.closing.carry_forward import carry_returned
from services.subsidy.closing.changes import BooksKey
from services.subsidy.demands.discharges import lock_demands_of
from services.subsidy.events import about_claim
from services.subsidy.ledger.postings import Cited, Entry, cite, claim_entry, post
from services.subsidy.lifecycle.payment import AWAITED, FAILED, WENT_OUT
from services.subsidy.models import Batch, Claim, Payment
from services.subsidy.models.bank import BankLine, PaymentReturn
from shared.batching import slices
from shared.contracts.subsidy.bank import PAYMENT_FAILED, BankOutcome, PaymentFailed
from shared.kernel.work import Work
from shared.store.bulk import SLICE, Row, insert_all
from shared.store.database import execute_count
from shared.store.types import new_id


class AppliedLine(NamedTuple):
    """A line that moves a payment. `line_id`: as it is stored; `payment`: as it was found."""

    line_id: str
    line: StatementLine
    payment: PaymentRow


def apply_lines(work: Work, locked: LockedPayments, applied: Sequence[AppliedLine]) -> None:
    """Needs the lines stored and their payments locked."""
    if not applied:
        return
    for outcome in ("unknown", "paid", "rejected", "returned"):
        _move(work, outcome, [one.payment.id for one in applied if one.line.outcome == outcome])
    returned = [one for one in applied if one.line.outcome == "returned"]
    returns = _returns(work, returned)
    insert_all(work.session, PaymentReturn, returns.values())
    lock_demands_of(work.session, sorted(locked.claims))  # before the books, as everybody does who changes demands
    post(work, _entries(work, locked, applied, returns))
    _close_batches(work, {one.payment.batch_id for one in applied})
    settle_claims(work, locked.claims, {one.payment.claim_id for one in applied if one.line.outcome != "unknown"})
    _carry_returned(work, locked, applied, returns)
    _tell_failures(work, locked, applied)
    enforce_after_return(work, [locked.claims[one.payment.claim_id] for one in returned])


def _move(work: Work, outcome: BankOutcome, payment_ids: Iterable[str]) -> None:
    """Payments take over what their lines say; a return leaves when and how they were paid."""
    line = (BankLine.payment_id == Payment.id, BankLine.outcome == outcome, BankLine.applied_on.is_not(None))
    values: dict[str, object] = {"state": outcome}
    if outcome == "paid":
        values["paid_on"] = select(BankLine.moved_on).where(*line).scalar_subquery()
        values["bank_reference"] = select(BankLine.bank_reference).where(*line).scalar_subquery()
    elif outcome != "unknown":
        values["reason"] = select(BankLine.reason).where(*line).scalar_subquery()
    for some in slices(sorted(payment_ids), SLICE):
        execute_count(work.session, update(Payment).where(Payment.id.in_(some)).values(values))


def _returns(work: Work, returned: Iterable[AppliedLine]) -> dict[str, Row]:
    """By payment."""
    return {
        one.payment.id: {
            "payment_id": one.payment.id,
            "id": new_id(),
            "line_id": one.line_id,
            "returned_on": one.line.on,
            "recorded_on": work.today,
            "recorded_by": work.speaker.person,
        }
        for one in returned
    }


def _entries(
    work: Work, locked: LockedPayments, applied: Iterable[AppliedLine], returns: dict[str, Row]
) -> Iterator[Entry]:
    @cache
    def cited(document: str) -> Cited:
        return cite(work.policies.by_identity(document), "subsidy.advance")

    for one in sorted(applied, key=lambda one: one.line.outcome == "returned"):  # what arrived is counted first
        payment, claim = one.payment, locked.claims[one.payment.claim_id]
        place = (payment.fund_source, payment.fiscal_year, payment.amount)
        if one.line.outcome == "paid":
            yield claim_entry(claim, "payment", *place, payment.id, cited(claim.document), moved_on=one.line.on)
        elif one.line.outcome == "returned":
            fact_id = str(returns[payment.id]["id"])
            yield claim_entry(claim, "return", *place, fact_id, cited(claim.document), moved_on=one.line.on)


def _carry_returned(
    work: Work, locked: LockedPayments, applied: Iterable[AppliedLine], returns: Mapping[str, Row]
) -> None:
    """What came back from a closed year is committed in the first open one."""
    facts: dict[tuple[BooksKey, int], str] = {}
    for one in applied:
        if one.payment.id in returns:
            claim = locked.claims[one.payment.claim_id]
            place = BooksKey(claim.programme, claim.district)
            facts.setdefault((place, one.payment.fiscal_year), str(returns[one.payment.id]["id"]))
    for (place, year), fact_id in sorted(facts.items()):
        carry_returned(work, place, year, fact_id)


def _close_batches(work: Work, batch_ids: Collection[str]) -> None:
    """`paid` where something of it was, `rejected` where nothing was, once nothing is awaited any more."""
    ids = sorted(batch_ids)
    mine = select(Payment.id).where(Payment.batch_id == Batch.id)
    over = (Batch.id.in_(ids), Batch.state == "instructed", ~mine.where(Payment.state.in_(AWAITED)).exists())
    something = mine.where(Payment.state.in_(WENT_OUT)).exists()
    execute_count(work.session, update(Batch).where(*over, something).values(state="paid"))
    execute_count(work.session, update(Batch).where(*over, ~something).values(state="rejected"))


def _tell_failures(work: Work, locked: LockedPayments, applied: Iterable[AppliedLine]) -> None:
    failed = [one for one in applied if one.line.outcome in FAILED]
    told = [(one.payment.claim_id, _failure(locked.claims[one.payment.claim_id], one)) for one in failed]
    work.tell_all(PAYMENT_FAILED, told)


def _failure(claim: Claim, one: AppliedLine) -> PaymentFailed:
    return about_claim(
        PaymentFailed,
        claim,
        payment_id=one.payment.id,
        batch_id=one.payment.batch_id,
        amount=one.payment.amount,
        outcome=one.line.outcome,
        on=one.line.on,
    )
