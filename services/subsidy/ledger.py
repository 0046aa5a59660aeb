"""The ledger: one posting is one row, its counter moves in the same transaction, and neither is ever taken back.

appropriation  available      ◀ appropriations  +appropriated
reduction      appropriations ◀ available       −appropriated: taken back, or entered too high
lapse          appropriations ◀ available       −appropriated: nobody used it in a year that is closed
commitment     committed      ◀ available       +committed
release        available      ◀ committed       −committed: a commitment that was voided
carry_out      available      ◀ committed       −committed in the year that is closed ...
carry_in       committed      ◀ available       +committed ... and in the year in which it falls due (INT-75)
payment        paid           ◀ committed       −committed +paid
offset         paid           ◀ committed       −committed +paid: borne by the budget, but not sent (INT-4)
return         committed      ◀ paid            +committed −paid: the bank sent a payment back
clawback       receivable     ◀ recoveries      its own receivable: nothing is netted (INT-4)
withdrawal     recoveries     ◀ receivable      a receivable that is no longer asked for
recovery       recovered      ◀ receivable      what an offset kept back
repayment      recovered      ◀ receivable      money that came back
reversal       receivable     ◀ recovered       a repayment that was none
write_off      written_off    ◀ receivable      given up by two approvers
refill         available      ◀ paid            −paid: what came back in an open year may be spent again
unrefill       paid           ◀ available       +paid: that was none
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from sqlalchemy import literal, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from services.subsidy.models import Books, Budget, Claim, Demand, Posting
from services.subsidy.sets import Row, insert_all, insert_new
from services.subsidy.tables.money import ACCOUNTS
from shared.bus.work import Work
from shared.errors import Conflict
from shared.money import ZERO, Money
from shared.policy.document import Document
from shared.store.database import changed
from shared.store.types import MoneyColumn

Kind = Literal[
    "appropriation",
    "reduction",
    "lapse",
    "commitment",
    "release",
    "carry_out",
    "carry_in",
    "payment",
    "offset",
    "return",
    "clawback",
    "withdrawal",
    "recovery",
    "repayment",
    "reversal",
    "write_off",
    "refill",
    "unrefill",
]
FIRST_DAY = date(2000, 1, 1)
"""New books are open from here: before every fiscal year that there may be."""


class Bucket(NamedTuple):
    """What a budget row is kept for. Its order is the order in which counters are changed."""

    programme: str
    district: str
    fund_source: str
    fiscal_year: int


class Cited(NamedTuple):
    """The rule and clause that an entry rests on (X-9)."""

    rule: str
    clause: str


COUNTERS: Mapping[Kind, Mapping[str, int]] = {
    "appropriation": {"appropriated": 1},
    "reduction": {"appropriated": -1},
    "lapse": {"appropriated": -1},
    "commitment": {"committed": 1},
    "release": {"committed": -1},
    "carry_out": {"committed": -1},
    "carry_in": {"committed": 1},
    "payment": {"committed": -1, "paid": 1},
    "offset": {"committed": -1, "paid": 1},
    "return": {"committed": 1, "paid": -1},
    "refill": {"paid": -1},
    "unrefill": {"paid": 1},
}
"""Which counters of its bucket a kind of posting raises (1) or lowers (-1); the others touch none."""

CLOSED_TO = COUNTERS.keys() - {"return", "carry_out", "lapse"}
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


def entry_of(
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


def entry_for(
    demand: Demand,
    kind: Kind,
    source: str,
    year: int,
    amount: Money,
    fact_id: str,
    moved_on: date | None = None,
) -> Entry:
    """What happens to a demand in one bucket, by the rule and clause that the demand rests on."""
    bucket = bucket_of(demand, source, year)
    cited = Cited(demand.rule, demand.clause)
    return Entry(kind, bucket, amount, fact_id, cited, demand.document, demand.project_id, demand.claim_id, moved_on)


def post(work: Work, entries: Iterable[Entry]) -> None:
    """Counts and posts, books after books and bucket after bucket, so that two transactions never wait for each other.

    Raises Conflict for what a closed month or year can't take any more, StaleDataError where a counter can't bear an
    entry any more: the whole use case is then done again.
    """
    ordered = sorted(entries, key=lambda entry: entry.bucket)
    books = {place: take_books(work.session, *place) for place in _places(ordered)}
    for entry in ordered:
        _check_open(books[entry.bucket[:2]], entry, work.today)
    for (bucket, kind), amount in _sums(ordered).items():
        _count(work.session, bucket, kind, amount)
    insert_all(work.session, Posting, (_posting(work, entry, books[entry.bucket[:2]].open_from) for entry in ordered))


def take_books(session: Session, programme: str, district: str) -> Books:
    """Holds the books until this transaction ends: closing and every posting come one by one."""
    mine = (Books.programme == programme, Books.district == district)
    if changed(session, update(Books).where(*mine).values(turns=Books.turns + 1)) != 1:
        raise LookupError(f"no books were opened for {programme} in {district}")
    return session.scalars(select(Books).where(*mine).execution_options(populate_existing=True)).one()


def hold_open_year(session: Session, programme: str, district: str) -> int:
    """The first fiscal year that isn't closed, which it stays until this transaction ends: take it before reading by
    which year something is borne. Books that aren't opened yet are open from before everything."""
    if session.get(Books, (programme, district)) is None:
        return FIRST_DAY.year
    return take_books(session, programme, district).open_year


