"""Closing a month or a year as it was previewed: commitments carried, the rest lapsed, balances frozen, books moved on.

All of it is one transaction that holds the books: what is posted, prepared or approved meanwhile waits for it.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.subsidy.closing.carry_forward import carry, lapse
from services.subsidy.closing.changes import BooksKey, Changes, changes_of, in_books
from services.subsidy.closing.obstacles import obstacles
from services.subsidy.closing.periods import Period, Windows
from services.subsidy.closing.preview import open_periods
from services.subsidy.closing.queries import closing_shapes
from services.subsidy.ledger.books import lock_books
from services.subsidy.models import Books, Closing, FrozenBalance, Posting
from shared.contracts.subsidy.closing import PERIOD_CLOSED, ClosePeriod, ClosingShape, Obstacle, PeriodClosed
from shared.errors import Conflict
from shared.kernel.work import Work
from shared.security.permissions import check_place
from shared.store.bulk import insert_all
from shared.store.by_name import shape_of
from shared.store.types import new_id

SHOWN = 100
"""Obstacles that a refusal lists; the preview has all of them."""


def close_period(work: Work, request: ClosePeriod, windows: Windows) -> ClosingShape:
    """Raises Conflict while anything stands against it, and where it would change other things than were previewed."""
    check_place(work.speaker, request.district)
    place, period = BooksKey(request.programme, request.district), Period.parse(request.period)
    open_periods(work.session, work.session.get(Books, place))
    books = lock_books(work.session, *place)
    changes = changes_of(work.session, place, period)
    opened = open_periods(work.session, books)
    _check_clear(obstacles(work.session, place, period, opened, changes, windows, work.today))
    digest = changes.digest(place, period)
    if digest != request.digest:
        raise Conflict("预览之后账目有变动，未结账；请重新预览，核对后用新的摘要结账", digest=digest)
    closing_id = new_id()
    if period.month is None:
        carry(work, place, changes.carried, period.year, period.year + 1)
        lapse(work, place, period.year, changes.lapsed, closing_id)
    closing = _store_closing(work, closing_id, place, period, changes)
    if period.month is None:
        books.open_year = period.year + 1
    else:
        books.open_from = period.after
    work.session.flush()
    _tell_closed(work, closing)
    return closing_shapes(work.session, [closing])[0]


def _check_clear(standing: tuple[Obstacle, ...]) -> None:
    if standing:
        listed = [{"kind": one.kind, "of_id": one.of_id, "message": one.message} for one in standing[:SHOWN]]
        words = f"还不能结账，有 {len(standing)} 项未了：{standing[0].message}；其余请查看预览"
        raise Conflict(words, obstacles=listed)


def _store_closing(work: Work, closing_id: str, place: BooksKey, period: Period, changes: Changes) -> Closing:
    closing = Closing(
        id=closing_id,
        **place._asdict(),
        period=str(period),
        closed_on=work.today,
        closed_by=work.speaker.person,
        claims=changes.claims,
        carried=changes.carried_in_all,
        lapsed=changes.lapsed_in_all,
        digest=changes.digest(place, period),
        last_posting=_last_posting(work.session, place),
    )
    work.add(closing)
    frozen = changes.frozen.items()
    rows = ({"closing_id": closing_id, **account._asdict(), "amount": amount} for account, amount in frozen)
    insert_all(work.session, FrozenBalance, rows)
    return closing


def _last_posting(session: Session, place: BooksKey) -> int:
    """Numbers are drawn while the books are held: nothing posted to them later has a lower one."""
    return session.scalar(select(func.max(Posting.number)).where(in_books(place, Posting))) or 0


def _tell_closed(work: Work, closing: Closing) -> None:
    work.note(f"closing:{closing.id}")
    told = shape_of(PeriodClosed, closing, closing_id=closing.id, on=closing.closed_on)
    work.tell(PERIOD_CLOSED, closing.id, told, district=closing.district)
