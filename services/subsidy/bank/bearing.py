"""What comes back from a closed year has to be borne by the first open one: whether that still can, line after line."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.subsidy.bank.holding import Held
from services.subsidy.budgets import available
from services.subsidy.ledger import hold_open_year
from shared.money import ZERO, Money


class Bearing:
    """Counts off what the returns of one list need of each open year's budget."""

    def __init__(self, session: Session, held: Held) -> None:
        self._session, self._held = session, held
        self._years: dict[tuple[str, str], int] = {}
        self._free: dict[tuple[str, str, str], Money] = {}

    def fault(self, payment_id: str) -> str | None:
        """Why this payment can't be taken back yet, and the cure; None where it can."""
        payment = self._held.payments[payment_id]
        claim = self._held.claims[payment.claim_id]
        books = (claim.programme, claim.district)
        if books not in self._years:
            self._years[books] = hold_open_year(self._session, *books)
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
