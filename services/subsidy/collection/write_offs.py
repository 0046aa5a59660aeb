"""What can't be collected is given up: proposed by one person, approved by two others; one refusal ends it (X-10)."""

from __future__ import annotations

from sqlalchemy import select

from services.subsidy.collection.shapes import demand_shape, lock_demand_in_reach
from services.subsidy.demands import events
from services.subsidy.demands.discharges import by_source_and_year, discharge, outstanding_parts, tell_balance_changed
from services.subsidy.demands.ledger_entries import demand_entry
from services.subsidy.ledger.postings import post
from services.subsidy.models import Demand, WriteOff
from shared.contracts.subsidy.receivables import DecideWriteOff, DemandShape, ProposeWriteOff
from shared.errors import Conflict
from shared.kernel.work import Work
from shared.money import ZERO, Money
from shared.security.permissions import check_other_person, not_found
from shared.store.types import new_id


def propose_write_off(work: Work, request: ProposeWriteOff) -> DemandShape:
    """All that is outstanding now. A proposal of another amount, from before something came back, ends by it.

    Raises Conflict where nothing is outstanding, or the same is proposed already.
    """
    demand = lock_demand_in_reach(work, request.demand_id)
    outstanding = events.outstanding(work.session, demand.id)
    if outstanding == ZERO:
        raise Conflict("该笔追回没有尚未退还的金额，无需核销", demand_id=demand.id)
    _end_stale(work, demand, outstanding)
    row = WriteOff(
        id=new_id(),
        demand_id=demand.id,
        amount=outstanding,
        words=request.words,
        evidence=list(request.evidence),
        proposer=work.speaker.person,
        proposed_on=work.today,
    )
    work.add(row)
    work.note(f"write_off:{row.id}")
    return demand_shape(work, demand)


def decide_write_off(work: Work, request: DecideWriteOff) -> DemandShape:
    """The first or second approval, or a refusal. Raises Conflict where it is decided, or the amount isn't the same
    any more, NotPermitted for whoever proposed or approved it before.
    """
    row = work.session.get(WriteOff, request.write_off_id)
    if row is None:
        raise not_found()
    demand = lock_demand_in_reach(work, row.demand_id)
    work.session.refresh(row)
    if row.state != "proposed":
        raise Conflict("该核销建议已办结，不能再次审批，请刷新后查看", write_off_id=row.id, state=row.state)
    check_other_person(work.speaker, {"核销建议": row.proposer, "核销首次审批": row.first_approver or ""})
    work.note(f"write_off:{row.id}")
    if request.outcome == "refuse":
        _refuse(work, row, request.words)
    else:
        _approve(work, demand, row, request.words)
    return demand_shape(work, demand)


def _end_stale(work: Work, demand: Demand, outstanding: Money) -> None:
    waiting = select(WriteOff).where(WriteOff.demand_id == demand.id, WriteOff.state == "proposed")
    before = work.session.scalars(waiting.execution_options(populate_existing=True)).first()
    if before is None:
        return
    if before.amount == outstanding:
        raise Conflict("该笔追回已有同一金额的核销建议在审批中，请等待审批", write_off_id=before.id)
    _refuse(work, before, f"尚未退还的金额已变为 {outstanding} 元，重新提出")


def _refuse(work: Work, row: WriteOff, words: str) -> None:
    row.state, row.refuser, row.refused_on, row.decided_words = "refused", work.speaker.person, work.today, words
    work.session.flush()


def _approve(work: Work, demand: Demand, row: WriteOff, words: str) -> None:
    """What is outstanding must be what was proposed; the second approval gives it up."""
    parts = outstanding_parts(work.session, [demand.id])
    outstanding = Money.sum(part.amount for part in parts)
    if outstanding != row.amount:
        raise Conflict(
            f"建议核销 {row.amount} 元，而尚未退还的已是 {outstanding} 元，未办理；请重新提出核销建议",
            write_off_id=row.id,
            outstanding=str(outstanding),
        )
    if row.first_approver is None:
        row.first_approver, row.first_on, row.first_words = work.speaker.person, work.today, words
        work.session.flush()
        return
    row.state, row.second_approver, row.second_on, row.decided_words = "done", work.speaker.person, work.today, words
    work.session.flush()
    discharge(work, "write_off", row.id, parts)
    post(work, [demand_entry(demand, "write_off", *place, row.id) for place in by_source_and_year(parts)])
    tell_balance_changed(work, demand, "dropped")
