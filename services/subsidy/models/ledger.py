"""The books of each district, money made available, the counters of each bucket, and the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.subsidy.models.base import (
    BudgetPaper,
    CodeColumn,
    DistrictColumn,
    DocumentColumn,
    PersonColumn,
    SubsidyTable,
    of_budget,
)
from shared.money import ZERO, Money
from shared.store.kernel_tables import RowNumber
from shared.store.types import IdColumn, MoneyColumn


class Books(SubsidyTable):
    """One programme's books in one district. Whoever posts takes their turn first (`postings.post`).

    `open_from`: first day of the first month that isn't closed; `open_year`: first fiscal year that isn't.
    """

    __tablename__ = "books"

    programme: Mapped[str] = mapped_column(CodeColumn, primary_key=True)
    district: Mapped[str] = mapped_column(DistrictColumn, primary_key=True)
    open_from: Mapped[date] = mapped_column(Date)
    open_year: Mapped[int] = mapped_column(Integer)
    turns: Mapped[int] = mapped_column(Integer, default=0)


class Budget(SubsidyTable):
    """The counters of one bucket. Changed only together with a posting (`postings.post`)."""

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

    @property
    def available(self) -> Money:
        """Yuan that nothing has committed or paid."""
        return self.appropriated - self.committed - self.paid


class Appropriation(BudgetPaper, SubsidyTable):
    """Money made available to one bucket."""

    __tablename__ = "appropriations"


ACCOUNTS: Mapping[str, tuple[str, str]] = {
    "appropriation": ("available", "appropriations"),
    "reduction": ("appropriations", "available"),
    "lapse": ("appropriations", "available"),
    "commitment": ("committed", "available"),
    "release": ("available", "committed"),
    "carry_out": ("available", "committed"),
    "carry_in": ("committed", "available"),
    "payment": ("paid", "committed"),
    "offset": ("paid", "committed"),
    "return": ("committed", "paid"),
    "refill": ("available", "paid"),
    "unrefill": ("paid", "available"),
    "clawback": ("receivable", "recoveries"),
    "withdrawal": ("recoveries", "receivable"),
    "recovery": ("recovered", "receivable"),
    "repayment": ("recovered", "receivable"),
    "reversal": ("receivable", "recovered"),
    "write_off": ("written_off", "receivable"),
}
"""Which account a kind of posting debits and which it credits; what each stands for is said in `ledger/postings.py`."""


def accounts_check() -> str:
    """The condition that a posting's accounts are those of its kind."""
    listed = (
        f"(kind = '{kind}' AND debit = '{one}' AND credit = '{other}')" for kind, (one, other) in ACCOUNTS.items()
    )
    return " OR ".join(listed)


class Posting(SubsidyTable):
    """One row balances by itself: the same amount leaves `credit` and enters `debit`. Never changed, never removed.

    `fact_id`: the appropriation, claim, payment, repayment … that made it; it makes each posting of its kind once.
    `accounted_on`: the day in whose month it counts, as the bank moved the money; `posted_on`: when it was recorded.
    """

    __tablename__ = "postings"
    __table_args__ = (
        of_budget(),
        UniqueConstraint("kind", "fact_id", "fund_source", "fiscal_year"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(accounts_check(), name="accounts"),
        CheckConstraint("claim_id IS NOT NULL OR kind IN ('appropriation', 'reduction', 'lapse')", name="claim"),
        Index("ix_postings_project_id", "project_id"),
        Index("ix_postings_accounted_on", "programme", "district", "accounted_on"),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    posted_on: Mapped[date] = mapped_column(Date)
    accounted_on: Mapped[date] = mapped_column(Date)
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
