"""The books of a district and programme: locked before they are written, and the budgets that they hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.subsidy.models import Books, Budget
from services.subsidy.models.base import InBucket
from shared.contracts.subsidy.budgets_and_ledger import Appropriate
from shared.contracts.subsidy.closing import ReduceAppropriation
from shared.money import ZERO, Money
from shared.store.bulk import insert_new
from shared.store.database import execute_count

FIRST_DAY = date(2000, 1, 1)
"""New books are open from here: before every fiscal year that there may be."""


class Bucket(NamedTuple):
    """What a budget row is kept for. Its order is the order in which counters are changed."""

    programme: str
    district: str
    fund_source: str
    fiscal_year: int

    @classmethod
    def of(cls, row: InBucket | Budget | Appropriate | ReduceAppropriation) -> Bucket:
        """That of a row or a request which names all four."""
        return cls(row.programme, row.district, row.fund_source, row.fiscal_year)


def lock_books(session: Session, programme: str, district: str) -> Books:
    """Holds the books until this transaction ends: closing and every posting come one by one."""
    mine = (Books.programme == programme, Books.district == district)
    if execute_count(session, update(Books).where(*mine).values(turns=Books.turns + 1)) != 1:
        raise LookupError(f"no books were opened for {programme} in {district}")
    return session.scalars(select(Books).where(*mine).execution_options(populate_existing=True)).one()


def lock_open_year(session: Session, programme: str, district: str) -> int:
    """The first fiscal year that isn't closed, which it stays until this transaction ends: take it before reading by
    which year something is borne. Books that aren't opened yet are open from before everything."""
    if session.get(Books, (programme, district)) is None:
        return FIRST_DAY.year
    return lock_books(session, programme, district).open_year


def budget_of(session: Session, bucket: Bucket) -> Budget:
    """The counters of a bucket as they stand now."""
    return session.get_one(Budget, bucket, populate_existing=True)


def open_bucket(session: Session, bucket: Bucket) -> None:
    """Makes sure that the bucket has its counter row and its district its books; two at the same moment make one."""
    books = {"programme": bucket.programme, "district": bucket.district}
    insert_new(session, Books, [{**books, "open_from": FIRST_DAY, "open_year": FIRST_DAY.year, "turns": 0}])
    counters = {"appropriated": ZERO, "committed": ZERO, "paid": ZERO}
    insert_new(session, Budget, [{**bucket._asdict(), **counters}])


def available(session: Session, programme: str, district: str, year: int, sources: Sequence[str]) -> dict[str, Money]:
    """What each source has free in that year, as it stands now."""
    budgets = select(Budget).filter_by(programme=programme, district=district, fiscal_year=year)
    rows = session.scalars(budgets.where(Budget.fund_source.in_(sources)))
    return {row.fund_source: row.available for row in rows}
