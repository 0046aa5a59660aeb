"""How receivables ended, worked out again: from repayments and their reversals, set-offs, write-offs, voided claims.

Each fact is compared with the discharges that name it, so that none is missing, doubled or made up; then its postings
are what its discharges say, place by place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.subsidy.ledger.books import Bucket
from services.subsidy.lifecycle.claim import SETTLED
from services.subsidy.models import (
    Claim,
    ClaimFunding,
    Clawback,
    Demand,
    Discharge,
    Offset,
    OffsetEnd,
    Repayment,
    Reversal,
    SettledOffset,
    WriteOff,
)
from services.subsidy.proof.expected_book import ExpectedBook, Within
from shared.batching import grouped
from shared.money import ZERO, Money


class Ended(NamedTuple):
    """An amount of one bucket that ended by one fact. `refilled`: it may be spent again."""

    bucket: Bucket
    refilled: bool
    amount: Money


NEVER = 10_000
"""Later than every fiscal year."""
ByFact = dict[str, list[Ended]]


def prove_discharges(session: Session, within: Within, book: ExpectedBook) -> None:
    """Puts into the book what came back, was kept, given up and withdrawn."""
    ended = {way: _by_fact(session, within, way) for way in ("repayment", "offset", "write_off", "withdrawal")}
    undone = _by_fact(session, within, "reversal")
    _offsets(session, within, book, ended["offset"], undone)
    _repayments(session, within, book, ended["repayment"], undone)
    _write_offs(session, within, book, ended["write_off"])
    for rows in ended.pop("withdrawal").values():
        _move(book, rows, "recoveries", "receivable")
    for left in (*ended.values(), undone):
        for fact_id, rows in left.items():
            book.compare(f"了结 {fact_id}", _total(rows), ZERO)


def _by_fact(session: Session, within: Within, way: str) -> ByFact:
    """What ended in this way: by the fact that did it."""
    keys = (Clawback.programme, Clawback.district, Discharge.fund_source, Discharge.fiscal_year)
    wanted = (
        select(Discharge.fact_id, *keys, Discharge.refilled, func.sum(Discharge.amount))
        .join(Clawback, Clawback.id == Discharge.clawback_id)
        .where(Discharge.way == way, within(Clawback))
        .group_by(Discharge.fact_id, *keys, Discharge.refilled)
    )
    return grouped(
        (fact_id, Ended(Bucket(programme, district, source, year), refilled, amount))
        for fact_id, programme, district, source, year, refilled, amount in session.execute(wanted)
    )


def _offsets(session: Session, within: Within, book: ExpectedBook, ended: ByFact, undone: ByFact) -> None:
    """What claims kept: posted, it is recovered and borne by the claim's budget; voided, it is outstanding again."""
    kept: dict[str, int] = defaultdict(int)
    borne = _borne(session, within)
    refilled = _refilled(session, within)
    wanted = select(Offset, Claim).join(Claim, Claim.id == Offset.claim_id).join(Demand, Demand.id == Offset.demand_id)
    for offset, claim in session.execute(wanted.where(within(Claim))):
        rows = ended.pop(offset.id, [])
        book.compare(f"抵扣 {offset.id}", _total(rows), offset.amount)
        dropped = offset.amount if claim.state == "voided" else ZERO
        book.compare(f"抵扣 {offset.id} 撤回", _total(undone.pop(offset.id, [])), dropped)
        kept[claim.id] += (offset.amount - dropped).fen
        posted = borne.get(offset.id, [])
        if posted or claim.state in SETTLED:
            book.compare(f"抵扣 {offset.id} 列支", Money.sum(row.amount for row in posted), offset.amount)
        if posted and not dropped:
            _move(book, rows, "recovered", "receivable")
            for bore in posted:
                bucket = Bucket(claim.programme, claim.district, bore.fund_source, bore.fiscal_year)
                book.move(bucket, "paid", "committed", bore.amount)
        for row in rows:
            for entered, debit, credit in (("settled", "available", "paid"), ("dropped", "paid", "available")):
                if row.bucket.fiscal_year >= refilled.get((offset.id, entered), NEVER):
                    book.move(row.bucket, debit, credit, row.amount)
    _kept_by_claims(session, within, book, kept)


