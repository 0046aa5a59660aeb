"""What is told about a demand: how it stands, and until when it is to be paid (X-13). Ids and amounts only."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.subsidy.models import Clawback, ClawbackPart, Demand, DemandNotice
from shared.contracts.common import DeadlineClosed, DeadlineSet
from shared.contracts.schema.declare import EventType
from shared.contracts.subsidy.receivables import DEADLINE_CLOSED, DEADLINE_SET, DemandTold
from shared.kernel.work import Work
from shared.money import ZERO, Money
from shared.store.by_name import shape_of
from shared.store.types import MoneyColumn

NAME = "repayment"
LABEL = "追回款退还期限"


def newest_notice(session: Session, demand_id: str) -> DemandNotice | None:
    """The one that holds; None for a demand that nobody was told of yet."""
    wanted = select(DemandNotice).where(DemandNotice.demand_id == demand_id).order_by(DemandNotice.number.desc())
    return session.scalars(wanted.limit(1)).first()


def outstanding(session: Session, demand_id: str) -> Money:
    """Yuan that nothing has ended yet; what a claim keeps that isn't settled is no longer among it."""
    left = func.sum(ClawbackPart.amount - ClawbackPart.ended, type_=MoneyColumn)
    wanted = select(left).join(Clawback, Clawback.id == ClawbackPart.clawback_id)
    return session.scalar(wanted.where(Clawback.demand_id == demand_id)) or ZERO


def tell_demand(work: Work, event: EventType[DemandTold], demand: Demand) -> None:
    """Tells how the demand stands now."""
    notice = newest_notice(work.session, demand.id)
    told = shape_of(
        DemandTold,
        demand,
        demand_id=demand.id,
        outstanding=outstanding(work.session, demand.id),
        due_on=notice.due_on if notice else None,
        on=work.today,
    )
    work.tell(event, demand.id, told, district=demand.district)


def tell_deadline_set(work: Work, demand: Demand) -> None:
    """The payee pays until the day of the newest notice; told again it moves. Nothing without a notice."""
    notice = newest_notice(work.session, demand.id)
    if notice is None:
        return
    told = shape_of(
        DeadlineSet,
        demand,
        deadline_id=demand.id,
        name=NAME,
        label=LABEL,
        party="employer",
        organisation_id=demand.payee_id,
        subject_id=demand.id,
        due_on=notice.due_on,
    )
    work.tell(DEADLINE_SET, demand.id, told, district=demand.district)


def tell_deadline_closed(work: Work, demand: Demand, outcome: Literal["met", "dropped"]) -> None:
    """Nobody is reminded of a settled demand any more."""
    if newest_notice(work.session, demand.id) is not None:
        work.tell(DEADLINE_CLOSED, demand.id, DeadlineClosed(demand.id, outcome), district=demand.district)
