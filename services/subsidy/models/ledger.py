"""The books of each district, money made available, the counters of each bucket, and the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.subsidy.models.base import (
    BudgetPaper,
    CodeColumn,
    DistrictColumn,
    DocumentColumn,
    InBucket,
    PersonColumn,
    SubsidyTable,
    of_budget,
)
from shared.money import ZERO, Money
from shared.store.kernel_tables import RowNumber
from shared.store.types import IdColumn


class Books(SubsidyTable):
    """One programme's books in one district. Whoever posts takes their turn first (`postings.post`).

    `open_from`: first day of the first month that isn't closed; `open_year`: first fiscal year that isn't.
    """

    __tablename__ = "books"

    programme: Mapped[str] = mapped_column(CodeColumn, primary_key=True)
    district: Mapped[str] = mapped_column(DistrictColumn, primary_key=True)
    open_from: Mapped[date]
    open_year: Mapped[int]
    turns: Mapped[int] = mapped_column(default=0)


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
    fiscal_year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    appropriated: Mapped[Money] = mapped_column(default=ZERO)
    committed: Mapped[Money] = mapped_column(default=ZERO)
    paid: Mapped[Money] = mapped_column(default=ZERO)

    @property
    def available(self) -> Money:
        """Yuan that nothing has committed or paid."""
        return self.appropriated - self.committed - self.paid


class Appropriation(BudgetPaper, SubsidyTable):
    """Money made available to one bucket."""

    __tablename__ = "appropriations"


Kind = Literal[
    "appropriation",
    "reduction",
    "lapse",
    "commitment",
    "release",
    "carry_out",
    "carry_in",
    "payment",
    "offset",
    "return",
    "clawback",
    "withdrawal",
    "recovery",
    "repayment",
    "reversal",
    "write_off",
    "refill",
    "unrefill",
]
ACCOUNTS: Mapping[Kind, tuple[str, str]] = {
    "appropriation": ("available", "appropriations"),
    "reduction": ("appropriations", "available"),  # taken back, or entered too high
    "lapse": ("appropriations", "available"),  # nobody used it in a year that is closed
    "commitment": ("committed", "available"),
    "release": ("available", "committed"),  # a commitment that was voided
    "carry_out": ("available", "committed"),  # in the year that is closed …
    "carry_in": ("committed", "available"),  # … and in the year in which it falls due (INT-75)
    "payment": ("paid", "committed"),
    "offset": ("paid", "committed"),  # borne by the budget, but not sent (INT-4)
    "return": ("committed", "paid"),  # the bank sent a payment back
    "refill": ("available", "paid"),  # what came back in an open year may be spent again
    "unrefill": ("paid", "available"),  # that was none
    "clawback": ("receivable", "recoveries"),  # its own receivable: nothing is netted (INT-4)
    "withdrawal": ("recoveries", "receivable"),  # no longer asked for
    "recovery": ("recovered", "receivable"),  # what an offset kept back
    "repayment": ("recovered", "receivable"),  # money that came back
    "reversal": ("receivable", "recovered"),  # a repayment that was none
    "write_off": ("written_off", "receivable"),  # given up by two approvers
}
"""Which account a kind of posting debits and which it credits."""

COUNTED = {"committed": ("committed", 1), "paid": ("paid", 1), "appropriations": ("appropriated", -1)}
"""Accounts that a budget counts: by which counter, and whether a debit raises it (1) or lowers it (-1)."""


def accounts_check() -> str:
    """The condition that a posting's accounts are those of its kind."""
    listed = (
        f"(kind = '{kind}' AND debit = '{one}' AND credit = '{other}')" for kind, (one, other) in ACCOUNTS.items()
    )
    return " OR ".join(listed)


class Posting(InBucket, SubsidyTable):
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
        Index("ix_postings_accounted_on", "programme", "district", "accounted_on"),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    posted_on: Mapped[date]
    accounted_on: Mapped[date]
    posted_by: Mapped[str] = mapped_column(PersonColumn)
    kind: Mapped[str] = mapped_column(String(20))
    debit: Mapped[str] = mapped_column(String(20))
    credit: Mapped[str] = mapped_column(String(20))
    amount: Mapped[Money]
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.project_id"), index=True)
    claim_id: Mapped[str | None] = mapped_column(ForeignKey("claims.id"))
    fact_id: Mapped[str] = mapped_column(IdColumn)
    rule: Mapped[str] = mapped_column(CodeColumn)
    clause: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(DocumentColumn)
