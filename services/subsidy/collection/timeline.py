"""All that happened to one demand, with who and when, from the facts themselves."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from services.subsidy.collection.shapes import is_party
from services.subsidy.models import (
    Clawback,
    Demand,
    DemandNotice,
    Offset,
    OffsetEnd,
    Posting,
    Repayment,
    Reversal,
    WriteOff,
)
from shared.contracts.subsidy.receivables import DemandMove, Way
from shared.kernel.work import Look
from shared.money import Money

OFFSET_ENDS = {"settled": "抵扣入账", "dropped": "申领作废，抵扣撤回"}


def timeline_of(look: Look, demand: Demand) -> tuple[DemandMove, ...]:
    """The oldest first; on one day in the order of a demand's life."""
    found = [
        *_opened(look, demand),
        *_notices(look, demand),
        *_repayments(look, demand),
        *_offsets(look, demand),
        *_write_offs(look, demand),
        *_withdrawn(look, demand),
    ]
    return tuple(sorted(found, key=lambda move: move.on))


def _opened(look: Look, demand: Demand) -> Iterator[DemandMove]:
    first = select(Clawback.id).where(Clawback.demand_id == demand.id).order_by(Clawback.number).limit(1)
    by = select(Posting.posted_by).where(Posting.kind == "clawback", Posting.fact_id == first.scalar_subquery())
    opener = look.session.scalars(by.limit(1)).first() or ""
    yield DemandMove(demand.opened_on, opener, "开立追回", None, demand.amount, demand.claim_id, "", demand.basis)


def _notices(look: Look, demand: Demand) -> Iterator[DemandMove]:
    wanted = select(DemandNotice).where(DemandNotice.demand_id == demand.id).order_by(DemandNotice.number)
    for row in look.session.scalars(wanted):
        title = f"发出追回通知，限 {row.due_on} 前（含当日）退还"
        yield DemandMove(row.noticed_on, row.noticed_by, title, None, row.outstanding, demand.id, "", row.words)


def _repayments(look: Look, demand: Demand) -> Iterator[DemandMove]:
    wanted = (
        select(Repayment, Reversal)
        .outerjoin(Reversal, Reversal.repayment_id == Repayment.id)
        .where(Repayment.demand_id == demand.id)
        .order_by(Repayment.recorded_on, Repayment.received_on, Repayment.bank_reference)
    )
    for row, reversal in look.session.execute(wanted):
        title = f"登记退款（{row.received_on} 到账）"
        yield DemandMove(
            row.recorded_on, row.recorded_by, title, "repayment", row.amount, row.id, row.bank_reference, ""
        )
        if reversal is not None:
            by = (reversal.reversed_on, reversal.reversed_by)
            yield DemandMove(*by, "冲销退款", "repayment", -row.amount, row.id, row.bank_reference, reversal.words)


def _offsets(look: Look, demand: Demand) -> Iterator[DemandMove]:
    wanted = (
        select(Offset, OffsetEnd)
        .outerjoin(OffsetEnd, OffsetEnd.offset_id == Offset.id)
        .where(Offset.demand_id == demand.id)
        .order_by(Offset.made_on, Offset.id)
    )
    for row, end in look.session.execute(wanted):
        yield DemandMove(row.made_on, row.made_by, "从申领中抵扣", "offset", row.amount, row.claim_id, "", "")
        if end is not None:
            way, amount = _counted(row, end)
            title = OFFSET_ENDS[end.outcome]
            yield DemandMove(end.ended_on, end.ended_by, title, way, amount, row.claim_id, "", "")


def _counted(offset: Offset, end: OffsetEnd) -> tuple[Way | None, Money]:
    """What was entered counts from when it was kept; dropped, it is taken back."""
    return ("offset", -offset.amount) if end.outcome == "dropped" else (None, offset.amount)


def _write_offs(look: Look, demand: Demand) -> Iterator[DemandMove]:
    """The parties read of one only when it is done."""
    wanted = select(WriteOff).where(WriteOff.demand_id == demand.id).order_by(WriteOff.proposed_on)
    if is_party(look):
        wanted = wanted.where(WriteOff.state == "done")
    for row in look.session.scalars(wanted):
        steps = (
            (row.proposed_on, row.proposer, "建议核销", row.words),
            (row.first_on, row.first_approver, "核销首次审批通过", row.first_words),
            (row.refused_on, row.refuser, "核销建议未通过", row.decided_words),
        )
        for on, by, title, words in steps:
            if on is not None and by is not None:
                yield DemandMove(on, by, title, None, row.amount, row.id, "", words)
        if row.second_on is not None and row.second_approver is not None:
            on, by = row.second_on, row.second_approver
            yield DemandMove(on, by, "核销", "write_off", row.amount, row.id, "", row.decided_words)


def _withdrawn(look: Look, demand: Demand) -> Iterator[DemandMove]:
    wanted = select(Posting).where(Posting.kind == "withdrawal", Posting.fact_id == demand.id).order_by(Posting.number)
    rows = look.session.scalars(wanted).all()
    if rows:
        amount = Money.sum(row.amount for row in rows)
        by = (rows[0].posted_on, rows[0].posted_by)
        yield DemandMove(*by, "申领作废，撤销其余追回", "withdrawal", amount, demand.claim_id, "", "")
