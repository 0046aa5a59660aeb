"""Demands as they stand: what is outstanding of their parts, and every way in which an amount of one ends (X-10).

Whoever changes one takes its turn first, after those of the project, the batch and the claim; several by their ids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, select, type_coerce, union, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.subsidy.demands import events
from services.subsidy.demands.open_advances import close_by_demands
from services.subsidy.funding.payment_channels import SourceYear
from services.subsidy.lifecycle.claim import APPROVED
from services.subsidy.models import Claim, Clawback, ClawbackPart, Demand, Discharge, Offset
from services.subsidy.models.bank import SettledOffset
from services.subsidy.models.receivables import PART
from shared.batching import slices
from shared.contracts.subsidy.receivables import CLAWBACK_REDUCED, CLAWBACK_SETTLED
from shared.kernel.work import Work
from shared.money import ZERO, Money, sum_by_key
from shared.store.bulk import SLICE, insert_all, lock_rows
from shared.store.database import execute_count
from shared.store.types import MoneyColumn

Way = Literal["repayment", "offset", "write_off", "withdrawal", "reversal"]


class ReceivablePart(NamedTuple):
    """A part of a receivable, or an amount of one: so much of this source of this year."""

    clawback_id: str
    fund_source: str
    fiscal_year: int
    amount: Money


def lock_demand(session: Session, demand_id: str) -> Demand | None:
    """Holds the demand until this transaction ends, and looks at it as it is then; None where there is none."""
    execute_count(session, update(Demand).where(Demand.id == demand_id).values(turns=Demand.turns + 1))
    found = select(Demand).where(Demand.id == demand_id).execution_options(populate_existing=True)
    return session.scalars(found).first()


def lock_demands_of(session: Session, claim_ids: Sequence[str]) -> None:
    """The turns of every demand that these claims opened for their results, or keep money for."""
    found: set[str] = set()
    for some in slices(claim_ids, SLICE):
        opened = select(Demand.id).where(Demand.claim_id.in_(some), Demand.cause == "result")
        kept_for = select(Offset.demand_id).where(Offset.claim_id.in_(some))
        found.update(session.scalars(union(opened, kept_for)))
    lock_rows(session, Demand, Demand.id, found)


def outstanding_parts(session: Session, demand_ids: Sequence[str]) -> list[ReceivablePart]:
    """What hasn't ended of the parts of these demands, the oldest receivable first."""
    left = type_coerce(ClawbackPart.amount - ClawbackPart.ended, MoneyColumn)
    wanted = (
        select(ClawbackPart.clawback_id, ClawbackPart.fund_source, ClawbackPart.fiscal_year, left)
        .join(Clawback, Clawback.id == ClawbackPart.clawback_id)
        .where(Clawback.demand_id.in_(demand_ids), ClawbackPart.ended < ClawbackPart.amount)
        .order_by(Clawback.number, ClawbackPart.fund_source, ClawbackPart.fiscal_year)
    )
    return [ReceivablePart(*row) for row in session.execute(wanted)]


def discharge(
    work: Work, way: Way, fact_id: str, parts: Iterable[ReceivablePart], refilled: frozenset[int] = frozenset()
) -> None:
    """These amounts end by what `fact_id` did; a `reversal` lets them stand again. `refilled`: open fiscal years.

    The database refuses (IntegrityError) what is more than was outstanding.
    """
    rows = (
        {**part._asdict(), "way": way, "fact_id": fact_id, "refilled": part.fiscal_year in refilled} for part in parts
    )
    insert_all(work.session, Discharge, rows)
    by_fact = and_(Discharge.way == way, Discharge.fact_id == fact_id)
    mine = and_(by_fact, *_same_part())
    amount = select(func.sum(Discharge.amount)).where(mine).correlate(ClawbackPart).scalar_subquery()
    after = ClawbackPart.ended - amount if way == "reversal" else ClawbackPart.ended + amount
    theirs = ClawbackPart.clawback_id.in_(select(Discharge.clawback_id).where(by_fact))
    execute_count(work.session, update(ClawbackPart).where(theirs, exists().where(mine)).values(ended=after))


def by_source_and_year(parts: Iterable[ReceivablePart]) -> list[tuple[str, int, Money]]:
    """The parts of many receivables together: source, year and amount, in their order and without empty ones."""
    sums = sum_by_key(((part.fund_source, part.fiscal_year), part.amount) for part in parts)
    return [(source, year, amount) for (source, year), amount in sorted(sums.items()) if amount]


