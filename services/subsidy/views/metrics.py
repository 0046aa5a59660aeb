"""What is watched of the money, measured by one replica every few minutes; no label names a person or an employer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
from shared.calendar import MONTHS_A_YEAR
from shared.clock import beijing_today
from shared.money import Money
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


def measure(database: Database) -> int:
    """One round: the proof and the gauges. Answers 0: there is nothing to go on with at once."""
    with database.reading() as session:
        today = session.scalar(select(BusinessClock.today)) or beijing_today()  # a sandbox may have moved it
        book = prove(session, Within(None))
        LEDGER_DIFFERENCE.set(book.fen_off)
        RECEIVABLE.set(_yuan(book.total("receivable")))
        _set(CLAIMS, _claims(session))
        _set(MONEY, _budgets(session))
        _set(AWAITED, _awaited(session))
        _set(OPEN_HITS, _open_hits(session))
        _set(OLDEST, (((programme,), days) for programme, days in oldest_days(session, today).items()))
        waiting = _payments(session, today)
        _set(PAYMENTS, ((labels, count) for labels, count, _ in waiting))
        _set(OLDEST_PAYMENT, ((labels, days) for labels, _, days in waiting))
        _set(OUTSTANDING, (((line.age,), _yuan(line.outstanding)) for line in ages(session, true(), today)))
        _set(BEHIND, _behind(session, today))
    return 0


def _set(gauge: Gauge, values: Iterable[tuple[Sequence[str], float]]) -> None:
    """Values with their labels; what was there before and isn't any more is no longer shown."""
    gauge.clear()
    for labels, value in values:
        gauge.labels(*labels).set(value)


def _yuan(amount: Money) -> float:
    return amount.fen / FEN_A_YUAN


def _payments(session: Session, today: date) -> list[tuple[Sequence[str], int, int]]:
    """Programme and state, how many payments, days of the oldest.

    Paid and voided ones wait for nothing; a failed one waits until its claim is paid by another.
    """
    since = func.coalesce(Batch.instructed_on, Batch.prepared_on)
    counted = select(Batch.programme, Payment.state, func.count(), func.min(since))
    waiting = Payment.state.not_in(("paid", "voided")) & Claim.state.not_in(("paid", "voided"))
    counted = counted.join(Batch, Batch.id == Payment.batch_id).join(Claim, Claim.id == Payment.claim_id)
    rows = session.execute(counted.where(waiting).group_by(Batch.programme, Payment.state))
    return [((programme, state), count, (today - oldest).days) for programme, state, count, oldest in rows]


def _claims(session: Session) -> Iterator[tuple[Sequence[str], int]]:
    counted = select(Claim.programme, Claim.state, func.count()).group_by(Claim.programme, Claim.state)
    for programme, state, count in session.execute(counted):
        yield (programme, state), count


def _budgets(session: Session) -> Iterator[tuple[Sequence[str], float]]:
    sums = (func.sum(Budget.appropriated), func.sum(Budget.committed), func.sum(Budget.paid))
    wanted = select(Budget.programme, *sums).group_by(Budget.programme)
    for programme, appropriated, committed, paid in session.execute(wanted):
        yield (programme, "appropriated"), _yuan(appropriated)
        yield (programme, "committed"), _yuan(committed)
        yield (programme, "paid"), _yuan(paid)
        yield (programme, "available"), _yuan(appropriated - committed - paid)


def _open_hits(session: Session) -> Iterator[tuple[Sequence[str], int]]:
    held = open_hits_of_claims().c
    for kind, count in session.execute(select(held.kind, func.count(held.hit_id.distinct())).group_by(held.kind)):
        yield (kind,), count


def _behind(session: Session, today: date) -> Iterator[tuple[Sequence[str], int]]:
    months: Counter[str] = Counter()
    for books in session.scalars(select(Books)):
        opened = OpenPeriods.of(session, books)
        if opened is not None:
            lag = (today.year - opened.month.year) * MONTHS_A_YEAR + today.month - (opened.month.month or 0)
            months[books.programme] = max(months[books.programme], lag)
    yield from (((programme,), count) for programme, count in months.items())


def _awaited(session: Session) -> Iterator[tuple[Sequence[str], int]]:
    claimed = select(Claim.id).where(Claim.project_id == CompletedRun.project_id, Claim.kind == "final", Claim.live)
    counted = select(CompletedRun.programme, func.count()).where(~claimed.exists()).group_by(CompletedRun.programme)
    for programme, count in session.execute(counted):
        yield (programme,), count
