"""Demands as they are shown: what of each came back, was kept, given up and withdrawn, and how long it is overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from services.subsidy.demands.discharges import ended_amounts, is_pending, lock_demand
from services.subsidy.models import Clawback, ClawbackPart, Demand, DemandNotice, Offset, WriteOff
from services.subsidy.rules.ageing import age_of, overdue_days
from shared.by_name import shape_of
from shared.contracts.subsidy.receivables import DemandPart, DemandShape, DemandState, WriteOffShape
from shared.kernel.work import Look, Work
from shared.money import ZERO, Money
from shared.security.permissions import check_reach, not_found
from shared.security.speaker import ORGANISATION_ROLES
from shared.store.types import MoneyColumn


@dataclass
class _Sums:
    """What there is to say about one demand beside its row."""

    parts: list[DemandPart] = field(default_factory=list)
    ended: dict[str, Money] = field(default_factory=dict)
    pending: Money = ZERO
    noticed_on: date | None = None
    due_on: date | None = None
    write_off: WriteOff | None = None


def load_demand(look: Look, demand_id: str) -> Demand:
    """A demand in the speaker's reach; NotFound else, as for one that doesn't exist."""
    demand = look.session.scalar(select(Demand).where(Demand.id == demand_id))
    if demand is None:
        raise not_found()
    check_reach(look.speaker, district=demand.district, organisations=[demand.employer_id, demand.payee_id])
    look.note(f"demand:{demand.id}")
    return demand


def lock_demand_in_reach(work: Work, demand_id: str) -> Demand:
    """A demand in reach, with its turn until the transaction ends."""
    demand = load_demand(work, demand_id)
    lock_demand(work.session, demand.id)
    return demand


def demand_shape(look: Look, demand: Demand) -> DemandShape:
    """One demand as `demand_shapes` shows many."""
    return demand_shapes(look, [demand])[0]


def demand_shapes(look: Look, demands: Sequence[Demand]) -> tuple[DemandShape, ...]:
    """Demands in the order given. The parties read of a write-off only when it is done."""
    ids = [demand.id for demand in demands]
    sums = {demand_id: _Sums() for demand_id in ids}
    _parts(look.session, ids, sums)
    for demand_id, ended in ended_amounts(look.session, Clawback.demand_id, Clawback.demand_id.in_(ids)).items():
        sums[demand_id].ended = ended
    _pending(look.session, ids, sums)
    _notices(look.session, ids, sums)
    _write_offs(look, ids, sums)
    return tuple(_shape(demand, sums[demand.id], look.today) for demand in demands)


def is_party(look: Look) -> bool:
    """Whether whoever asks speaks for an employer or a provider, and not for an office."""
    return look.speaker.acting_role in ORGANISATION_ROLES


def _parts(session: Session, ids: Sequence[str], sums: Mapping[str, _Sums]) -> None:
    place = (Clawback.demand_id, ClawbackPart.fund_source, ClawbackPart.fiscal_year)
    left = func.sum(ClawbackPart.amount - ClawbackPart.ended, type_=MoneyColumn)
    wanted = (
        select(*place, func.sum(ClawbackPart.amount), left)
        .join(Clawback, Clawback.id == ClawbackPart.clawback_id)
        .where(Clawback.demand_id.in_(ids))
        .group_by(*place)
        .order_by(*place)
    )
    for demand_id, source, year, amount, outstanding in session.execute(wanted):
        sums[demand_id].parts.append(DemandPart(source, year, amount, outstanding))


def _pending(session: Session, ids: Sequence[str], sums: Mapping[str, _Sums]) -> None:
    wanted = (
        select(Offset.demand_id, func.sum(Offset.amount))
        .where(Offset.demand_id.in_(ids), is_pending())
        .group_by(Offset.demand_id)
    )
    for demand_id, amount in session.execute(wanted):
        sums[demand_id].pending = amount


def _notices(session: Session, ids: Sequence[str], sums: Mapping[str, _Sums]) -> None:
    """When the payee was first told, and until when to pay by the newest notice."""
    wanted = select(DemandNotice).where(DemandNotice.demand_id.in_(ids)).order_by(DemandNotice.number)
    for notice in session.scalars(wanted):
        of_demand = sums[notice.demand_id]
        of_demand.noticed_on = of_demand.noticed_on or notice.noticed_on
        of_demand.due_on = notice.due_on


def _write_offs(look: Look, ids: Sequence[str], sums: Mapping[str, _Sums]) -> None:
    """The one that waits, else the last that was done, else the last that was refused."""
    rank = case((WriteOff.state == "proposed", 2), (WriteOff.state == "done", 1), else_=0)
    wanted = select(WriteOff).where(WriteOff.demand_id.in_(ids))
    if is_party(look):
        wanted = wanted.where(WriteOff.state == "done")
    for row in look.session.scalars(wanted.order_by(rank, WriteOff.proposed_on)):
        sums[row.demand_id].write_off = row


def _shape(demand: Demand, sums: _Sums, today: date) -> DemandShape:
    ended = sums.ended
    due_on = None if demand.settled_on else sums.due_on
    return shape_of(
        DemandShape,
        demand,
        demand_id=demand.id,
        state=_state(demand, sums),
        repaid=ended.get("repayment", ZERO),
        offset=ended.get("offset", ZERO),
        pending=sums.pending,
        written_off=ended.get("write_off", ZERO),
        withdrawn=ended.get("withdrawal", ZERO),
        outstanding=Money.sum(part.outstanding for part in sums.parts),
        noticed_on=sums.noticed_on,
        due_on=sums.due_on,
        age=age_of(due_on, today),
        overdue_days=overdue_days(due_on, today),
        parts=tuple(sums.parts),
        write_off=_write_off(sums.write_off),
    )


def _state(demand: Demand, sums: _Sums) -> DemandState:
    if demand.settled_on:
        return "settled"
    return "noticed" if sums.noticed_on else "open"


def _write_off(row: WriteOff | None) -> WriteOffShape | None:
    if row is None:
        return None
    approvals = sum(approver is not None for approver in (row.first_approver, row.second_approver))
    state: Any = row.state
    return WriteOffShape(row.id, state, row.amount, row.proposed_on, approvals, row.words)