def by_source(parts: Iterable[ReceivablePart]) -> dict[str, Money]:
    """The same of all years together, by fund source in its order."""
    return dict(sorted(sum_by_key((part.fund_source, part.amount) for part in parts).items()))


def tell_balance_changed(work: Work, demand: Demand, outcome: Literal["met", "dropped"] = "met") -> None:
    """Tells that a demand is settled now, or else how much of it is outstanding."""
    if not settle_where_met(work, [demand.id], outcome):
        events.tell_demand(work, CLAWBACK_REDUCED, demand)


def settle_where_met(work: Work, demand_ids: Iterable[str], outcome: Literal["met", "dropped"] = "met") -> list[Demand]:
    """Notes today for demands of which nothing is outstanding or pending any more, and tells it; answers these."""
    ids = sorted(set(demand_ids))
    chosen = select(Demand).where(Demand.id.in_(ids), Demand.settled_on.is_(None), ~_stands())
    settled = list(work.session.scalars(chosen.order_by(Demand.number)))
    for demand in settled:
        demand.settled_on = work.today
    work.session.flush()
    close_by_demands(work.session, [demand.id for demand in settled])
    for demand in settled:
        events.tell_demand(work, CLAWBACK_SETTLED, demand)
        events.tell_deadline_closed(work, demand, outcome)
    return settled


def net_discharged() -> ColumnElement[Money]:
    """Sum of discharges, less what was reversed."""
    signed = case((Discharge.way == "reversal", -Discharge.amount), else_=Discharge.amount)
    return func.sum(signed, type_=MoneyColumn)


def ended_amounts(
    session: Session, key: InstrumentedAttribute[str], *meant: ColumnElement[bool]
) -> dict[str, dict[str, Money]]:
    """What has ended of the receivables that are meant, by `key`, a column of theirs, and by the way in which it did;
    a reversal takes from the way that it reverses."""
    undone = case((exists().where(Offset.id == Discharge.fact_id), "offset"), else_="repayment")
    way = case((Discharge.way == "reversal", undone), else_=Discharge.way).label("ended_by")
    wanted = select(key, way, net_discharged()).join(Clawback, Clawback.id == Discharge.clawback_id)
    found: dict[str, dict[str, Money]] = defaultdict(dict)
    for of_id, how, amount in session.execute(wanted.where(*meant).group_by(key, way)):
        if amount:
            found[of_id][how] = amount
    return found


def asked_for(session: Session, enrolments: Collection[str]) -> list[tuple[str, SourceYear, int]]:
    """What demands ask for already, without what was withdrawn: enrolment, source and year, fen."""
    withdrawn = select(func.sum(Discharge.amount)).where(Discharge.way == "withdrawal", *_same_part())
    asked = ClawbackPart.amount - func.coalesce(
        withdrawn.correlate(ClawbackPart).scalar_subquery(), literal(ZERO, MoneyColumn)
    )
    place = (ClawbackPart.fund_source, ClawbackPart.fiscal_year)
    wanted = (
        select(Clawback.enrolment_id, *place, func.sum(asked, type_=MoneyColumn))
        .join(ClawbackPart, ClawbackPart.clawback_id == Clawback.id)
        .group_by(Clawback.enrolment_id, *place)
    )
    return [
        (enrolment_id, (source, year), amount.fen)
        for part in slices(list(enrolments), SLICE)
        for enrolment_id, source, year, amount in session.execute(wanted.where(Clawback.enrolment_id.in_(part)))
    ]


def is_pending() -> ColumnElement[bool]:
    """Condition on a set-off: its claim keeps it, and it wasn't posted yet."""
    posted = exists().where(SettledOffset.offset_id == Offset.id)
    return exists().where(Claim.id == Offset.claim_id, Claim.state.in_(APPROVED)) & ~posted


def _same_part() -> list[ColumnElement[bool]]:
    return [getattr(Discharge, name) == getattr(ClawbackPart, name) for name in PART]


def _stands() -> ColumnElement[bool]:
    """Condition on a demand: something of it is outstanding, or kept by a claim that isn't settled yet."""
    left = exists().where(
        Clawback.demand_id == Demand.id,
        ClawbackPart.clawback_id == Clawback.id,
        ClawbackPart.ended < ClawbackPart.amount,
    )
    return left | exists().where(Offset.demand_id == Demand.id, is_pending())
