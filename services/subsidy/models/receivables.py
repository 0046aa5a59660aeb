"""Money asked back: demands, what they ask for each enrolment and of which source, and how each part of it ends.

demands ── clawbacks ── clawback_parts ── discharges      a part's `ended` counts its discharges, within its amount
   ├── demand_notices                                     each telling of the payee
   ├── repayments ── reversals                            money that came back; the bank took it back
   ├── offsets ── offset_ends                             what a claim keeps of its own money; settled, or void
   └── write_offs                                         by two approvers
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.subsidy.models.base import (
    CodeColumn,
    DistrictColumn,
    DocumentColumn,
    PersonColumn,
    SubsidyTable,
    one_of,
    unique_where,
)
from shared.contracts.subsidy.clawbacks import ClawbackCause
from shared.money import ZERO, Money
from shared.store.kernel_tables import Numbered, RowNumber
from shared.store.types import IdColumn, JsonColumn, new_id

PART = ("clawback_id", "fund_source", "fiscal_year")


class AskedBack(Numbered):
    """What a demand and each of its receivables say alike: for which claim, of whom, why, how much."""

    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), index=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.project_id"), index=True)
    programme: Mapped[str] = mapped_column(CodeColumn)
    district: Mapped[str] = mapped_column(DistrictColumn)
    employer_id: Mapped[str] = mapped_column(IdColumn)
    payee_id: Mapped[str] = mapped_column(IdColumn)
    cause: Mapped[str] = mapped_column(String(10))
    rule: Mapped[str] = mapped_column(CodeColumn)
    clause: Mapped[str] = mapped_column(String(200))
    amount: Mapped[Money]
    opened_on: Mapped[date]


class Demand(AskedBack, SubsidyTable):
    """What one decision asks of one payee (X-10): all enrolments that it found money due back for.

    `claim_id`: whose settlement found a `result` short of the advance, else by which the last money went out; `basis`:
    an officer's, where the document has no clause (X-15); `settled_on`: nothing is outstanding or pending since.
    """

    __tablename__ = "demands"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("persons > 0", name="persons"),
        one_of("cause", ClawbackCause),
        Index("ix_demands_payee_id", "payee_id"),
    )

    document: Mapped[str] = mapped_column(DocumentColumn)
    basis: Mapped[str] = mapped_column(String(200), default="")
    persons: Mapped[int]
    settled_on: Mapped[date | None]
    turns: Mapped[int] = mapped_column(default=0)


class Clawback(AskedBack, SubsidyTable):
    """What a demand asks back for one enrolment. A claim's result asks once; other causes as money arrives."""

    __tablename__ = "clawbacks"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        one_of("cause", ClawbackCause),
        UniqueConstraint("demand_id", "enrolment_id"),
        unique_where("uq_clawbacks_by_result", "enrolment_id", "claim_id", where="cause = 'result'"),
    )

    demand_id: Mapped[str] = mapped_column(ForeignKey("demands.id"), index=True)
    enrolment_id: Mapped[str] = mapped_column(IdColumn)
    decision_id: Mapped[str | None] = mapped_column(IdColumn)


