"""What closing a period would change, shown before anybody does it; nothing is touched."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.closing.changes import BooksKey, Changes, changes_of, in_books
from services.subsidy.closing.obstacles import OpenPeriods, obstacles
from services.subsidy.closing.periods import Period, Windows
from services.subsidy.lifecycle.payment import AWAITED
from services.subsidy.models import Batch, Books, Claim, Payment
from shared.contracts.subsidy.closing import ClosingLine, ClosingPreview, PreviewClosing
from shared.errors import NotFound
from shared.kernel.work import Look
from shared.security.permissions import check_place
from shared.store.cursors import keys_of, page

Key = tuple[int, int, str, int, str]
"""A line's place in the list: its kind, the claim's number, source, year, and account or payment."""


def preview_closing(look: Look, request: PreviewClosing, windows: Windows) -> ClosingPreview:
    """One page of the lines; obstacles, sums and digest of all of them."""
    check_place(look.speaker, request.district)
    place, period = BooksKey(request.programme, request.district), Period.parse(request.period)
    opened = open_periods(look.session, look.session.get(Books, place))
    changes = changes_of(look.session, place, period)
    standing = obstacles(look.session, place, period, opened, changes, windows, look.today)
    behind = keys_of(request.cursor, int, int, str, int, str)
    lines = [line for line in _lines(look.session, place, period, changes) if behind is None or line[0] > behind]
    shown, cursor = page(lines[: request.limit + 1], request.limit, lambda line: line[0])
    return ClosingPreview(
        *place,
        period=str(period),
        may_close_from=windows.closes_from(period),
        obstacles=standing,
        lines=tuple(line for _, line in shown),
        carried=changes.carried_in_all,
        lapsed=changes.lapsed_in_all,
        digest=changes.digest(place, period),
        cursor=cursor,
    )


def open_periods(session: Session, books: Books | None) -> OpenPeriods:
    """What is next to be closed. Raises NotFound where nothing was ever posted."""
    opened = OpenPeriods.of(session, books) if books else None
    if opened is None:
        raise NotFound("该辖区该项目类别还没有账目，无需结账，请核对辖区和项目类别")
    return opened


def _lines(session: Session, place: BooksKey, period: Period, changes: Changes) -> Iterator[tuple[Key, ClosingLine]]:
    """In their order."""
    year = period.year
    for one in changes.carried:
        line = ClosingLine("carried", one.claim_id, one.payee_id, one.fund_source, year, year + 1, None, one.amount)
        yield (0, one.number, one.fund_source, year, ""), line
    for source, amount in changes.lapsed.items():
        yield (1, 0, source, year, ""), ClosingLine("lapsed", None, None, source, year, None, None, amount)
    for account, amount in changes.frozen.items():
        frozen = ClosingLine(
            "frozen", None, None, account.fund_source, account.fiscal_year, None, account.account, amount
        )
        yield (2, 0, *account), frozen
    if period.month is not None:
        yield from _waiting(session, place, period)


def _waiting(session: Session, place: BooksKey, month: Period) -> Iterator[tuple[Key, ClosingLine]]:
    """Payments that the treasury was told of by the end of the month and hasn't answered for."""
    columns = (Claim.number, Payment.id, Payment.claim_id, Payment.payee_id, Payment.fund_source, Payment.fiscal_year)
    wanted = (
        select(*columns, Payment.amount)
        .join(Batch, Batch.id == Payment.batch_id)
        .join(Claim, Claim.id == Payment.claim_id)
        .where(in_books(place, Batch), Payment.state.in_(AWAITED), Batch.instructed_on <= month.last)
        .order_by(Claim.number, Payment.fund_source, Payment.fiscal_year, Payment.id)
    )
    for number, payment_id, claim_id, payee_id, source, year, amount in session.execute(wanted):
        line = ClosingLine("waiting", claim_id, payee_id, source, year, None, None, amount)
        yield (3, number, source, year, payment_id), line
