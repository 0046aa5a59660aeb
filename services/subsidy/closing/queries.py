"""Closed periods as they are shown, and the periods that wait to be closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.closing.changes import LedgerAccount
from services.subsidy.closing.obstacles import OpenPeriods
from services.subsidy.closing.periods import Windows
from services.subsidy.models import Books, Closing, FrozenBalance
from shared.contracts.subsidy.budgets_and_ledger import BudgetShape
from shared.contracts.subsidy.closing import ClosingPage, ClosingShape, ListClosings
from shared.kernel.work import Look
from shared.money import ZERO, Money
from shared.store.access_filter import filters, in_reach
from shared.store.by_name import shape_of
from shared.store.cursors import read_page


class PeriodToClose(NamedTuple):
    """A month or year that may be closed, since that day. `id`: programme, district and period."""

    kind: str
    id: str
    district: str
    since: date


def list_closings(look: Look, request: ListClosings) -> ClosingPage:
    """Those in reach, the newest first."""
    given = filters({Closing.programme: request.programme, Closing.district: request.district})
    wanted = select(Closing).where(in_reach(look.speaker, Closing.district), *given)
    shown, cursor = read_page(look.session, wanted, request, Closing.number, descending=True)
    return ClosingPage(closing_shapes(look.session, shown), cursor)


def closing_shapes(session: Session, closings: Sequence[Closing]) -> tuple[ClosingShape, ...]:
    """In the order given, each with the budgets as it froze them."""
    frozen: dict[str, dict[LedgerAccount, Money]] = defaultdict(dict)
    wanted = select(FrozenBalance).where(FrozenBalance.closing_id.in_([one.id for one in closings]))
    for row in session.scalars(wanted):
        frozen[row.closing_id][LedgerAccount(row.fund_source, row.fiscal_year, row.account)] = row.amount
    return tuple(_shape(one, frozen[one.id]) for one in closings)


def to_close(session: Session, where: Any, windows: Windows, today: date) -> Iterator[PeriodToClose]:
    """What may be closed today: of each of these books at most a month and a year. `where`: a condition on books."""
    for books in session.scalars(select(Books).where(where).order_by(Books.programme, Books.district)):
        opened = OpenPeriods.of(session, books)
        if opened is None:
            continue
        named = f"{books.programme}:{books.district}"
        month_from, year_from = windows.closes_from(opened.month), windows.closes_from(opened.year)
        if month_from <= today:
            yield PeriodToClose("month_to_close", f"{named}:{opened.month}", books.district, month_from)
        if year_from <= today and opened.month.first >= opened.year.after:
            yield PeriodToClose("year_to_close", f"{named}:{opened.year}", books.district, year_from)


def _shape(closing: Closing, frozen: dict[LedgerAccount, Money]) -> ClosingShape:
    buckets = sorted({account[:2] for account in frozen})
    budgets = tuple(_budget(closing, source, year, frozen) for source, year in buckets)
    return shape_of(ClosingShape, closing, closing_id=closing.id, budgets=budgets)


def _budget(closing: Closing, source: str, year: int, frozen: dict[LedgerAccount, Money]) -> BudgetShape:
    """A bucket's counters as its accounts held them."""

    def held(account: str) -> Money:
        return frozen.get(LedgerAccount(source, year, account), ZERO)

    counters = (-held("appropriations"), held("committed"), held("paid"), held("available"))
    return BudgetShape(closing.programme, closing.district, source, year, *counters)
