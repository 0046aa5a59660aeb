"""Money made available, the counters of each bucket, and the ledger."""

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
    BUCKET,
    CodeColumn,
    DistrictColumn,
    DocumentColumn,
    PersonColumn,
    SubsidyTable,
)
from shared.money import ZERO, Money
from shared.store.kernel_tables import RowNumber
from shared.store.types import IdColumn, MoneyColumn, new_id


class Budget(SubsidyTable):
    """The counters of one bucket. Changed only together with a posting (`ledger.post`)."""

    __tablename__ = "budgets"
    __table_args__ = (
        CheckConstraint("committed >= 0", name="committed"),
        CheckConstraint("paid >= 0", name="paid"),
        CheckConstraint("committed + paid <= appropriated", name="within_appropriation"),
    )

    programme: Mapped[str] = mapped_column(CodeColumn, primary_key=True)
    district: Mapped[str] = mapped_column(DistrictColumn, primary_key=True)
    fund_source: Mapped[str] = mapped_column(CodeColumn, primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    appropriated: Mapped[Money] = mapped_column(MoneyColumn, default=ZERO)
    committed: Mapped[Money] = mapped_column(MoneyColumn, default=ZERO)
    paid: Mapped[Money] = mapped_column(MoneyColumn, default=ZERO)


class Appropriation(SubsidyTable):
    """Money made available to one bucket. `reference`: the paper that it rests on."""

    __tablename__ = "appropriations"
    __table_args__ = (
        ForeignKeyConstraint(BUCKET, [f"budgets.{column}" for column in BUCKET]),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    programme: Mapped[str] = mapped_column(CodeColumn)
    district: Mapped[str] = mapped_column(DistrictColumn)
    fund_source: Mapped[str] = mapped_column(CodeColumn)
    fiscal_year: Mapped[int] = mapped_column(Integer)
    amount: Mapped[Money] = mapped_column(MoneyColumn)
    reference: Mapped[str] = mapped_column(String(200))
    entered_by: Mapped[str] = mapped_column(PersonColumn)
    entered_on: Mapped[date] = mapped_column(Date)


class Posting(SubsidyTable):
    """One row balances by itself: the same amount leaves `credit` and enters `debit`. Never changed, never removed.

    `fact_id`: the appropriation, claim, payment or clawback that made it; it makes each posting of its kind once.
    """

    __tablename__ = "postings"
    __table_args__ = (
        ForeignKeyConstraint(BUCKET, [f"budgets.{column}" for column in BUCKET]),
        UniqueConstraint("kind", "fact_id", "fund_source", "fiscal_year"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(
            "(kind = 'appropriation' AND debit = 'available' AND credit = 'appropriations') OR "
            "(kind = 'commitment' AND debit = 'committed' AND credit = 'available') OR "
            "(kind = 'payment' AND debit = 'paid' AND credit = 'committed') OR "
            "(kind = 'clawback' AND debit = 'receivable' AND credit = 'recoveries') OR "
            "(kind = 'release' AND debit = 'available' AND credit = 'committed') OR "
            "(kind = 'withdrawal' AND debit = 'recoveries' AND credit = 'receivable') OR "
            "(kind = 'offset' AND debit = 'paid' AND credit = 'committed') OR "
            "(kind = 'recovery' AND debit = 'recovered' AND credit = 'receivable')",
            name="accounts",
        ),
        Index("ix_postings_project_id", "project_id"),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    posted_on: Mapped[date] = mapped_column(Date)
    posted_by: Mapped[str] = mapped_column(PersonColumn)
    kind: Mapped[str] = mapped_column(String(20))
    debit: Mapped[str] = mapped_column(String(20))
    credit: Mapped[str] = mapped_column(String(20))
    amount: Mapped[Money] = mapped_column(MoneyColumn)
    programme: Mapped[str] = mapped_column(CodeColumn)
    district: Mapped[str] = mapped_column(DistrictColumn)
    fund_source: Mapped[str] = mapped_column(CodeColumn)
    fiscal_year: Mapped[int] = mapped_column(Integer)
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.project_id"))
    claim_id: Mapped[str | None] = mapped_column(ForeignKey("claims.id"))
    fact_id: Mapped[str] = mapped_column(IdColumn)
    rule: Mapped[str] = mapped_column(CodeColumn)
    clause: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(DocumentColumn)
