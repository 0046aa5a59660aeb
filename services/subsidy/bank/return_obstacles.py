"""What stands against taking a payment back: a closed year whose money the open one can't bear, money back already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.bank.locked_payments import LockedPayments, PaymentRow
from services.subsidy.demands.discharges import net_discharged
from services.subsidy.ledger.books import Bucket, available, lock_open_year
from services.subsidy.models import Budget, Claim, ClaimLine, Clawback, Discharge
from shared.batching import slices
from shared.money import ZERO, Money
from shared.store.bulk import SLICE

REPAID = "该申领追回的款项已有退还或抵扣，不应再由银行退回；请先核实并冲销该退款登记，再重新提交本行"
SPENT = (
    "该资金来源该年度已拨付的款项中，已有一部分由单位退还并恢复为可用额度，所余不足本笔金额；"
    "请先核实并冲销相应的退款登记，再重新提交本行"
)


class ReturnObstacles:
    """Of the returns in one list, line after line. `claim_ids`: whose payments they name."""

    def __init__(self, session: Session, locked: LockedPayments, claim_ids: Collection[str]) -> None:
        self._session, self._locked = session, locked
        self._repaid = repaid(session, claim_ids)
        self._years: dict[tuple[str, str], int] = {}
        self._free: dict[tuple[str, str, str], Money] = {}
        self._out: dict[Bucket, Money] = {}
        self._arrived: Counter[Bucket] = Counter()

    def arrived(self, payment_id: str) -> None:
        """A line of the same list has just said that it was paid."""
        payment = self._locked.payments[payment_id]
        self._arrived[self._bucket(payment)] += payment.amount.fen

    def against(self, payment_id: str) -> str | None:
        """Why this payment can't be taken back yet, and the cure; None where it can."""
        payment = self._locked.payments[payment_id]
        claim = self._locked.claims[payment.claim_id]
        if claim.id in self._repaid:
            return REPAID
        bucket = self._bucket(payment)
        if self._paid_out(bucket) < payment.amount:
            return SPENT
        obstacle = self._unbearable(claim, payment)
        if obstacle is None:
            self._arrived[bucket] -= payment.amount.fen
        return obstacle

    def _bucket(self, payment: PaymentRow) -> Bucket:
        claim = self._locked.claims[payment.claim_id]
        return Bucket(claim.programme, claim.district, payment.fund_source, payment.fiscal_year)

    def _paid_out(self, bucket: Bucket) -> Money:
        """What its budget has paid and not got back, with the lines so far: repaid money is taken off it (INT-76)."""
        if bucket not in self._out:
            lock_open_year(self._session, bucket.programme, bucket.district)
            budget = self._session.get(Budget, bucket, populate_existing=True)
            self._out[bucket] = budget.paid if budget else ZERO
        return self._out[bucket] + Money(self._arrived[bucket])

    def _unbearable(self, claim: Claim, payment: PaymentRow) -> str | None:
        """What comes back from a closed year has to be borne by the first open one; counts off what it takes."""
        books = (claim.programme, claim.district)
        if books not in self._years:
            self._years[books] = lock_open_year(self._session, *books)
        year, source = self._years[books], payment.fund_source
        if payment.fiscal_year >= year:
            return None
        key = (*books, source)
        if key not in self._free:
            self._free[key] = available(self._session, *books, year, [source]).get(source, ZERO)
        if (missing := payment.amount - self._free[key]) > ZERO:
            return (
                f"退回的款项属于已结账的 {payment.fiscal_year} 年度，须转入 {year} 年度，尚缺 {missing} 元；"
                "请先下达预算，再重新提交本行"
            )
        self._free[key] -= payment.amount
        return None


def repaid(session: Session, claim_ids: Collection[str]) -> set[str]:
    """Those of the claims of which money that was asked back for another cause than a result came back already.

    What was given up didn't: it stays given up, and the bank's money is taken.
    """
    ended = (
        select(ClaimLine.claim_id)
        .join(Clawback, Clawback.enrolment_id == ClaimLine.enrolment_id)
        .join(Discharge, Discharge.clawback_id == Clawback.id)
        .where(Clawback.cause != "result", Discharge.way.not_in(("withdrawal", "write_off")))
        .group_by(ClaimLine.claim_id)
        .having(net_discharged() > ZERO)
    )
    return {
        claim_id
        for some in slices(sorted(claim_ids), SLICE)
        for claim_id in session.scalars(ended.where(ClaimLine.claim_id.in_(some)))
    }
