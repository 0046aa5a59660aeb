"""When money runs out: which claims wait, in the order of their submission, and what each budget has to be raised by.

Each waiting claim takes from the sources of the year that would bear it today, after those submitted before it. So its
`together` is what has to come for it and all before it; 0.00: an officer may approve it again now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.subsidy.ledger.books import FIRST_DAY
from services.subsidy.models import Books, Budget, Claim, Project
from services.subsidy.rules.funds import bearing_year, split
from shared.contracts.subsidy.closing import ListShortfalls, ShortBudget, ShortClaim, ShortfallPage
from shared.kernel.work import Look
from shared.money import ZERO, Money
from shared.policy.document import Document
from shared.store.access_filter import filters, in_reach
from shared.store.by_name import shape_of
from shared.store.cursors import behind, page


class Year(NamedTuple):
    """A programme's money of one district and fiscal year, over all its sources."""

    programme: str
    district: str
    fiscal_year: int


@dataclass
class Purse:
    """What the sources of a year have free, and what the claims that wait for it want of them."""

    free: dict[str, Money]
    available: Money
    claims: int = 0
    wanted: Money = ZERO
    to_raise: Money = ZERO

    @classmethod
    def of(cls, session: Session, year: Year) -> Purse:
        """As the year's budgets stand now, before anybody took."""
        wanted = select(Budget).filter_by(**year._asdict())
        free = {row.fund_source: row.available for row in session.scalars(wanted)}
        return cls(free, Money.sum(free.values()))

    def take(self, amount: Money, document: Document) -> Money:
        """Takes a claim's amount in the document's order of sources; answers what `to_raise` then is."""
        in_order = [(source, self.free.get(source, ZERO)) for source in document.fund_sources]
        parts = split(amount, in_order, document.reading("fund_split") == "one_source")
        for (source, free), part in zip(in_order, parts.values(), strict=True):
            self.free[source] = free - part
        self.claims += 1
        self.wanted += amount
        self.to_raise += amount - Money.sum(parts.values())
        return self.to_raise


def list_shortfalls(look: Look, request: ListShortfalls) -> ShortfallPage:
    """One page of the claims; and every budget that claims wait for, on this page or not."""
    purses: dict[Year, Purse] = {}
    rows: list[tuple[int, ShortClaim]] = []
    for claim, approved_on, is_behind in look.session.execute(_waiting(look, request)):
        document = look.policies.by_identity(claim.document)
        year = Year(claim.programme, claim.district, _bearing(look, claim, approved_on, document))
        if year not in purses:
            purses[year] = Purse.of(look.session, year)
        together = purses[year].take(claim.amount, document)
        if is_behind:
            fiscal_year = year.fiscal_year
            short = shape_of(ShortClaim, claim, claim_id=claim.id, fiscal_year=fiscal_year, together=together)
            rows.append((claim.number, short))
    shown, cursor = page(rows, request.limit, lambda row: (row[0],))
    return ShortfallPage(tuple(claim for _, claim in shown), _budgets(purses), cursor)


def _waiting(look: Look, request: ListShortfalls) -> Select[Claim, date, bool]:
    """Claim, day of the project's approval, and whether it comes behind the cursor: those before it take first."""
    wanted = (
        select(Claim, Project.approved_on, behind(request.cursor, Claim.number))
        .join(Project, Project.project_id == Claim.project_id)
        .where(in_reach(look.speaker, Claim.district), Claim.state == "submitted", Claim.missing > ZERO)
        .order_by(Claim.number)
    )
    return wanted.where(*filters({Claim.programme: request.programme, Claim.district: request.district}))


def _bearing(look: Look, claim: Claim, approved_on: date, document: Document) -> int:
    books = look.session.get(Books, (claim.programme, claim.district))
    open_year = books.open_year if books else FIRST_DAY.year
    return bearing_year(claim.kind, look.today, approved_on, document.reading("balance_year"), open_year)


def _budgets(purses: Mapping[Year, Purse]) -> tuple[ShortBudget, ...]:
    return tuple(
        ShortBudget(*year, purse.claims, purse.wanted, purse.available, purse.to_raise)
        for year, purse in sorted(purses.items())
    )
