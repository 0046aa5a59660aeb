"""Receivables as they are shown: how much was asked for, how much of it is still outstanding, and by which channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from services.subsidy.demands.discharges import ended_amounts, is_pending
from services.subsidy.models import Clawback, ClawbackPart, Discharge, Offset
from shared.by_name import shape_of
from shared.contracts.subsidy.claims import FundPart
from shared.contracts.subsidy.clawbacks import ClawbackPage, ClawbackShape, ListClawbacks
from shared.kernel.work import Look
from shared.money import ZERO, Money
from shared.store.access_filter import in_reach
from shared.store.cursors import read_page


def list_clawbacks(look: Look, request: ListClawbacks) -> ClawbackPage:
    """Receivables in reach, oldest first; `total` is what is outstanding of all of them, not only this page."""
    within = in_reach(look.speaker, Clawback.district, Clawback.employer_id, Clawback.payee_id)
    if request.project_id is not None:
        within = within & (Clawback.project_id == request.project_id)
    shown, cursor = read_page(look.session, select(Clawback).where(within), request, Clawback.number)
    return ClawbackPage(_shapes(look.session, shown), cursor, _outstanding(look.session, within))


def _outstanding(session: Session, within: ColumnElement[bool]) -> Money:
    """Yuan still to come back of the receivables that `within` narrows to, what unsettled claims keep included."""
    asked = session.scalar(select(func.sum(Clawback.amount)).where(within)) or ZERO
    return asked - Money.sum(amount for ways in _ended(session, within).values() for amount in ways.values())


def _ended(session: Session, within: ColumnElement[bool]) -> dict[str, dict[str, Money]]:
    """What has ended of each receivable, by the way in which it did, without what unsettled claims keep."""
    kept = exists().where(Offset.id == Discharge.fact_id, is_pending())
    return ended_amounts(session, Clawback.id, within, or_(Discharge.way != "offset", ~kept))


def _shapes(session: Session, rows: Sequence[Clawback]) -> tuple[ClawbackShape, ...]:
    ids = [row.id for row in rows]
    wanted = select(ClawbackPart).where(ClawbackPart.clawback_id.in_(ids))
    channels: dict[str, tuple[FundPart, ...]] = {}
    for part in session.scalars(wanted.order_by(ClawbackPart.fund_source, ClawbackPart.fiscal_year)):
        shown = FundPart(part.fund_source, part.fiscal_year, part.amount)
        channels[part.clawback_id] = (*channels.get(part.clawback_id, ()), shown)
    ended = _ended(session, Clawback.id.in_(ids))
    return tuple(
        shape_of(
            ClawbackShape,
            row,
            clawback_id=row.id,
            state=_state(row, ended.get(row.id, {})),
            channel=channels[row.id],
            outstanding=row.amount - Money.sum(ended.get(row.id, {}).values()),
        )
        for row in rows
    )


State = Literal["open", "repaid", "offset", "written_off", "withdrawn", "settled"]
ENDED: Mapping[str, State] = {
    "repayment": "repaid",
    "offset": "offset",
    "write_off": "written_off",
    "withdrawal": "withdrawn",
}


def _state(row: Clawback, ended: Mapping[str, Money]) -> State:
    if Money.sum(ended.values()) < row.amount:
        return "open"
    return ENDED[next(iter(ended))] if len(ended) == 1 else "settled"