def check_unspent(work: Work, demand: Demand, refilled: Sequence[tuple[str, int, Money]]) -> None:
    """What came back and is to go out again must be free still: source, year, amount. Needs the turn of the books.

    Raises Conflict that says how much there lacks.
    """
    document = work.policies.by_identity(demand.document)
    short = [
        f"{document.label(source)} {year} 年度尚缺 {missing} 元"
        for source, year, missing in spent_again(work.session, demand, refilled)
    ]
    if short:
        raise Conflict(f"退还的资金已另行安排，{'，'.join(short)}：请先追加预算，再办理冲销", demand_id=demand.id)


def check_paid(work: Work, demand: Demand, refilled: Sequence[tuple[str, int, Money]]) -> None:
    """What comes back must count as paid still: source, year, amount. Needs the turn of the books.

    Raises Conflict where the bank sent that money back before, which is to be sent again first.
    """
    for source, year, amount in refilled:
        if budget_of(work.session, bucket_of(demand, source, year)).paid < amount:
            label = work.policies.by_identity(demand.document).label(source)
            words = f"{label} {year} 年度的拨款已被银行退回、尚未重新拨付；请先重新拨付，再登记单位退款"
            raise Conflict(words, demand_id=demand.id)


def spent_again(
    session: Session, demand: Demand, refilled: Iterable[tuple[str, int, Money]]
) -> list[tuple[str, int, Money]]:
    """What lacks of money that came back, was free again and isn't any more: source, year, amount."""
    lacking = []
    for source, year, amount in refilled:
        row = budget_of(session, bucket_of(demand, source, year))
        missing = amount - (row.appropriated - row.committed - row.paid)
        if missing > ZERO:
            lacking.append((source, year, missing))
    return lacking


def bucket_of(demand: Demand, source: str, year: int) -> Bucket:
    """From which a part of a demand was paid."""
    return Bucket(demand.programme, demand.district, source, year)


def budget_of(session: Session, bucket: Bucket) -> Budget:
    """The counters of a bucket as they stand now."""
    return session.get_one(Budget, bucket, populate_existing=True)


def open_bucket(session: Session, bucket: Bucket) -> None:
    """Makes sure that the bucket has its counter row and its district its books; two at the same moment make one."""
    books = {"programme": bucket.programme, "district": bucket.district}
    insert_new(session, Books, [{**books, "open_from": FIRST_DAY, "open_year": FIRST_DAY.year, "turns": 0}])
    counters = {"appropriated": ZERO, "committed": ZERO, "paid": ZERO}
    insert_new(session, Budget, [{**bucket._asdict(), **counters}])


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


def _sums(ordered: Iterable[Entry]) -> dict[tuple[Bucket, Kind], Money]:
    """What each bucket's counters move by, in the order given: a thousand entries of a kind count once."""
    fen: Counter[tuple[Bucket, Kind]] = Counter()
    for entry in ordered:
        fen[entry.bucket, entry.kind] += entry.amount.fen
    return {key: Money(amount) for key, amount in fen.items()}


def _count(session: Session, bucket: Bucket, kind: Kind, amount: Money) -> None:
    counters = COUNTERS.get(kind)
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
    if changed(session, counting) != 1:
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
