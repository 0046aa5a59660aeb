"""Budgets taken back, and periods that are closed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.subsidy.models.base import BudgetPaper, CodeColumn, DistrictColumn, PersonColumn, SubsidyTable
from shared.money import Money
from shared.store.kernel_tables import RowNumber
from shared.store.types import IdColumn, MoneyColumn, new_id


class Reduction(BudgetPaper, SubsidyTable):
    """Money taken back from one bucket before anybody used it."""

    __tablename__ = "reductions"


class Closing(SubsidyTable):
    """A closed month ("2024-06") or year ("2024") of one programme's books in one district. Never changed.

    `last_posting`: the number of the last posting of these books that it counts. `claims`: how many were carried.
    """

    __tablename__ = "closings"
    __table_args__ = (
        ForeignKeyConstraint(["programme", "district"], ["books.programme", "books.district"]),
        UniqueConstraint("programme", "district", "period"),
        CheckConstraint("carried >= 0 AND lapsed >= 0 AND claims >= 0", name="amounts"),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(IdColumn, unique=True, default=new_id)
    programme: Mapped[str] = mapped_column(CodeColumn)
    district: Mapped[str] = mapped_column(DistrictColumn)
    period: Mapped[str] = mapped_column(String(7))
    closed_on: Mapped[date] = mapped_column(Date)
    closed_by: Mapped[str] = mapped_column(PersonColumn)
    claims: Mapped[int] = mapped_column(Integer)
    carried: Mapped[Money] = mapped_column(MoneyColumn)
    lapsed: Mapped[Money] = mapped_column(MoneyColumn)
    digest: Mapped[str] = mapped_column(String(64))
    last_posting: Mapped[int] = mapped_column(BigInteger)


class FrozenBalance(SubsidyTable):
    """What an account of one bucket held when the period was closed: debits less credits, in fen. Never changed."""

    __tablename__ = "frozen_balances"

    closing_id: Mapped[str] = mapped_column(ForeignKey("closings.id"), primary_key=True)
    fund_source: Mapped[str] = mapped_column(CodeColumn, primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    account: Mapped[str] = mapped_column(String(20), primary_key=True)
    amount: Mapped[Money] = mapped_column(MoneyColumn)
