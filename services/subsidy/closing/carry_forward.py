"""A commitment goes from a closed year to the one in which it falls due, and what nobody used lapses (INT-75, X-9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm.exc import StaleDataError

from services.subsidy.closing.changes import BooksKey, CarriedCommitment, by_source, commitments, unused
from services.subsidy.ledger.books import Bucket, available, lock_open_year, open_bucket
from services.subsidy.ledger.postings import Cited, Entry, cite, post
from services.subsidy.models import ClaimFunding, Posting
from shared.batching import slices
from shared.by_name import values_of
from shared.errors import Conflict
from shared.kernel.work import Work
from shared.money import ZERO, Money
from shared.store.bulk import SLICE, insert_all
from shared.store.database import execute_count


def carry(work: Work, place: BooksKey, carried: Sequence[CarriedCommitment], from_year: int, to_year: int) -> None:
    """Each leaves one year and is committed in the other; its funding gets a version that says so.

    Raises StaleDataError where the other year can't bear it any more, or the funding was changed meanwhile.
    """
    for source in sorted({one.fund_source for one in carried}):
        open_bucket(work.session, Bucket(*place, source, to_year))
    post(work, [entry for one in carried for entry in _entries(work, place, one, from_year, to_year)])
    key = tuple_(ClaimFunding.claim_id, ClaimFunding.fund_source, ClaimFunding.version)
    for some in slices(list(carried), SLICE // 2):
        standing = key.in_([(one.claim_id, one.fund_source, one.version) for one in some])
        ended = update(ClaimFunding).where(standing, ClaimFunding.live).values(live=False)
        if execute_count(work.session, ended) != len(some):
            raise StaleDataError("another transaction gave a claim another funding first")
    next_versions = (
        values_of(ClaimFunding, one, version=one.version + 1, live=True, fiscal_year=to_year) for one in carried
    )
    insert_all(work.session, ClaimFunding, next_versions)


def carry_returned(work: Work, place: BooksKey, year: int, fact_id: str) -> None:
    """After the bank sent money back into a closed year: what is committed there again goes to the first open year,
    which has to be able to bear it (else Conflict), and what that leaves lapses. Does nothing for an open year.

    Needs the returns posted and their claims approved again. `fact_id`: of a return.
    """
    to_year = lock_open_year(work.session, *place)
    if year >= to_year:
        return
    carried = commitments(work.session, place, year)
    free = available(work.session, *place, to_year, [one.fund_source for one in carried])
    for source, amount in by_source(carried).items():
        if (missing := amount - free.get(source, ZERO)) > ZERO:
            words = f"退回的款项属于已结账的 {year} 年度，须转入 {to_year} 年度，尚缺 {missing} 元；请先下达预算"
            raise Conflict(words, fund_source=source, missing=str(missing))
    carry(work, place, carried, year, to_year)
    lapse(work, place, year, unused(work.session, place, year, ()), fact_id)


def lapse(work: Work, place: BooksKey, year: int, lapsed: Mapping[str, Money], fact_id: str) -> None:
    """Takes what is left out of the year's appropriation, by source; cited as what appropriated it."""
    entries = []
    for source, amount in lapsed.items():
        bucket = Bucket(*place, source, year)
        cited = select(Posting.rule, Posting.clause, Posting.document).filter_by(**bucket._asdict())
        rule, clause, document = work.session.execute(
            cited.where(Posting.kind == "appropriation").order_by(Posting.number).limit(1)
        ).one()
        entries.append(Entry("lapse", bucket, amount, fact_id, Cited(rule, clause), document))
    post(work, entries)


def _entries(work: Work, place: BooksKey, one: CarriedCommitment, from_year: int, to_year: int) -> Iterator[Entry]:
    cited = cite(work.policies.by_identity(one.document), "subsidy.fund_order")
    claim = (one.document, one.project_id, one.claim_id)
    leaves, comes = (Bucket(*place, one.fund_source, year) for year in (from_year, to_year))
    yield Entry("carry_out", leaves, one.amount, one.claim_id, cited, *claim)
    yield Entry("carry_in", comes, one.amount, one.claim_id, cited, *claim)
