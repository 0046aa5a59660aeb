"""What closing a period would change, read and not touched: for whom, from where to where, how much.

a month    the balance of every account as of its end
a year     commitments that weren't paid → the next year; what nobody used → lapsed; then the year's balances
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, select, true
from sqlalchemy.orm import Session

from services.subsidy.closing.periods import Period
from services.subsidy.models import Batch, Budget, Claim, ClaimFunding, Offset, Payment, Posting, SettledOffset
from services.subsidy.models.ledger import ACCOUNTS
from shared.contracts.schema import codec
from shared.money import ZERO, Money, sum_by_key

COMMITTED = ("approved", "in_payment")
"""States of a claim whose money is reserved and not settled."""


class BooksKey(NamedTuple):
    """Whose books: a programme's in a district."""

    programme: str
    district: str


class LedgerAccount(NamedTuple):
    """An account of one bucket of the books."""

    fund_source: str
    fiscal_year: int
    account: str


class CarriedCommitment(NamedTuple):
    """A source's commitment to one claim, as its funding of that version has it. `amount`: what of it still stands:
    all that it bears, without what was kept for a demand and is posted already."""

    number: int
    claim_id: str
    project_id: str
    payee_id: str
    document: str
    fund_source: str
    version: int
    bears: Money
    sends: Money
    amount: Money


@dataclass(frozen=True)
class Changes:
    """`lapsed`: by fund source; `frozen`: debits less credits by account, none of them nothing."""

    carried: Sequence[CarriedCommitment] = ()
    lapsed: Mapping[str, Money] = field(default_factory=dict)
    frozen: Mapping[LedgerAccount, Money] = field(default_factory=dict)

    @property
    def carried_in_all(self) -> Money:
        """Yuan of all commitments that go to the next year."""
        return Money.sum(one.amount for one in self.carried)

    @property
    def lapsed_in_all(self) -> Money:
        """Yuan of all sources that nobody used."""
        return Money.sum(self.lapsed.values())

    @property
    def claims(self) -> int:
        """How many have a commitment among those that are carried."""
        return len({one.claim_id for one in self.carried})

    def digest(self, place: BooksKey, period: Period) -> str:
        """SHA-256 of all of it as canonical JSON: the same only while nothing is changed."""
        plain = {
            "books": [*place, str(period)],
            "carried": [[one.claim_id, one.fund_source, one.version, str(one.amount)] for one in self.carried],
            "lapsed": {source: str(amount) for source, amount in self.lapsed.items()},
            "frozen": [[*account, str(amount)] for account, amount in self.frozen.items()],
        }
        return hashlib.sha256(codec.dumps(plain).encode()).hexdigest()


def in_books(place: BooksKey, table: type[Posting | Budget | Claim | Batch]) -> ColumnElement[bool]:
    """Rows of these books."""
    return (table.programme == place.programme) & (table.district == place.district)


def changes_of(session: Session, place: BooksKey, period: Period) -> Changes:
    """What closing the month or year would change."""
    if period.month is not None:
        return Changes(frozen=_standing(balances(session, place, Posting.accounted_on <= period.last)))
    carried = commitments(session, place, period.year)
    lapsed = unused(session, place, period.year, carried)
    fen = balances(session, place, Posting.fiscal_year == period.year)
    for source, amount in by_source(carried).items():
        _move(fen, source, period.year, ACCOUNTS["carry_out"], amount)
    for source, amount in lapsed.items():
        _move(fen, source, period.year, ACCOUNTS["lapse"], amount)
    return Changes(carried, lapsed, _standing(fen))


def commitments(session: Session, place: BooksKey, year: int) -> list[CarriedCommitment]:
    """What that year has reserved for claims and not paid, in the order of their submission."""
    columns = (Claim.number, Claim.id, Claim.project_id, Claim.payee_id, Claim.document)
    funding = (ClaimFunding.fund_source, ClaimFunding.version, ClaimFunding.bears, ClaimFunding.sends)
    wanted = select(*columns, *funding).join(Claim, Claim.id == ClaimFunding.claim_id)
    wanted = wanted.where(*of_year(place, year), ~sent()).order_by(Claim.number, ClaimFunding.fund_source)
    posted = posted_offsets(session, place)
    rows = session.execute(wanted).all()
    found = [CarriedCommitment(*row, row.bears - posted.get((row.id, row.fund_source), ZERO)) for row in rows]
    return [one for one in found if one.amount]


def posted_offsets(session: Session, place: BooksKey) -> dict[tuple[str, str], Money]:
    """By claim and source, what claims that aren't settled kept for a demand when they once were."""
    key = (Offset.claim_id, SettledOffset.fund_source)
    wanted = (
        select(*key, func.sum(SettledOffset.amount))
        .join(Offset, Offset.id == SettledOffset.offset_id)
        .join(Claim, Claim.id == Offset.claim_id)
        .where(in_books(place, Claim), Claim.state.in_(COMMITTED))
        .group_by(*key)
    )
    return {(claim_id, source): amount for claim_id, source, amount in session.execute(wanted)}


def of_year(place: BooksKey, year: int) -> tuple[ColumnElement[bool], ...]:
    """Funding that stands, from that year, of claims that aren't settled."""
    return (
        in_books(place, Claim),
        Claim.state.in_(COMMITTED),
        ClaimFunding.live == true(),
        ClaimFunding.fiscal_year == year,
    )


def sent() -> ColumnElement[bool]:
    """Whether the bank paid what this funding sends."""
    return exists().where(
        Payment.claim_id == ClaimFunding.claim_id,
        Payment.fund_source == ClaimFunding.fund_source,
        Payment.funding_version == ClaimFunding.version,
        Payment.state == "paid",
    )


def balances(session: Session, place: BooksKey, counted: ColumnElement[bool]) -> Counter[LedgerAccount]:
    """Fen of each account: debits less credits of the postings that are counted."""
    keys = (Posting.fund_source, Posting.fiscal_year, Posting.debit, Posting.credit)
    sums = select(*keys, func.sum(Posting.amount)).where(in_books(place, Posting), counted).group_by(*keys)
    fen: Counter[LedgerAccount] = Counter()
    for source, year, debit, credit, amount in session.execute(sums):
        _move(fen, source, year, (debit, credit), amount)
    return fen


def unused(session: Session, place: BooksKey, year: int, carried: Iterable[CarriedCommitment]) -> dict[str, Money]:
    """What each source has left of the year's appropriation once its commitments are carried; none that is nothing."""
    leaving = by_source(carried)
    wanted = select(Budget).where(in_books(place, Budget), Budget.fiscal_year == year).order_by(Budget.fund_source)
    left = {row.fund_source: row.available + leaving.get(row.fund_source, ZERO) for row in session.scalars(wanted)}
    return {source: amount for source, amount in left.items() if amount}


def by_source(carried: Iterable[CarriedCommitment]) -> dict[str, Money]:
    """The sums of what is carried, by fund source in its order."""
    return dict(sorted(sum_by_key((one.fund_source, one.amount) for one in carried).items()))


def _move(fen: Counter[LedgerAccount], source: str, year: int, accounts: tuple[str, str], amount: Money) -> None:
    """`accounts`: which one is debited, and which is credited."""
    debit, credit = accounts
    fen[LedgerAccount(source, year, debit)] += amount.fen
    fen[LedgerAccount(source, year, credit)] -= amount.fen


def _standing(fen: Counter[LedgerAccount]) -> dict[LedgerAccount, Money]:
    return {account: Money(amount) for account, amount in sorted(fen.items()) if amount}
