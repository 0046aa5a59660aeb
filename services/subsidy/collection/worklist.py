"""What waits of demands: a notice to send, money to collect, a write-off to approve; for the payee, money to return."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, or_, select

from services.subsidy.collection.queries import due_on, is_noticed
from services.subsidy.models import Clawback, ClawbackPart, Demand, DemandNotice, WriteOff
from shared.kernel.work import Look
from shared.kernel.worklist import need
from shared.store.access_filter import in_reach


def demand_to_notice(look: Look) -> Select[Any]:
    """Demands that the payee wasn't told of yet, since they were opened."""
    return _outstanding(look, "demand_to_notice", Demand.opened_on).where(~is_noticed())


def demand_to_collect(look: Look) -> Select[Any]:
    """For the district: whatever is outstanding of its payees, told or not."""
    return _outstanding(look, "demand_to_collect", Demand.opened_on)


def demand_overdue(look: Look) -> Select[Any]:
    """Nothing is overdue of which a write-off is under way."""
    proposed = select(WriteOff.id).where(WriteOff.demand_id == Demand.id, WriteOff.state == "proposed").exists()
    return _outstanding(look, "demand_overdue", due_on()).where(due_on() < look.today, ~proposed)


def demand_to_pay(look: Look) -> Select[Any]:
    """For the payee: since it was first told."""
    since = select(func.min(DemandNotice.noticed_on)).where(DemandNotice.demand_id == Demand.id)
    return _outstanding(look, "demand_to_pay", since.scalar_subquery()).where(is_noticed())


def write_off_to_approve(look: Look) -> Select[Any]:
    """Not by the proposer, nor a second time by the first approver (X-5)."""
    me = look.speaker.person
    needed = _need("write_off_to_approve", WriteOff.id, func.coalesce(WriteOff.first_on, WriteOff.proposed_on))
    mine = in_reach(look.speaker, Demand.district)
    others = (WriteOff.proposer != me, or_(WriteOff.first_approver.is_(None), WriteOff.first_approver != me))
    return needed.join(Demand, Demand.id == WriteOff.demand_id).where(mine, WriteOff.state == "proposed", *others)


def _outstanding(look: Look, kind: str, since: Any) -> Select[Any]:
    """Demands in reach of which something is outstanding; the caller says which of them."""
    left = select(Clawback.id).join(ClawbackPart, ClawbackPart.clawback_id == Clawback.id)
    left = left.where(Clawback.demand_id == Demand.id, ClawbackPart.ended < ClawbackPart.amount)
    mine = in_reach(look.speaker, Demand.district, Demand.employer_id, Demand.payee_id)
    return _need(kind, Demand.id, since).where(mine, Demand.settled_on.is_(None), left.exists())


def _need(kind: str, id: Any, since: Any) -> Select[Any]:
    return need(kind, id, Demand.project_id, Demand.district, since)
