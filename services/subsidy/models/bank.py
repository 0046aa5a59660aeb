"""What the bank said, line by line, and what came of it.

bank_lines           every well-formed line, once; applied, or a difference until an officer explains it
payment_returns      a paid amount that came back: once for a payment
settled_offsets      set-offs that were posted: once, whatever becomes of the rest of the claim's money
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.subsidy.models.base import (
    CodeColumn,
    DistrictColumn,
    PersonColumn,
    SubsidyTable,
    one_of,
    unique_where,
)
from shared.contracts.subsidy.bank import BankOutcome
from shared.money import Money
from shared.store.kernel_tables import Numbered
from shared.store.types import IdColumn, new_id

LINE = ("district", "payment_id", "outcome", "amount", "moved_on", "reference_key")
"""What makes a line the same as another one, whichever list it stands in and however its numbers are written."""

_OPEN = text("applied_on IS NULL AND explained_on IS NULL")


class BankLine(Numbered, SubsidyTable):
    """One line. `statement`: the bank's number of its list, none where it was typed from a receipt; `moved_on`: the
    bank's day; `kind`: why it didn't fit when it was first heard. `payment_named`, `bank_reference`: as they were
    written; `payment_id`, `reference_key`: as they are compared (`shared/number_keys.py`).

    A line that didn't fit may be applied when it is sent again and fits by then; one that was explained isn't.
    """

    __tablename__ = "bank_lines"
    __table_args__ = (
        UniqueConstraint(*LINE, name="uq_bank_lines_once"),
        one_of("outcome", BankOutcome),
        CheckConstraint("kind IN ('stray', 'amount', 'paid_twice', 'contradiction', 'voided')", name="kind"),
        CheckConstraint("kind IS NOT NULL OR applied_on IS NOT NULL", name="applied_or_listed"),
        CheckConstraint("applied_on IS NULL OR explained_on IS NULL", name="one_end"),
        CheckConstraint(
            "(explained_on IS NULL) = (explained_by IS NULL) AND (explained_on IS NULL) = (explanation IS NULL)",
            name="explained",
        ),
        unique_where(
            "uq_bank_lines_applied", "payment_id", "outcome", where="applied_on IS NOT NULL AND outcome <> 'unknown'"
        ),
        Index("ix_bank_lines_reference", "district", "reference_key"),
        Index("ix_bank_lines_open", "number", postgresql_where=_OPEN, sqlite_where=_OPEN),
    )

    district: Mapped[str] = mapped_column(DistrictColumn)
    statement: Mapped[str | None] = mapped_column(String(200))
    payment_id: Mapped[str] = mapped_column(IdColumn)
    payment_named: Mapped[str] = mapped_column(String(64), default="")
    outcome: Mapped[str] = mapped_column(String(10))
    amount: Mapped[Money]
    moved_on: Mapped[date]
    bank_reference: Mapped[str] = mapped_column(String(64), default="")
    reference_key: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    kind: Mapped[str | None] = mapped_column(String(20))
    recorded_on: Mapped[date]
    recorded_by: Mapped[str] = mapped_column(PersonColumn)
    applied_on: Mapped[date | None]
    explanation: Mapped[str | None] = mapped_column(Text)
    explained_on: Mapped[date | None]
    explained_by: Mapped[str | None] = mapped_column(PersonColumn)


class PaymentReturn(SubsidyTable):
    """A paid amount came back. `id`: the fact that its posting names; `line_id`: the bank's line that says so."""

    __tablename__ = "payment_returns"
    __table_args__ = (UniqueConstraint("id"), UniqueConstraint("line_id"))

    payment_id: Mapped[str] = mapped_column(ForeignKey("payments.id"), primary_key=True)
    id: Mapped[str] = mapped_column(IdColumn, default=new_id)
    line_id: Mapped[str] = mapped_column(ForeignKey("bank_lines.id"))
    returned_on: Mapped[date]
    recorded_on: Mapped[date]
    recorded_by: Mapped[str] = mapped_column(PersonColumn)


class SettledOffset(SubsidyTable):
    """A set-off was posted: so much of it was borne by this source's money of that year of the claim that kept it."""

    __tablename__ = "settled_offsets"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    offset_id: Mapped[str] = mapped_column(ForeignKey("offsets.id"), primary_key=True)
    fund_source: Mapped[str] = mapped_column(CodeColumn, primary_key=True)
    fiscal_year: Mapped[int]
    amount: Mapped[Money]
    settled_on: Mapped[date]
