"""Budgets taken back, and periods that are closed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.subsidy.models.base import BudgetPaper, CodeColumn, DistrictColumn, PersonColumn, SubsidyTable
from shared.money import Money
from shared.store.kernel_tables import Numbered


class Reduction(BudgetPaper, SubsidyTable):
    """Money taken back from one bucket before anybody used it."""

    __tablename__ = "reductions"


class Closing(Numbered, SubsidyTable):
    """A closed month ("2024-06") or year ("2024") of one programme's books in one district. Never changed.

    `last_posting`: the number of the last posting of these books that it counts. `claims`: how many were carried.
    """

    __tablename__ = "closings"
    __table_args__ = (
        ForeignKeyConstraint(["programme", "district"], ["books.programme", "books.district"]),
        UniqueConstraint("programme", "district", "period"),
        CheckConstraint("carried >= 0 AND lapsed >= 0 AND claims >= 0", name="amounts"),
    )

    programme: Mapped[str] = mapped_column(CodeColumn)
    district: Mapped[str] = mapped_column(DistrictColumn)
    period: Mapped[str] = mapped_column(String(7))
    closed_on: Mapped[date]
    closed_by: Mapped[str] = mapped_column(PersonColumn)
    claims: Mapped[int]
    carried: Mapped[Money]
    lapsed: Mapped[Money]
    digest: Mapped[str] = mapped_column(String(64))
    last_posting: Mapped[int] = mapped_column(BigInteger)


class FrozenBalance(SubsidyTable):
    """What an account of one bucket held when the period was closed: debits less credits, in fen. Never changed."""

    __tablename__ = "frozen_balances"

    closing_id: Mapped[str] = mapped_column(ForeignKey("closings.id"), primary_key=True)
    fund_source: Mapped[str] = mapped_column(CodeColumn, primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account: Mapped[str] = mapped_column(String(20), primary_key=True)
    amount: Mapped[Money]
