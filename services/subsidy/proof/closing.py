"""Closed periods worked out again: what was carried and lapsed, the balances that were frozen, what is open still.

versions of a claim's funding    → commitments, carried from year to year
what a closed year has left      → lapsed
closings                         → the first open month and year
postings up to a closing         → its frozen balances
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.subsidy.closing.changes import BooksKey, LedgerAccount, balances, in_books
from services.subsidy.closing.periods import Period
from services.subsidy.ledger.books import FIRST_DAY, Bucket
from services.subsidy.models import Books, Claim, Closing, FrozenBalance, Offset, Posting, SettledOffset
from services.subsidy.proof.expected_book import ExpectedBook, Within
from shared.batching import grouped
from shared.money import ZERO, Money


@dataclass(frozen=True)
class Reserved:
    """One source's commitment to a claim. `years`: of the versions of its funding, the first one first; `kept`: what of
    it was posted as kept for a demand, by year."""

    claim: Claim
    source: str
    amount: Money
    years: Sequence[int]
    kept: Mapping[int, Money]

    def reserve(self, book: ExpectedBook) -> None:
        """Committed in the first year, carried from year to year without what was kept by then, released from the last
        where the claim was voided."""
        places = [Bucket(self.claim.programme, self.claim.district, self.source, year) for year in self.years]
        book.move(places[0], "committed", "available", self.amount)
        for before, after in pairwise(places):
            if before != after:
                kept = Money.sum(fen for year, fen in self.kept.items() if year <= before.fiscal_year)
                book.move(before, "available", "committed", self.amount - kept)
                book.move(after, "committed", "available", self.amount - kept)
        if self.claim.state == "voided":
            book.move(places[-1], "available", "committed", self.amount)


def kept_by_year(session: Session, within: Within) -> dict[tuple[str, str], dict[int, Money]]:
    """By claim and source, what was posted as kept for demands."""
    key = (Offset.claim_id, SettledOffset.fund_source, SettledOffset.fiscal_year)
    wanted = select(*key, func.sum(SettledOffset.amount)).join(Offset, Offset.id == SettledOffset.offset_id)
    wanted = wanted.join(Claim, Claim.id == Offset.claim_id).where(within(Claim)).group_by(*key)
    found: dict[tuple[str, str], dict[int, Money]] = defaultdict(dict)
    for claim_id, source, year, amount in session.execute(wanted):
        found[claim_id, source][year] = amount
    return found


def prove_closings(session: Session, within: Within, book: ExpectedBook) -> None:
    """Needs everything else in the book: what it says is available in a closed year has lapsed."""
    rows = session.scalars(select(Closing).where(within(Closing)).order_by(Closing.number))
    closed = grouped((BooksKey(closing.programme, closing.district), closing) for closing in rows)
    for place, closings in closed.items():
        years = [closing for closing in closings if Period.parse(closing.period).month is None]
        months = [closing for closing in closings if closing not in years]
        _lapse(book, place, {int(closing.period) for closing in years})
        _years(session, book, place, years)
        _months(session, book, place, months)
    _open(session, within, book, closed)


def _lapse(book: ExpectedBook, place: BooksKey, years: set[int]) -> None:
    left = [(bucket, fen) for (bucket, account), fen in book.amounts.items() if account == "available" and fen]
    for bucket, fen in left:
        if bucket[:2] == place and bucket.fiscal_year in years:
            book.move(bucket, "appropriations", "available", Money(fen))


def _years(session: Session, book: ExpectedBook, place: BooksKey, closings: Iterable[Closing]) -> None:
    """What each closing says it carried and lapsed, and the balances of its year at that moment."""
    for closing in closings:
        counted = (Posting.fiscal_year == int(closing.period)) & (Posting.number <= closing.last_posting)
        wanted = select(Posting.kind, func.sum(Posting.amount)).where(in_books(place, Posting), counted)
        moved = dict(session.execute(wanted.group_by(Posting.kind)).all())
        book.compare(f"年结 {_named(closing)} 结转", closing.carried, moved.get("carry_out", ZERO))
        book.compare(f"年结 {_named(closing)} 核销", closing.lapsed, moved.get("lapse", ZERO))
        _compare(session, book, closing, balances(session, place, counted))


def _months(session: Session, book: ExpectedBook, place: BooksKey, closings: Iterable[Closing]) -> None:
    """Month after month, each with what was accounted in it added to the one before."""
    fen: Counter[LedgerAccount] = Counter()
    since = date.min
    for closing in sorted(closings, key=lambda closing: closing.period):
        last = Period.parse(closing.period).last
        fen.update(balances(session, place, (Posting.accounted_on > since) & (Posting.accounted_on <= last)))
        _compare(session, book, closing, fen)
        since = last


def _compare(session: Session, book: ExpectedBook, closing: Closing, fen: Counter[LedgerAccount]) -> None:
    rows = session.scalars(select(FrozenBalance).where(FrozenBalance.closing_id == closing.id))
    frozen = {LedgerAccount(row.fund_source, row.fiscal_year, row.account): row.amount for row in rows}
    for account in sorted({*frozen, *fen}):
        named = f"结账余额 {_named(closing)} {' '.join(str(part) for part in account)}"
        book.compare(named, frozen.get(account, ZERO), Money(fen[account]))


def _open(session: Session, within: Within, book: ExpectedBook, closed: dict[BooksKey, list[Closing]]) -> None:
    """The books are open from where the last closing ends."""
    for books in session.scalars(select(Books).where(within(Books))):
        periods = [
            Period.parse(closing.period) for closing in closed.get(BooksKey(books.programme, books.district), ())
        ]
        months = [period.after for period in periods if period.month is not None]
        years = [period.year + 1 for period in periods if period.month is None]
        expected = (max(months, default=FIRST_DAY), max(years, default=FIRST_DAY.year))
        if (books.open_from, books.open_year) != expected:
            words = f"{books.open_from}、{books.open_year} 年度，应为 {expected[0]}、{expected[1]} 年度"
            book.differ(f"账簿 {books.programme} {books.district} 未结账期间：现为 {words}")


def _named(closing: Closing) -> str:
    return f"{closing.programme} {closing.district} {closing.period}"
