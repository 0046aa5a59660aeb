"""The payments that a list names, with their claims and batches, locked until the transaction ends.

Project after project is locked, then batch after batch, as everywhere; what is read afterwards stays so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.bank.matching import PaymentStatus, StatementLine
from services.subsidy.claims.earlier_steps import earlier_steps
from services.subsidy.models import Batch, Claim, Payment, Project
from services.subsidy.models.bank import BankLine
from shared.batching import slices
from shared.contracts.subsidy.bank import BankOutcome
from shared.money import Money
from shared.number_keys import number_key
from shared.store.bulk import SLICE, lock_rows


class PaymentRow(NamedTuple):
    """A payment as it was found."""

    id: str
    batch_id: str
    claim_id: str
    fund_source: str
    fiscal_year: int
    amount: Money
    state: str
    bank_reference: str | None
    instructed_on: date | None


class KnownLine(NamedTuple):
    """A line that was heard before. `is_open`: it didn't fit, and nobody has explained it."""

    id: str
    is_open: bool


@dataclass
class LockedPayments:
    """By id. `statuses`: each payment as the lines matched so far leave it."""

    payments: dict[str, PaymentRow] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    statuses: dict[str, PaymentStatus] = field(default_factory=dict)
    lines: dict[StatementLine, KnownLine] = field(default_factory=dict)

    def earlier_actors(self, payment_id: str) -> frozenset[str]:
        """Who took an earlier step in the claim that it pays (X-5)."""
        payment = self.payments.get(payment_id)
        if payment is None:
            return frozenset()
        return frozenset(earlier_steps(self.claims[payment.claim_id]).values())


def lock_payments(session: Session, district: str, payment_ids: Collection[str]) -> LockedPayments:
    """What the district has of them, as it is once nobody else can change it."""
    wanted = sorted(set(payment_ids))
    _lock_projects_and_batches(session, district, wanted)
    locked = LockedPayments()
    heard: dict[str, date] = {}
    for some in slices(wanted, SLICE):
        lines = select(BankLine).where(BankLine.district == district, BankLine.payment_id.in_(some))
        for line in session.scalars(lines.execution_options(populate_existing=True)):
            locked.lines[_statement_line(line)] = KnownLine(
                line.id, line.applied_on is None and line.explained_on is None
            )
            if line.applied_on is not None:
                heard[line.payment_id] = max(line.moved_on, heard.get(line.payment_id, line.moved_on))
        locked.payments.update((one.id, one) for one in _payment_rows(session, district, some))
    for some in slices(sorted({payment.claim_id for payment in locked.payments.values()}), SLICE):
        claims = select(Claim).where(Claim.id.in_(some)).execution_options(populate_existing=True)
        locked.claims.update((claim.id, claim) for claim in session.scalars(claims))
    for one in locked.payments.values():
        known_on = heard.get(one.id, one.instructed_on)
        reference = number_key(one.bank_reference) if one.bank_reference else None
        locked.statuses[one.id] = PaymentStatus(one.amount, one.state, known_on, reference)
    return locked


def _lock_projects_and_batches(session: Session, district: str, payment_ids: list[str]) -> None:
    projects: set[str] = set()
    batches: set[str] = set()
    for some in slices(payment_ids, SLICE):
        named = select(Claim.project_id, Payment.batch_id).join(Claim, Claim.id == Payment.claim_id)
        for project_id, batch_id in session.execute(named.where(Payment.id.in_(some), Claim.district == district)):
            projects.add(project_id)
            batches.add(batch_id)
    lock_rows(session, Project, Project.project_id, projects)
    lock_rows(session, Batch, Batch.id, batches)


def _payment_rows(session: Session, district: str, payment_ids: Collection[str]) -> Iterator[PaymentRow]:
    of_payment = (Payment.id, Payment.batch_id, Payment.claim_id, Payment.fund_source, Payment.fiscal_year)
    wanted = select(*of_payment, Payment.amount, Payment.state, Payment.bank_reference, Batch.instructed_on)
    wanted = wanted.join(Batch, Batch.id == Payment.batch_id)
    for row in session.execute(wanted.where(Payment.id.in_(payment_ids), Batch.district == district)):
        yield PaymentRow(*row)


def _statement_line(line: BankLine) -> StatementLine:
    outcome = cast("BankOutcome", line.outcome)
    return StatementLine(line.payment_id, outcome, line.amount, line.moved_on, line.reference_key)
