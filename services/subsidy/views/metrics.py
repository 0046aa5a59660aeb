"""What is watched of the money, measured by one replica every few minutes; no label names a person or an employer."""

from __future__ import annotations

from collections import Counter
from datetime import date

from prometheus_client import Gauge
from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from services.subsidy.checks.holds import open_hits_of_claims
from services.subsidy.claims.ageing import oldest_days
from services.subsidy.closing.obstacles import OpenPeriods
from services.subsidy.collection.queries import ages
from services.subsidy.models import Batch, Books, Budget, Claim, CompletedRun, Payment
from services.subsidy.proof.expected_book import Within
from services.subsidy.proof.proof import prove
from shared.clock import beijing_today
from shared.observability import LEDGER_DIFFERENCE
from shared.store.database import Database
from shared.store.kernel_tables import BusinessClock

PAUSE = 300.0
"""Seconds between two measurements: proving reads every decision."""

CLAIMS = Gauge("skills_claims", "Claims, by programme and state", ["programme", "state"])
MONEY = Gauge("skills_budget_yuan", "Yuan appropriated, committed, paid and free", ["programme", "counter"])
RECEIVABLE = Gauge("skills_receivable_yuan", "Yuan to be taken back")
OUTSTANDING = Gauge("skills_demands_outstanding_yuan", "Yuan outstanding of demands, by how long overdue", ["age"])
OLDEST = Gauge("skills_oldest_unpaid_days", "Days since the oldest unpaid claim was approved", ["programme"])
OPEN_HITS = Gauge("skills_open_hits", "Hits that hold claims until the district decides, by kind", ["kind"])
PAYMENTS = Gauge("skills_payments_waiting", "Payments that wait, by programme and state", ["programme", "state"])
OLDEST_PAYMENT = Gauge(
    "skills_oldest_payment_days", "Days since the oldest payment that waits was instructed", ["programme", "state"]
)
AWAITED = Gauge("skills_final_claims_awaited", "Projects whose training is over and not finally claimed", ["programme"])
BEHIND = Gauge("skills_months_to_close", "Months that are over and not closed, where they are most", ["programme"])

FEN_A_YUAN = 100
MONTHS_A_YEAR = 12


def measure(database: Database) -> int:
    """One round: the proof and the gauges. Answers 0: there is nothing to go on with at once."""
    with database.reading() as session:
        book = prove(session, Within(None))
        LEDGER_DIFFERENCE.set(book.fen_off)
        RECEIVABLE.set(book.total("receivable").fen / FEN_A_YUAN)
        _claims(session)
        _budgets(session)
        _awaited(session)
        _open_hits(session)
        today = session.scalar(select(BusinessClock.today)) or beijing_today()
        _oldest(session, today)
        _payments(session, today)
        _outstanding(session, today)
        _behind(session, today)
    return 0


def _payments(session: Session, today: date) -> None:
    """Paid and voided ones wait for nothing; a failed one waits until its claim is paid by another."""
    PAYMENTS.clear()
    OLDEST_PAYMENT.clear()
    since = func.coalesce(Batch.instructed_on, Batch.prepared_on)
    counted = select(Batch.programme, Payment.state, func.count(), func.min(since))
    waiting = Payment.state.not_in(("paid", "voided")) & Claim.state.not_in(("paid", "voided"))
    counted = counted.join(Batch, Batch.id == Payment.batch_id).join(Claim, Claim.id == Payment.claim_id)
    for programme, state, count, oldest in session.execute(
        counted.where(waiting).group_by(Batch.programme, Payment.state)
    ):
        PAYMENTS.labels(programme, state).set(count)
        OLDEST_PAYMENT.labels(programme, state).set((today - oldest).days)


def _claims(session: Session) -> None:
    CLAIMS.clear()
    counted = select(Claim.programme, Claim.state, func.count()).group_by(Claim.programme, Claim.state)
    for programme, state, count in session.execute(counted):
        CLAIMS.labels(programme, state).set(count)


def _budgets(session: Session) -> None:
    sums = select(
        Budget.programme, func.sum(Budget.appropriated), func.sum(Budget.committed), func.sum(Budget.paid)
    ).group_by(Budget.programme)
    for programme, appropriated, committed, paid in session.execute(sums):
        counters = {
            "appropriated": appropriated,
            "committed": committed,
            "paid": paid,
            "available": appropriated - committed - paid,
        }
        for name, amount in counters.items():
            MONEY.labels(programme, name).set(amount.fen / FEN_A_YUAN)


def _outstanding(session: Session, today: date) -> None:
    for line in ages(session, true(), today):
        OUTSTANDING.labels(line.age).set(line.outstanding.fen / FEN_A_YUAN)


def _oldest(session: Session, today: date) -> None:
    """Today is the business date, which a sandbox may have moved."""
    OLDEST.clear()
    for programme, days in oldest_days(session, today).items():
        OLDEST.labels(programme).set(days)


def _open_hits(session: Session) -> None:
    OPEN_HITS.clear()
    held = open_hits_of_claims().c
    counted = select(held.kind, func.count(held.hit_id.distinct())).group_by(held.kind)
    for kind, count in session.execute(counted):
        OPEN_HITS.labels(kind).set(count)


def _behind(session: Session, today: date) -> None:
    BEHIND.clear()
    months: Counter[str] = Counter()
    for books in session.scalars(select(Books)):
        opened = OpenPeriods.of(session, books)
        if opened is not None:
            lag = (today.year - opened.month.year) * MONTHS_A_YEAR + today.month - (opened.month.month or 0)
            months[books.programme] = max(months[books.programme], lag)
    for programme, count in months.items():
        BEHIND.labels(programme).set(count)


def _awaited(session: Session) -> None:
    AWAITED.clear()
    claimed = select(Claim.id).where(Claim.project_id == CompletedRun.project_id, Claim.kind == "final", Claim.live)
    counted = select(CompletedRun.programme, func.count()).where(~claimed.exists()).group_by(CompletedRun.programme)
    for programme, count in session.execute(counted):
        AWAITED.labels(programme).set(count)
