"""Receivables worked out again: what is asked for, from the lines that found money due back and from what was
paid for people who earn nothing any more. How it ended is worked out in `discharges.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select, union
from sqlalchemy.orm import Session, aliased

from services.subsidy.demands.discharges import net_discharged
from services.subsidy.exclusions.enforcement import earned, excluded
from services.subsidy.funding.payment_channels import SourceYear, channels
from services.subsidy.ledger.books import Bucket
from services.subsidy.lifecycle.claim import APPROVED
from services.subsidy.models import Claim, ClaimLine, Clawback, ClawbackPart, Discharge, EndedEnrolment, Fraud, Hit
from services.subsidy.models.receivables import PART
from services.subsidy.proof.discharges import prove_discharges
from services.subsidy.proof.expected_book import ExpectedBook, Within, amounts_of
from services.subsidy.rules.funds import PaidPart
from shared.cooperative import yield_control
from shared.money import ZERO, Money
from shared.store.bulk import STREAM
from shared.store.kernel_tables import DecisionRow


class OpenedFor(NamedTuple):
    """Why a receivable was opened: its cause, its claim, its enrolment."""

    cause: str
    claim_id: str
    enrolment_id: str


@dataclass
class AskedBack:
    """Fen that receivables ask for: by why they were opened, and by enrolment where they are still asked for; and what
    of that was met: it came back, was kept, or was given up."""

    opened: Counter[OpenedFor] = field(default_factory=Counter)
    standing: defaultdict[str, Counter[SourceYear]] = field(default_factory=lambda: defaultdict(Counter))
    met: defaultdict[str, Counter[SourceYear]] = field(default_factory=lambda: defaultdict(Counter))


def prove_receivables(session: Session, within: Within, book: ExpectedBook) -> None:
    """Puts into the book what receivables should ask for, withdraw and recover, and compares them with their causes."""
    barred = _barred(session, within)
    asked = _parts(session, within, book, {one for enrolments in barred.values() for one in enrolments})
    _results(session, within, asked, book)
    _exclusions(session, barred, asked, book)
    for why, fen in asked.opened.items():
        book.compare(f"追回 {why.enrolment_id}", Money(fen), ZERO)
    prove_discharges(session, within, book)


def _parts(session: Session, within: Within, book: ExpectedBook, barred: Collection[str]) -> AskedBack:
    """Each part against the decision on its channel, and against the ways in which it ended.

    Only of `barred` enrolments anything is withdrawn but what a voided claim found: what the bank sent back.
    """
    asked = AskedBack()
    for row in _rows(session, within):
        place = PaidPart(row.fund_source, row.fiscal_year, row.amount)
        expected = place.returned(amounts_of(row.decision)) if row.decision else row.amount
        book.compare(f"追回 {row.id} 渠道 {place.name}", row.amount, expected)
        bucket = Bucket(row.programme, row.district, row.fund_source, row.fiscal_year)
        book.move(bucket, "receivable", "recoveries", expected)
        asked.opened[OpenedFor(row.cause, row.claim_id, row.enrolment_id)] += expected.fen
        withdrawn = row.withdrawn or ZERO
        book.compare(f"追回 {row.id} 了结 {place.name}", row.ended, row.discharged or ZERO)
        dropped = row.cause == "result" and row.state == "voided"
        if row.enrolment_id not in barred:
            book.compare(f"追回 {row.id} 撤销", withdrawn, _unmet(row, expected) if dropped else ZERO)
        asked.standing[row.enrolment_id][row.fund_source, row.fiscal_year] += (expected - withdrawn).fen
        asked.met[row.enrolment_id][row.fund_source, row.fiscal_year] += (row.ended - withdrawn).fen
    return asked


def _unmet(row: Row[Any], expected: Money) -> Money:
    """What was outstanding when its claim was voided. What is reversed later stands again: it hasn't come back."""
    met = row.met_before if row.withdrawn else row.met
    return max(expected - (met or ZERO), ZERO)


