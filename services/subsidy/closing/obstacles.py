"""Why a period can't be closed yet, each with what to do: its window, its order, payments on their way, the next year's
budget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.subsidy.closing.changes import BooksKey, Changes, in_books, of_year, posted_offsets, sent
from services.subsidy.closing.periods import Period, Windows
from services.subsidy.ledger.books import available
from services.subsidy.models import Batch, Books, Budget, Claim, ClaimFunding, Payment, Posting
from shared.contracts.subsidy.closing import Obstacle
from shared.errors import Conflict
from shared.money import ZERO, Money

ON_ITS_WAY = {"prepared": "已制单", "instructed": "已送国库", "unknown": "结果未明"}
"""States of a payment whose result isn't known, as officials read them."""


@dataclass(frozen=True)
class OpenPeriods:
    """The first month and the first fiscal year of the books that are to be closed next."""

    month: Period
    year: Period

    @classmethod
    def of(cls, session: Session, books: Books) -> OpenPeriods | None:
        """None for books in which nothing was ever posted.

        Books are open from before everything: until something is closed, they begin with what was posted first.
        """
        place = BooksKey(books.programme, books.district)
        first_on = session.scalar(select(func.min(Posting.accounted_on)).where(in_books(place, Posting)))
        first_year = session.scalar(select(func.min(Budget.fiscal_year)).where(in_books(place, Budget)))
        if first_on is None or first_year is None:
            return None
        return cls(Period.month_of(max(books.open_from, first_on)), Period(max(books.open_year, first_year)))

    def next_like(self, period: Period) -> Period:
        """Which month, for a month, or year, for a year, comes next."""
        return self.year if period.month is None else self.month


def obstacles(
    session: Session,
    place: BooksKey,
    period: Period,
    opened: OpenPeriods,
    changes: Changes,
    windows: Windows,
    today: date,
) -> tuple[Obstacle, ...]:
    """Everything that stands against closing it today. Raises Conflict for a period that is closed already."""
    first = opened.next_like(period)
    if period.first < first.first:
        raise Conflict(f"{period} 已结账，或没有需要结账的账目；下一个应结的是 {first}", next=str(first))
    found = [*_window(period, windows, today), *_order(period, first)]
    if period.month is None:
        found += _open_month(period, opened)
        found += _on_their_way(session, place, period.year)
        found += _half_settled(session, place, period.year)
        found += _short(session, place, period.year + 1, changes)
    return tuple(found)


def _window(period: Period, windows: Windows, today: date) -> Iterator[Obstacle]:
    from_on = windows.closes_from(period)
    if today < from_on:
        yield Obstacle("window", str(period), f"{period} 的更正期未满，{from_on} 起方可结账")


def _order(period: Period, first: Period) -> Iterator[Obstacle]:
    if period.first > first.first:
        yield Obstacle("earlier_period", str(first), f"应按先后结账，请先结 {first}")


def _open_month(period: Period, opened: OpenPeriods) -> Iterator[Obstacle]:
    if opened.month.first < period.after:
        yield Obstacle("open_month", str(opened.month), f"{period} 年度各月尚未全部结账，请先结 {opened.month}")


def _on_their_way(session: Session, place: BooksKey, year: int) -> Iterator[Obstacle]:
    """Payments of the year's money: it is paid or it is carried, never both."""
    wanted = (
        select(Payment.id, Payment.state, Payment.amount)
        .join(Batch, Batch.id == Payment.batch_id)
        .where(in_books(place, Batch), Payment.fiscal_year == year, Payment.state.in_(ON_ITS_WAY))
        .order_by(Payment.id)
    )
    for payment_id, state, amount in session.execute(wanted):
        words = f"支付 {amount} 元{ON_ITS_WAY[state]}，尚无结果；请先登记国库拨付结果，或待其退回"
        yield Obstacle("in_payment", payment_id, words)


def _half_settled(session: Session, place: BooksKey, year: int) -> Iterator[Obstacle]:
    """A source that sent its part still bears what is kept, until the claim's other sources have paid as well."""
    columns = (Claim.id, ClaimFunding.fund_source, ClaimFunding.bears, ClaimFunding.sends)
    wanted = select(*columns).join(Claim, Claim.id == ClaimFunding.claim_id)
    kept = wanted.where(*of_year(place, year), sent(), ClaimFunding.bears > ClaimFunding.sends)
    posted = posted_offsets(session, place)
    for claim_id, source, bears, sends in session.execute(kept.order_by(Claim.number)).all():
        if waiting := bears - sends - posted.get((claim_id, source), ZERO):
            words = f"该申领部分来源已拨付，尚有 {waiting} 元抵扣待其余来源拨付后入账；请先办结其余来源的拨付"
            yield Obstacle("in_payment", claim_id, words)


def _short(session: Session, place: BooksKey, year: int, changes: Changes) -> Iterator[Obstacle]:
    """What is carried has to be appropriated in the year that it is carried to, source by source."""
    sources = sorted({one.fund_source for one in changes.carried})
    free = available(session, *place, year, sources)
    for source in sources:
        wanted = Money.sum(one.amount for one in changes.carried if one.fund_source == source)
        missing = wanted - free.get(source, ZERO)
        if missing > ZERO:
            words = f"{year} 年度该资金来源可用额度不足，结转 {wanted} 元尚缺 {missing} 元；请先下达 {year} 年度预算"
            yield Obstacle("short", source, words)
