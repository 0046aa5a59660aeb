"""Money of a programme for the bulletin (APP-28), from the ledger: by district, occupation, level, source, year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select

from services.subsidy.models import Posting, Project
from shared.contracts.common import GetFigures
from shared.contracts.subsidy.budgets_and_ledger import MoneyFigures, MoneyLine
from shared.errors import InvalidRequest
from shared.kernel.work import Look
from shared.money import ZERO, Money
from shared.store.access_filter import filters, in_reach
from shared.store.types import MoneyColumn

ACCOUNTS: Mapping[str, str] = {"committed": "committed", "paid": "paid", "recoverable": "receivable"}
"""Each figure, and the account of the ledger whose balance it is."""


def get_figures(look: Look, request: GetFigures) -> MoneyFigures:
    """Lines in reach and their sums, of the fiscal years from `from_year` to `to_year`."""
    if request.from_year > request.to_year:
        raise InvalidRequest.of(("from_year", "起始年度晚于截止年度，请核对"))
    keys = (Posting.district, Project.occupation, Project.level, Posting.fund_source, Posting.fiscal_year)
    sums = [column for account in ACCOUNTS.values() for column in (_on("debit", account), _on("credit", account))]
    wanted = (
        select(*keys, *sums)
        .join(Project, Project.project_id == Posting.project_id)
        .where(in_reach(look.speaker, Posting.district), Posting.programme == request.programme)
        .where(Posting.fiscal_year.between(request.from_year, request.to_year))
    )
    wanted = wanted.where(*filters({Posting.district: request.district}))
    lines = tuple(_line(row) for row in look.session.execute(wanted.group_by(*keys).order_by(*keys)))
    totals = {figure: Money.sum(getattr(line, figure) for line in lines) for figure in ACCOUNTS}
    return MoneyFigures(lines, **totals)


def _on(side: str, account: str) -> ColumnElement[Money]:
    """What was posted on one side of an account."""
    return func.sum(case((getattr(Posting, side) == account, Posting.amount), else_=literal(ZERO, MoneyColumn)))


def _line(row: Any) -> MoneyLine:
    district, occupation, level, fund_source, fiscal_year, *sides = row
    committed, uncommitted, paid, unpaid, asked, ended = sides
    place = (district, occupation, level, fund_source, fiscal_year)
    return MoneyLine(*place, committed - uncommitted, paid - unpaid, asked - ended)
