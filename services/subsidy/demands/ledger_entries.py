"""What a demand enters into the ledger, and what must hold before money that came back may be touched again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy.orm import Session

from services.subsidy.ledger.books import Bucket, budget_of
from services.subsidy.ledger.postings import Cited, Entry
from services.subsidy.models import Demand
from services.subsidy.models.ledger import Kind
from shared.errors import Conflict
from shared.kernel.work import Work
from shared.money import ZERO, Money


def demand_entry(
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
        missing = amount - budget_of(session, bucket_of(demand, source, year)).available
        if missing > ZERO:
            lacking.append((source, year, missing))
    return lacking


def bucket_of(demand: Demand, source: str, year: int) -> Bucket:
    """From which a part of a demand was paid."""
    return Bucket(demand.programme, demand.district, source, year)
