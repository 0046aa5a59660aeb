"""Receivables as they are shown: how much was asked for, how much of it is still outstanding, and by which channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from services.subsidy.models import Claim, Clawback, ClawbackPart, Offset, Withdrawal
from services.subsidy.moves import SETTLED
from shared.bus.work import Look
from shared.contracts.subsidy import ClawbackPage, ClawbackShape, FundPart, ListClawbacks
from shared.money import ZERO, Money
from shared.store.cursors import behind, page
from shared.store.reach import in_reach

WITHDRAWN = select(Withdrawal.clawback_id).where(Withdrawal.clawback_id == Clawback.id).exists()
"""Condition on a receivable: it is no longer asked for."""


def list_clawbacks(look: Look, request: ListClawbacks) -> ClawbackPage:
    """Receivables in reach, oldest first; `total` is what is outstanding of all of them, not only this page."""
    within = in_reach(look.speaker, Clawback.district, Clawback.employer_id, Clawback.payee_id)
    if request.project_id is not None:
        within = within & (Clawback.project_id == request.project_id)
    wanted = select(Clawback).where(within, behind(request.cursor, Clawback.number)).order_by(Clawback.number)
    rows = look.session.scalars(wanted.limit(request.limit + 1)).all()
    shown, cursor = page(rows, request.limit, lambda row: (row.number,))
    return ClawbackPage(_shapes(look.session, shown), cursor, outstanding(look.session, within))


def outstanding(session: Session, within: ColumnElement[bool]) -> Money:
    """Yuan still to come back of the receivables that `within` narrows to."""
    asked = session.scalar(select(func.sum(Clawback.amount)).where(within, ~WITHDRAWN)) or ZERO
    return asked - Money.sum(_recovered(session, within).values())


def _recovered(session: Session, within: ColumnElement[bool]) -> dict[str, Money]:
    """What settled claims kept for receivables (INT-4), by receivable."""
    wanted = (
        select(Offset.clawback_id, func.sum(Offset.amount).label("kept"))
        .join(Clawback, Clawback.id == Offset.clawback_id)
        .join(Claim, and_(Claim.id == Offset.claim_id, Claim.state.in_(SETTLED)))
        .where(within)
        .group_by(Offset.clawback_id)
    )
    return {row.clawback_id: row.kept for row in session.execute(wanted)}


def _shapes(session: Session, rows: Sequence[Clawback]) -> tuple[ClawbackShape, ...]:
    ids = [row.id for row in rows]
    wanted = select(ClawbackPart).where(ClawbackPart.clawback_id.in_(ids))
    channels: dict[str, tuple[FundPart, ...]] = {}
    for part in session.scalars(wanted.order_by(ClawbackPart.fund_source, ClawbackPart.fiscal_year)):
        shown = FundPart(part.fund_source, part.fiscal_year, part.amount)
        channels[part.clawback_id] = (*channels.get(part.clawback_id, ()), shown)
    withdrawn = set(session.scalars(select(Withdrawal.clawback_id).where(Withdrawal.clawback_id.in_(ids))))
    kept = _recovered(session, Clawback.id.in_(ids))
    return tuple(
        ClawbackShape(
            clawback_id=row.id,
            project_id=row.project_id,
            claim_id=row.claim_id,
            enrolment_id=row.enrolment_id,
            payee_id=row.payee_id,
            amount=row.amount,
            state=_state(row, row.id in withdrawn, kept.get(row.id, ZERO)),
            opened_on=row.opened_on,
            channel=channels[row.id],
            rule=row.rule,
            clause=row.clause,
            cause=row.cause,  # type: ignore[arg-type] # a CHECK holds it to the two
            outstanding=ZERO if row.id in withdrawn else row.amount - kept.get(row.id, ZERO),
        )
        for row in rows
    )


def _state(row: Clawback, withdrawn: bool, kept: Money) -> Literal["open", "withdrawn", "offset"]:
    if withdrawn:
        return "withdrawn"
    return "offset" if kept == row.amount else "open"
