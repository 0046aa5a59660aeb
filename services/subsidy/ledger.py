"""The ledger: one posting is one row, its counter moves in the same transaction, and neither is ever taken back.

appropriation  available  ◀ appropriations     +appropriated
commitment     committed  ◀ available          +committed
payment        paid       ◀ committed          −committed +paid
release        available  ◀ committed          −committed: a commitment that was voided
clawback       receivable ◀ recoveries         its own receivable: nothing is netted (INT-4)
withdrawal     recoveries ◀ receivable         a receivable that is no longer asked for
offset         paid       ◀ committed          −committed +paid: borne by the budget, but not sent ...
recovery       recovered  ◀ receivable         ... because it stays here for this receivable (INT-4)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import literal, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from services.subsidy.models import Budget, Claim, Posting
from services.subsidy.sets import Row, insert_all, insert_new
from shared.bus.work import Work
from shared.money import ZERO, Money
from shared.policy.document import Document
from shared.store.database import changed
from shared.store.types import MoneyColumn

Kind = Literal["appropriation", "commitment", "payment", "release", "clawback", "withdrawal", "offset", "recovery"]


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


@dataclass(frozen=True)
class Accounts:
    """The two accounts of a kind of posting, and which counters it raises (1) or lowers (-1)."""

    debit: str
    credit: str
    counters: Mapping[str, int]


ACCOUNTS: Mapping[Kind, Accounts] = {
    "appropriation": Accounts("available", "appropriations", {"appropriated": 1}),
    "commitment": Accounts("committed", "available", {"committed": 1}),
    "payment": Accounts("paid", "committed", {"committed": -1, "paid": 1}),
    "release": Accounts("available", "committed", {"committed": -1}),
    "clawback": Accounts("receivable", "recoveries", {}),
    "withdrawal": Accounts("recoveries", "receivable", {}),
    "offset": Accounts("paid", "committed", {"committed": -1, "paid": 1}),
    "recovery": Accounts("recovered", "receivable", {}),
}


@dataclass(frozen=True)
class Entry:
    """An amount to post. `fact_id`: the appropriation, claim, payment or clawback that makes it, once."""

    kind: Kind
    bucket: Bucket
    amount: Money
    fact_id: str
    cited: Cited
    document: str
    project_id: str | None = None
    claim_id: str | None = None


def entry_of(claim: Claim, kind: Kind, source: str, year: int, amount: Money, fact_id: str, cited: Cited) -> Entry:
    """What a claim moves in one bucket of its own programme and district."""
    bucket = Bucket(claim.programme, claim.district, source, year)
    return Entry(kind, bucket, amount, fact_id, cited, claim.document, claim.project_id, claim.id)


def post(work: Work, entries: Iterable[Entry]) -> None:
    """Counts and posts, bucket after bucket, so that two transactions never wait for each other.

    Raises StaleDataError where a counter can't bear an entry any more: the whole use case is then done again.
    """
    ordered = sorted(entries, key=lambda entry: entry.bucket)
    for entry in ordered:
        _count(work.session, entry)
    insert_all(work.session, Posting, (_posting(work, entry) for entry in ordered))


def open_bucket(session: Session, bucket: Bucket) -> None:
    """Makes sure that the bucket has its counter row; two at the same moment make one."""
    counters = {"appropriated": ZERO, "committed": ZERO, "paid": ZERO}
    insert_new(session, Budget, [{**bucket._asdict(), **counters}])


def cite(document: Document, function: str) -> Cited:
    """The numbered rule that this rule function decides in the document; X-9 alone where no clause names it."""
    for entry, name in document.rules_by_function():
        if name == function:
            return Cited(entry.id, entry.clause)
    return Cited("X-9", "")


def _count(session: Session, entry: Entry) -> None:
    counters = ACCOUNTS[entry.kind].counters
    if not counters:
        return
    after: dict[str, Any] = {
        name: getattr(Budget, name) + (entry.amount if sign > 0 else -entry.amount) for name, sign in counters.items()
    }
    appropriated, committed, paid = (
        after.get(name, getattr(Budget, name)) for name in ("appropriated", "committed", "paid")
    )
    nothing = literal(ZERO, MoneyColumn)
    counting = (
        update(Budget)
        .filter_by(**entry.bucket._asdict())
        .where(committed >= nothing, paid >= nothing, committed + paid <= appropriated)
        .values(after)
    )
    if changed(session, counting) != 1:
        raise StaleDataError("another transaction changed this budget first")


def _posting(work: Work, entry: Entry) -> Row:
    accounts = ACCOUNTS[entry.kind]
    return {
        "posted_on": work.today,
        "posted_by": work.speaker.person,
        "kind": entry.kind,
        "debit": accounts.debit,
        "credit": accounts.credit,
        "amount": entry.amount,
        **entry.bucket._asdict(),
        "project_id": entry.project_id,
        "claim_id": entry.claim_id,
        "fact_id": entry.fact_id,
        "rule": entry.cited.rule,
        "clause": entry.cited.clause,
        "document": entry.document,
    }
