"""The ledger as it is read: its postings, one by one (X-9)."""

from __future__ import annotations

from sqlalchemy import select

from services.subsidy.models import Posting
from shared.contracts.subsidy.budgets_and_ledger import LedgerPage, PostingShape, ReadLedger
from shared.kernel.work import Look
from shared.store.access_filter import filters, in_reach
from shared.store.by_name import shape_of


def read_ledger(look: Look, request: ReadLedger) -> LedgerPage:
    """Postings in reach, the oldest first; a cursor is the number of the last posting shown."""
    given = {Posting.programme: request.programme, Posting.project_id: request.project_id}
    wanted = select(Posting).where(in_reach(look.speaker, Posting.district), Posting.number > request.cursor)
    wanted = wanted.where(*filters({**given, Posting.fiscal_year: request.fiscal_year})).order_by(Posting.number)
    rows = look.session.scalars(wanted.limit(request.limit + 1)).all()
    shown = rows[: request.limit]
    cursor = shown[-1].number if len(rows) > request.limit else None
    return LedgerPage(tuple(shape_of(PostingShape, row, on=row.posted_on) for row in shown), cursor)