def _borne(session: Session, within: Within) -> dict[str, list[SettledOffset]]:
    """Which source of which year bore what was posted, by set-off."""
    wanted = select(SettledOffset).join(Offset, Offset.id == SettledOffset.offset_id)
    rows = session.scalars(wanted.join(Claim, Claim.id == Offset.claim_id).where(within(Claim)))
    return grouped((row.offset_id, row) for row in rows)


def _refilled(session: Session, within: Within) -> dict[tuple[str, str], int]:
    """From which fiscal year on what a set-off recovered could be spent again, and from which that was taken back."""
    wanted = select(OffsetEnd).join(Offset, Offset.id == OffsetEnd.offset_id)
    rows = session.scalars(wanted.join(Claim, Claim.id == Offset.claim_id).where(within(Claim)))
    return {(row.offset_id, row.outcome): row.refills_from for row in rows if row.refills_from is not None}


def _kept_by_claims(session: Session, within: Within, book: ExpectedBook, kept: Mapping[str, int]) -> None:
    """What each claim doesn't send is what it keeps for demands, and what it says that it keeps."""
    sent_less: dict[str, int] = defaultdict(int)
    said: dict[str, Money] = {}
    wanted = select(ClaimFunding, Claim).join(Claim, Claim.id == ClaimFunding.claim_id).where(ClaimFunding.live)
    for row, claim in session.execute(wanted.where(within(Claim), Claim.state != "voided")):
        sent_less[claim.id] += (row.bears - row.sends).fen
        said[claim.id] = claim.set_off
    for claim_id in sorted({*kept, *said}):
        book.compare(f"申领 {claim_id} 抵扣", said.get(claim_id, ZERO), Money(kept.get(claim_id, 0)))
        book.compare(f"申领 {claim_id} 少拨", Money(sent_less.get(claim_id, 0)), Money(kept.get(claim_id, 0)))


def _repayments(session: Session, within: Within, book: ExpectedBook, ended: ByFact, undone: ByFact) -> None:
    """What came back, and what of it the bank took back."""
    amounts: dict[str, Money] = {}
    for repayment in session.scalars(_of_demand(Repayment, within)):
        rows = ended.pop(repayment.id, [])
        book.compare(f"退款 {repayment.id}", _total(rows), repayment.amount)
        _move(book, rows, "recovered", "receivable")
        _refill(book, rows, "available", "paid")
        amounts[repayment.id] = repayment.amount
    wanted = select(Reversal).join(Repayment, Repayment.id == Reversal.repayment_id)
    for reversal in session.scalars(wanted.join(Demand, Demand.id == Repayment.demand_id).where(within(Demand))):
        rows = undone.pop(reversal.id, [])
        book.compare(f"退款冲销 {reversal.id}", _total(rows), amounts[reversal.repayment_id])
        _move(book, rows, "receivable", "recovered")
        _refill(book, rows, "paid", "available")


def _write_offs(session: Session, within: Within, book: ExpectedBook, ended: ByFact) -> None:
    for write_off in session.scalars(_of_demand(WriteOff, within).where(WriteOff.state == "done")):
        rows = ended.pop(write_off.id, [])
        book.compare(f"核销 {write_off.id}", _total(rows), write_off.amount)
        _move(book, rows, "written_off", "receivable")


def _of_demand(table: type[Repayment] | type[WriteOff], within: Within) -> Any:
    return select(table).join(Demand, Demand.id == table.demand_id).where(within(Demand))


def _move(book: ExpectedBook, rows: Iterable[Ended], debit: str, credit: str) -> None:
    for row in rows:
        book.move(row.bucket, debit, credit, row.amount)


def _refill(book: ExpectedBook, rows: Iterable[Ended], debit: str, credit: str) -> None:
    _move(book, (row for row in rows if row.refilled), debit, credit)


def _total(rows: Iterable[Ended]) -> Money:
    return Money.sum(row.amount for row in rows)
