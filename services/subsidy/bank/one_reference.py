"""Several payments under one of the bank's references: one transfer for all of them, or a slip of the pen."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.models.bank import BankLine
from shared.batching import slices
from shared.contracts.subsidy.bank import BankOutcome, BankRow
from shared.number_keys import number_key
from shared.store.bulk import SLICE

MOVES: tuple[BankOutcome, ...] = ("paid", "returned")
"""Outcomes that move money: a reference of another one names no transfer."""


class SharedReferences:
    """Which payments stand under each reference: in the rows, and in what was heard of the district before."""

    def __init__(self, session: Session, district: str, rows: Iterable[BankRow]) -> None:
        named: dict[tuple[str, str], set[str]] = {}
        for row in rows:
            if row.outcome in MOVES:
                named.setdefault((row.outcome, number_key(row.bank_reference)), set()).add(row.payment_id)
        for some in slices(sorted({key for _, key in named}), SLICE):
            of_line = select(BankLine.outcome, BankLine.reference_key, BankLine.payment_id)
            heard = of_line.where(BankLine.district == district, BankLine.reference_key.in_(some))
            for outcome, key, payment_id in session.execute(heard.where(BankLine.applied_on.is_not(None))):
                if (outcome, key) in named:
                    named[outcome, key].add(payment_id)
        self._payments = {place: sorted(ids) for place, ids in named.items() if len(ids) > 1}

    def note(self, row: BankRow) -> str | None:
        """What to look at, where another payment stands under the row's reference."""
        payments = self._payments.get((row.outcome, number_key(row.bank_reference)))
        if payments is None:
            return None
        other = next(one for one in payments if one != row.payment_id)
        return (
            f"已登记。同一回单号下共有 {len(payments)} 笔支付（另有 {other}）：一笔汇款包含多笔支付的无需处理，"
            "否则请核对回单号"
        )
