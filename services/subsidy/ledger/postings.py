"""The ledger: one posting is one row, its counter moves in the same transaction, and neither is ever taken back.

What each kind of posting debits and credits stands in `models/ledger.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import literal, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from services.subsidy.ledger.books import Bucket, lock_books
from services.subsidy.models import Books, Budget, Claim, Posting
from services.subsidy.models.ledger import ACCOUNTS, COUNTED, Kind
from shared.contracts.subsidy.claims import FundPart
from shared.errors import Conflict
from shared.kernel.work import Work
from shared.money import ZERO, Money, sum_by_key
from shared.policy.document import Document
from shared.store.bulk import Row, insert_all
from shared.store.database import execute_count
from shared.store.types import MoneyColumn


class Cited(NamedTuple):
    """The rule and clause that an entry rests on (X-9)."""

    rule: str
    clause: str


def _counters(debit: str, credit: str) -> dict[str, int]:
    sides = ((debit, 1), (credit, -1))
    return {COUNTED[account][0]: COUNTED[account][1] * side for account, side in sides if account in COUNTED}


COUNTERS: Mapping[Kind, Mapping[str, int]] = {kind: _counters(*accounts) for kind, accounts in ACCOUNTS.items()}
"""Which counters of its bucket a kind of posting raises (1) or lowers (-1); some touch none."""

CLOSED_TO = {kind for kind, counters in COUNTERS.items() if counters} - {"return", "carry_out", "lapse"}
"""Kinds that a closed year can't take. What the bank sends back from it is returned there, carried on, and lapses."""


@dataclass(frozen=True)
class Entry:
    """An amount to post. `fact_id`: the appropriation, claim, payment, repayment … that makes it, once.

    `moved_on`: when the bank moved the money; it counts in that month while it is open, else today.
    """

    kind: Kind
    bucket: Bucket
    amount: Money
    fact_id: str
    cited: Cited
    document: str
    project_id: str | None = None
    claim_id: str | None = None
    moved_on: date | None = None


def claim_entry(
    claim: Claim,
    kind: Kind,
    source: str,
    year: int,
    amount: Money,
    fact_id: str,
    cited: Cited,
    moved_on: date | None = None,
) -> Entry:
    """What a claim moves in one bucket of its own programme and district."""
    bucket = Bucket(claim.programme, claim.district, source, year)
    return Entry(kind, bucket, amount, fact_id, cited, claim.document, claim.project_id, claim.id, moved_on)


def entries_of_parts(claim: Claim, kind: Kind, parts: Iterable[FundPart], fact_id: str, cited: Cited) -> list[Entry]:
    """The same for each part of what a claim moves."""
    return [claim_entry(claim, kind, part.fund_source, part.fiscal_year, part.amount, fact_id, cited) for part in parts]


def post(work: Work, entries: Iterable[Entry]) -> None:
    """Counts and posts, books after books and bucket after bucket, so that two transactions never wait for each other.

    Raises Conflict for what a closed month or year can't take any more, StaleDataError where a counter can't bear an
    entry any more: the whole use case is then done again.
    """
    ordered = sorted(entries, key=lambda entry: entry.bucket)
    books = {place: lock_books(work.session, *place) for place in _places(ordered)}
    for entry in ordered:
        _check_open(books[entry.bucket[:2]], entry, work.today)
    for (bucket, kind), amount in sum_by_key(((one.bucket, one.kind), one.amount) for one in ordered).items():
        _count(work.session, bucket, kind, amount)
    insert_all(work.session, Posting, (_posting(work, entry, books[entry.bucket[:2]].open_from) for entry in ordered))


def cite(document: Document, function: str) -> Cited:
    """The numbered rule that this rule function decides in the document; X-9 alone where no clause names it."""
    for entry, name in document.rules_by_function():
        if name == function:
            return Cited(entry.id, entry.clause)
    return Cited("X-9", "")


def _places(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    return sorted({entry.bucket[:2] for entry in entries})


def _check_open(books: Books, entry: Entry, today: date) -> None:
    """The database says the same by the trigger `closed_period`; this is the kind message."""
    year = entry.bucket.fiscal_year
    if year < books.open_year and entry.kind in CLOSED_TO:
        raise Conflict(
            f"{year} 年度已结账，不能再变动该年度预算；请在 {books.open_year} 年度办理", open_year=books.open_year
        )
    if today < books.open_from:
        raise Conflict(f"{today:%Y-%m} 已结账，不能再记账，请核对业务日期", open_from=books.open_from.isoformat())


def _count(session: Session, bucket: Bucket, kind: Kind, amount: Money) -> None:
    """A thousand entries of a kind count once."""
    counters = COUNTERS[kind]
    if not counters:
        return
    after: dict[str, Any] = {
        name: getattr(Budget, name) + (amount if sign > 0 else -amount) for name, sign in counters.items()
    }
    appropriated, committed, paid = (
        after.get(name, getattr(Budget, name)) for name in ("appropriated", "committed", "paid")
    )
    nothing = literal(ZERO, MoneyColumn)
    counting = (
        update(Budget)
        .filter_by(**bucket._asdict())
        .where(committed >= nothing, paid >= nothing, committed + paid <= appropriated)
        .values(after)
    )
    if execute_count(session, counting) != 1:
        raise StaleDataError("another transaction changed this budget first")


def _posting(work: Work, entry: Entry, open_from: date) -> Row:
    debit, credit = ACCOUNTS[entry.kind]
    moved_on = entry.moved_on or work.today
    return {
        "posted_on": work.today,
        "accounted_on": moved_on if moved_on >= open_from else work.today,
        "posted_by": work.speaker.person,
        "kind": entry.kind,
        "debit": debit,
        "credit": credit,
        "amount": entry.amount,
        **entry.bucket._asdict(),
        "project_id": entry.project_id,
        "claim_id": entry.claim_id,
        "fact_id": entry.fact_id,
        "rule": entry.cited.rule,
        "clause": entry.cited.clause,
        "document": entry.document,
    }