class ClawbackPart(SubsidyTable):
    """The channel that paid: how much goes back to which source of which year, and how much of that has `ended`."""

    __tablename__ = "clawback_parts"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("ended >= 0 AND ended <= amount", name="ended"),
    )

    clawback_id: Mapped[str] = mapped_column(ForeignKey("clawbacks.id"), primary_key=True)
    fund_source: Mapped[str] = mapped_column(CodeColumn, primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount: Mapped[Money]
    ended: Mapped[Money] = mapped_column(default=ZERO)


class Discharge(SubsidyTable):
    """One way in which an amount of a part ended; `reversal` takes one back. `fact_id`: what did it.

    `refilled`: of a repayment or its reversal: the fiscal year was open, so that the money may be spent again.
    """

    __tablename__ = "discharges"
    __table_args__ = (
        ForeignKeyConstraint(PART, [f"clawback_parts.{column}" for column in PART]),
        UniqueConstraint("way", "fact_id", *PART, name="uq_discharges_once"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("way IN ('repayment', 'offset', 'write_off', 'withdrawal', 'reversal')", name="way"),
        Index("ix_discharges_part", *PART),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    clawback_id: Mapped[str] = mapped_column(IdColumn)
    fund_source: Mapped[str] = mapped_column(CodeColumn)
    fiscal_year: Mapped[int]
    way: Mapped[str] = mapped_column(String(12))
    fact_id: Mapped[str] = mapped_column(IdColumn)
    amount: Mapped[Money]
    refilled: Mapped[bool] = mapped_column(default=False)


class DemandNotice(SubsidyTable):
    """The payee was told what to pay, why, how and until when. The newest of a demand holds."""

    __tablename__ = "demand_notices"

    demand_id: Mapped[str] = mapped_column(ForeignKey("demands.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    noticed_on: Mapped[date]
    noticed_by: Mapped[str] = mapped_column(PersonColumn)
    due_on: Mapped[date]
    outstanding: Mapped[Money]
    pay_to: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)


class Repayment(SubsidyTable):
    """Money that came back for a demand: each of the bank's references once in a district, however it is written.

    `reversed_on`: it was none, so that the reference may stand with the demand or the amount that it was for.
    """

    __tablename__ = "repayments"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        unique_where("uq_repayments_reference", "district", "reference_key", where="reversed_on IS NULL"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    demand_id: Mapped[str] = mapped_column(ForeignKey("demands.id"), index=True)
    district: Mapped[str] = mapped_column(DistrictColumn)
    amount: Mapped[Money]
    received_on: Mapped[date]
    bank_reference: Mapped[str] = mapped_column(String(64))
    reference_key: Mapped[str] = mapped_column(String(64), default="")
    recorded_on: Mapped[date]
    recorded_by: Mapped[str] = mapped_column(PersonColumn)
    reversed_on: Mapped[date | None]


class Reversal(SubsidyTable):
    """A recorded repayment was none: once."""

    __tablename__ = "reversals"
    __table_args__ = (UniqueConstraint("repayment_id"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    repayment_id: Mapped[str] = mapped_column(ForeignKey("repayments.id"))
    reversed_on: Mapped[date]
    reversed_by: Mapped[str] = mapped_column(PersonColumn)
    words: Mapped[str] = mapped_column(Text)


class Offset(SubsidyTable):
    """What a claim keeps of its own money for a demand (X-10, INT-4); counts from when the claim is settled.

    The claim's `claim_funding` sends so much less, source by source; `discharges` say of which parts.
    """

    __tablename__ = "offsets"
    __table_args__ = (
        UniqueConstraint("demand_id", "claim_id"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    demand_id: Mapped[str] = mapped_column(ForeignKey("demands.id"))
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), index=True)
    amount: Mapped[Money]
    made_on: Mapped[date]
    made_by: Mapped[str] = mapped_column(PersonColumn)


class OffsetEnd(SubsidyTable):
    """The claim that keeps it was settled, so that it counts, or voided, so that the demand stands again.

    `refills_from`: what comes back to this fiscal year and later ones may be spent again, or no more; None: nothing
    (INT-76).
    """

    __tablename__ = "offset_ends"
    __table_args__ = (CheckConstraint("outcome IN ('settled', 'dropped')", name="outcome"),)

    offset_id: Mapped[str] = mapped_column(ForeignKey("offsets.id"), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(10), primary_key=True)
    refills_from: Mapped[int | None]
    ended_on: Mapped[date]
    ended_by: Mapped[str] = mapped_column(PersonColumn)


class WriteOff(SubsidyTable):
    """What was outstanding is given up by two approvers, who are neither the proposer nor each other."""

    __tablename__ = "write_offs"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("state IN ('proposed', 'done', 'refused')", name="state"),
        CheckConstraint("(state = 'done') = (second_approver IS NOT NULL)", name="two_approvers"),
        CheckConstraint("second_approver IS NULL OR first_approver IS NOT NULL", name="in_order"),
        CheckConstraint(
            "(first_approver IS NULL OR first_approver <> proposer) AND "
            "(second_approver IS NULL OR (second_approver <> proposer AND second_approver <> first_approver))",
            name="other_person",
        ),
        unique_where("uq_write_offs_proposed", "demand_id", where="state = 'proposed'"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    demand_id: Mapped[str] = mapped_column(ForeignKey("demands.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    amount: Mapped[Money]
    words: Mapped[str] = mapped_column(Text)
    evidence: Mapped[Any] = mapped_column(JsonColumn)
    proposer: Mapped[str] = mapped_column(PersonColumn)
    proposed_on: Mapped[date]
    first_approver: Mapped[str | None] = mapped_column(PersonColumn)
    first_on: Mapped[date | None]
    first_words: Mapped[str] = mapped_column(Text, default="")
    second_approver: Mapped[str | None] = mapped_column(PersonColumn)
    second_on: Mapped[date | None]
    refuser: Mapped[str | None] = mapped_column(PersonColumn)
    refused_on: Mapped[date | None]
    decided_words: Mapped[str] = mapped_column(Text, default="")
