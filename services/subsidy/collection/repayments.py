"""Money that came back, and what was recorded as such and was none. Each bank reference stands once in a district."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, update

from services.subsidy.collection.shapes import demand_shape, lock_demand_in_reach
from services.subsidy.demands import events
from services.subsidy.demands.discharges import (
    ReceivablePart,
    by_source_and_year,
    discharge,
    outstanding_parts,
    tell_balance_changed,
)
from services.subsidy.demands.ledger_entries import check_paid, check_unspent, demand_entry
from services.subsidy.ledger.books import lock_books
from services.subsidy.ledger.postings import Entry, post
from services.subsidy.models import Demand, Discharge, Repayment, Reversal
from services.subsidy.models.ledger import Kind
from services.subsidy.rules.refunds import refills_from, spread
from shared.contracts.subsidy.receivables import DemandShape, RecordRepayment, ReverseRepayment
from shared.errors import Conflict, InvalidRequest
from shared.kernel.work import Work
from shared.number_keys import check_numbers, number_key
from shared.security.permissions import not_found
from shared.store.by_name import values_of
from shared.store.database import execute_count
from shared.store.types import new_id


def record_repayment(work: Work, request: RecordRepayment) -> DemandShape:
    """Money goes to the sources and years that are outstanding, in proportion (INT-74); it may be spent again where
    its year is open (INT-76). Raises InvalidRequest for an amount or a day that can't be, Conflict for a settled one,
    or where the bank sent back what it asks for.
    """
    check_numbers(("bank_reference", request.bank_reference))
    demand = lock_demand_in_reach(work, request.demand_id)
    owed = outstanding_parts(work.session, [demand.id])
    if not owed:
        raise Conflict("该笔追回没有尚未退还的金额，请核对汇款对应的追回编号", demand_id=demand.id)
    _check_day(work, demand, request)
    amounts = spread(request.amount, [((part.fund_source, part.fiscal_year), part.amount) for part in owed])
    taken = [part._replace(amount=amount) for part, amount in zip(owed, amounts, strict=True) if amount]
    repayment = _entered(work, demand, request)
    open_year = lock_books(work.session, demand.programme, demand.district).open_year
    reading = work.policies.by_identity(demand.document).reading("returned_money")
    first = refills_from(open_year, reading)
    refilled = frozenset(part.fiscal_year for part in taken if first is not None and part.fiscal_year >= first)
    check_paid(work, demand, by_source_and_year(part for part in taken if part.fiscal_year in refilled))
    discharge(work, "repayment", repayment.id, taken, refilled)
    post(work, _entries(demand, ("repayment", "refill"), repayment.id, taken, refilled, repayment.received_on))
    tell_balance_changed(work, demand)
    return demand_shape(work, demand)


def reverse_repayment(work: Work, request: ReverseRepayment) -> DemandShape:
    """What it met stands again. Raises Conflict where it was reversed before, or its money is spent already."""
    repayment = work.session.get(Repayment, request.repayment_id)
    if repayment is None:
        raise not_found()
    demand = lock_demand_in_reach(work, repayment.demand_id)
    work.session.refresh(repayment)
    if repayment.reversed_on is not None:
        raise Conflict("该笔退款已冲销，不能再次冲销，请查看追回的办理经过", repayment_id=repayment.id)
    open_year = lock_books(work.session, demand.programme, demand.district).open_year
    parts, refilled = _met_by(work, repayment, open_year)
    check_unspent(work, demand, by_source_and_year(part for part in parts if part.fiscal_year in refilled))
    reversal = Reversal(
        id=new_id(),
        repayment_id=repayment.id,
        reversed_on=work.today,
        reversed_by=work.speaker.person,
        words=request.words,
    )
    work.session.add(reversal)
    repayment.reversed_on = work.today
    work.session.flush()
    discharge(work, "reversal", reversal.id, parts, refilled)
    post(work, _entries(demand, ("reversal", "unrefill"), reversal.id, parts, refilled))
    _reopen(work, demand)
    tell_balance_changed(work, demand)
    return demand_shape(work, demand)


def _entered(work: Work, demand: Demand, request: RecordRepayment) -> Repayment:
    return work.add(
        Repayment(
            **values_of(
                Repayment,
                request,
                id=new_id(),
                district=demand.district,
                reference_key=number_key(request.bank_reference),
                recorded_on=work.today,
                recorded_by=work.speaker.person,
            )
        )
    )


def _check_day(work: Work, demand: Demand, request: RecordRepayment) -> None:
    if request.received_on > work.today:
        raise InvalidRequest.of(("received_on", "到账日期晚于今天，请待到账后再登记"))
    if request.received_on < demand.opened_on:
        raise InvalidRequest.of(("received_on", f"到账日期早于追回开立日 {demand.opened_on}，请核对回单"))


def _entries(
    demand: Demand,
    kinds: tuple[Kind, Kind],
    fact_id: str,
    parts: Sequence[ReceivablePart],
    refilled: frozenset[int],
    moved_on: date | None = None,
) -> list[Entry]:
    """`kinds`: of the entry for the demand, and of the one for the budget of each year whose money it refills."""
    of_demand, of_budget = kinds
    entries = []
    for place in by_source_and_year(parts):
        entries.append(demand_entry(demand, of_demand, *place, fact_id, moved_on))
        if place[1] in refilled:
            entries.append(demand_entry(demand, of_budget, *place, fact_id, moved_on))
    return entries


def _met_by(work: Work, repayment: Repayment, open_year: int) -> tuple[list[ReceivablePart], frozenset[int]]:
    """The amounts that the repayment ended, and the open years whose money it let be spent again: of a closed year
    nothing can be taken any more, what wasn't spent of it has lapsed.
    """
    columns = (Discharge.clawback_id, Discharge.fund_source, Discharge.fiscal_year, Discharge.amount)
    mine = select(*columns, Discharge.refilled).where(Discharge.way == "repayment", Discharge.fact_id == repayment.id)
    rows = work.session.execute(mine.order_by(Discharge.number)).all()
    return [ReceivablePart(*row[:4]) for row in rows], frozenset(
        row.fiscal_year for row in rows if row.refilled and row.fiscal_year >= open_year
    )


def _reopen(work: Work, demand: Demand) -> None:
    """What was settled isn't any more, and the day of the last notice holds again."""
    reopened = update(Demand).where(Demand.id == demand.id, Demand.settled_on.is_not(None))
    if execute_count(work.session, reopened.values(settled_on=None)):
        work.session.refresh(demand)
        events.tell_deadline_set(work, demand)