def _rows(session: Session, within: Within) -> Iterator[Row[Any]]:
    """Every part of every receivable, with its decision and what of it ended and was withdrawn."""
    of_clawback = (Clawback.id, Clawback.cause, Clawback.claim_id, Clawback.enrolment_id)
    of_part = (ClawbackPart.fund_source, ClawbackPart.fiscal_year, ClawbackPart.amount, ClawbackPart.ended)
    same = [getattr(Discharge, name) == getattr(ClawbackPart, name) for name in PART]
    ended = select(net_discharged()).where(*same).correlate(ClawbackPart).scalar_subquery()
    gone = select(func.sum(Discharge.amount)).where(*same, Discharge.way == "withdrawal")
    other = aliased(Discharge)
    when = select(func.min(other.number)).where(
        other.way == "withdrawal", *(getattr(other, name) == getattr(ClawbackPart, name) for name in PART)
    )
    before = select(net_discharged()).where(*same, Discharge.number < when.correlate(ClawbackPart).scalar_subquery())
    met = select(func.sum(Discharge.amount)).where(*same, Discharge.way != "reversal")
    wanted = (
        select(*of_clawback, Clawback.programme, Clawback.district, *of_part)
        .add_columns(ended.label("discharged"), gone.correlate(ClawbackPart).scalar_subquery().label("withdrawn"))
        .add_columns(before.correlate(ClawbackPart).scalar_subquery().label("met_before"))
        .add_columns(met.correlate(ClawbackPart).scalar_subquery().label("met"))
        .add_columns(Claim.state, DecisionRow.decision)
        .join(ClawbackPart, ClawbackPart.clawback_id == Clawback.id)
        .join(Claim, Claim.id == Clawback.claim_id)
        .outerjoin(DecisionRow, DecisionRow.id == Clawback.decision_id)
        .where(within(Clawback))
    )
    for some in session.execute(wanted, execution_options=STREAM).partitions():
        yield from some
        yield_control()


def _results(session: Session, within: Within, asked: AskedBack, book: ExpectedBook) -> None:
    """Each line that found money due back, in a claim that was approved, opened one receivable of that amount."""
    owing = (
        select(ClaimLine.claim_id, ClaimLine.enrolment_id, ClaimLine.clawback)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .where(within(Claim), ClaimLine.clawback > ZERO, Claim.decided_on.is_not(None))
        .where(Claim.state.in_((*APPROVED, "voided")))
    )
    for claim_id, enrolment_id, clawback in session.execute(owing, execution_options=STREAM):
        found = Money(asked.opened.pop(OpenedFor("result", claim_id, enrolment_id), 0))
        book.compare(f"追回 {enrolment_id}", found, clawback)


def _barred(session: Session, within: Within) -> dict[str, dict[str, Money]]:
    """By project, the enrolments that earn nothing any more, or no more than so much."""
    upheld = select(Hit.project_id).where(Hit.state == "upheld")
    ended = select(EndedEnrolment.project_id).where(EndedEnrolment.earns.is_not(None))
    why_not = union(select(Fraud.project_id), upheld, ended).subquery().c
    projects = select(why_not.project_id).join(Claim, Claim.project_id == why_not.project_id).where(within(Claim))
    ids = session.scalars(projects.distinct().order_by(why_not.project_id)).all()
    return {
        project_id: earned(session, project_id) | dict.fromkeys(excluded(session, project_id), ZERO)
        for project_id in ids
    }


def _exclusions(
    session: Session, barred: Mapping[str, Mapping[str, Money]], asked: AskedBack, book: ExpectedBook
) -> None:
    """Of whoever earns nothing any more, everything that was paid and kept is asked for, source by source; of others,
    what was paid beyond what they earn.

    What was met before the bank sent the same money back stays met: no more than that is asked for.
    """
    for project_id, enrolments in barred.items():
        paid_by = channels(session, project_id, enrolments)
        for enrolment_id, earns in sorted(enrolments.items()):
            found = asked.standing.get(enrolment_id, Counter())
            paid = paid_by[enrolment_id].fen if enrolment_id in paid_by else Counter()
            if earns:
                due = max(paid.total() - earns.fen, asked.met[enrolment_id].total())
                book.compare(f"追回 {enrolment_id}", Money(found.total()), Money(due))
                continue
            for source, year in sorted({*found, *paid}):
                fen = found[source, year], max(paid[source, year], asked.met[enrolment_id][source, year])
                book.compare(f"追回 {enrolment_id} 渠道 {source} {year}", *map(Money, fen))
        for why in [why for why in asked.opened if why.cause != "result" and why.enrolment_id in enrolments]:
            del asked.opened[why]
