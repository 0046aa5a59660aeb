"""Demands in reach, the oldest first, with what is outstanding of all of them by age."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from services.subsidy.collection.shapes import demand_shape, demand_shapes, load_demand
from services.subsidy.collection.timeline import timeline_of
from services.subsidy.models import Clawback, ClawbackPart, Demand, DemandNotice
from services.subsidy.rules.ageing import AGES, due_days
from shared.contracts.subsidy.receivables import Age, AgeLine, DemandPage, DemandWhole, GetDemand, ListDemands
from shared.kernel.work import Look
from shared.money import ZERO
from shared.store.access_filter import filters, in_reach
from shared.store.cursors import read_page
from shared.store.types import MoneyColumn


def get_demand(look: Look, request: GetDemand) -> DemandWhole:
    """A demand with all that happened to it, the oldest first."""
    demand = load_demand(look, request.demand_id)
    return DemandWhole(demand_shape(look, demand), timeline_of(look, demand))


def list_demands(look: Look, request: ListDemands) -> DemandPage:
    """One page; `ages` counts all that the filters leave, on this page or not."""
    within = and_(*_filters(look, request))
    shown, cursor = read_page(look.session, select(Demand).where(within), request, Demand.number)
    return DemandPage(demand_shapes(look, shown), cursor, ages(look.session, within, look.today))


def due_on() -> ColumnElement[date]:
    """The day of a demand's newest notice; null where there is none."""
    newer = aliased(DemandNotice)
    newest = select(func.max(newer.number)).where(newer.demand_id == Demand.id).scalar_subquery()
    wanted = select(DemandNotice.due_on).where(DemandNotice.demand_id == Demand.id, DemandNotice.number == newest)
    return wanted.correlate(Demand).scalar_subquery()


def is_noticed() -> ColumnElement[bool]:
    """Condition on a demand: its payee was told of it."""
    return select(DemandNotice.number).where(DemandNotice.demand_id == Demand.id).exists()


def _filters(look: Look, request: ListDemands) -> list[ColumnElement[bool]]:
    equal = {Demand.programme: request.programme, Demand.project_id: request.project_id}
    conditions = [
        in_reach(look.speaker, Demand.district, Demand.employer_id, Demand.payee_id),
        *filters({**equal, Demand.payee_id: request.payee_id}),
    ]
    match request.state:
        case "settled":
            conditions.append(Demand.settled_on.is_not(None))
        case "noticed":
            conditions += [Demand.settled_on.is_(None), is_noticed()]
        case "open":
            conditions += [Demand.settled_on.is_(None), ~is_noticed()]
    if request.age is not None:
        conditions.append(_of_age(request.age, look.today))
    return conditions


def _of_age(age: Age, today: date) -> ColumnElement[bool]:
    """A settled demand isn't overdue, whenever it was due."""
    first, last = due_days(age, today)
    within = [due_on() >= first] if first else []
    within += [due_on() <= last] if last else []
    if age == "not_due":
        return or_(Demand.settled_on.is_not(None), due_on().is_(None), *within)
    return and_(Demand.settled_on.is_(None), *within)


def ages(session: Session, within: ColumnElement[bool], today: date) -> tuple[AgeLine, ...]:
    """Every age, the youngest first, also those without a demand."""
    left = func.sum(ClawbackPart.amount - ClawbackPart.ended, type_=MoneyColumn)
    age = case(*((_of_age(age, today), age) for age in AGES)).label("age")
    each = select(Demand.id, age).where(within).subquery()
    wanted = (
        select(each.c.age, func.count(each.c.id.distinct()), left)
        .join(Clawback, Clawback.demand_id == each.c.id)
        .join(ClawbackPart, ClawbackPart.clawback_id == Clawback.id)
        .group_by(each.c.age)
    )
    found = {name: (count, outstanding) for name, count, outstanding in session.execute(wanted)}
    return tuple(AgeLine(age, *found.get(age, (0, ZERO))) for age in AGES)
