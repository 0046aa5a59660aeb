"""Money due back: receivables, their parts, and how they end otherwise than by repayment."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.subsidy.tables import (
    CodeColumn,
    DistrictColumn,
    SubsidyTable,
)
from shared.money import Money
from shared.store.kernel_tables import RowNumber
from shared.store.types import IdColumn, MoneyColumn, new_id


class Clawback(SubsidyTable):
    """A receivable (X-10) from whoever the money was paid to, one per enrolment, cause and claim.

    `claim_id`: whose settlement found a `result` short of the advance; for `fraud`, by which the last money went out.
    """

    __tablename__ = "clawbacks"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("cause IN ('result', 'fraud')", name="cause"),
        UniqueConstraint("enrolment_id", "cause", "claim_id"),
        Index("ix_clawbacks_claim_id", "claim_id"),
        Index("ix_clawbacks_project_id", "project_id"),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(IdColumn, unique=True, default=new_id)
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"))
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.project_id"))
    programme: Mapped[str] = mapped_column(CodeColumn)
    district: Mapped[str] = mapped_column(DistrictColumn)
    employer_id: Mapped[str] = mapped_column(IdColumn)
    enrolment_id: Mapped[str] = mapped_column(IdColumn)
    cause: Mapped[str] = mapped_column(String(10))
    payee_id: Mapped[str] = mapped_column(IdColumn)
    amount: Mapped[Money] = mapped_column(MoneyColumn)
    opened_on: Mapped[date] = mapped_column(Date)
    rule: Mapped[str] = mapped_column(CodeColumn)
    clause: Mapped[str] = mapped_column(String(200))
    decision_id: Mapped[str | None] = mapped_column(IdColumn)


class ClawbackPart(SubsidyTable):
    """The channel that paid: how much goes back to which source of which year."""

    __tablename__ = "clawback_parts"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    clawback_id: Mapped[str] = mapped_column(ForeignKey("clawbacks.id"), primary_key=True)
    fund_source: Mapped[str] = mapped_column(CodeColumn, primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    amount: Mapped[Money] = mapped_column(MoneyColumn)


class Offset(SubsidyTable):
    """What a claim keeps of its own money for a part of a receivable that it opened (INT-4), from `paying_year`."""

    __tablename__ = "offsets"
    __table_args__ = (
        ForeignKeyConstraint(
            ["clawback_id", "fund_source", "fiscal_year"],
            [f"clawback_parts.{column}" for column in ("clawback_id", "fund_source", "fiscal_year")],
        ),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_offsets_claim_id", "claim_id"),
    )

    clawback_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    fund_source: Mapped[str] = mapped_column(CodeColumn, primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"))
    paying_year: Mapped[int] = mapped_column(Integer)
    amount: Mapped[Money] = mapped_column(MoneyColumn)


class Withdrawal(SubsidyTable):
    """A receivable that is no longer asked for, because the claim that opened it was voided."""

    __tablename__ = "withdrawals"

    clawback_id: Mapped[str] = mapped_column(ForeignKey("clawbacks.id"), primary_key=True)
    withdrawn_on: Mapped[date] = mapped_column(Date)
