"""Claims, their lines, what bears them, and their payment."""

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
from shared.contracts.subsidy.claims import ClaimKind, ClaimState, PaymentState
from shared.money import ZERO, Money
from shared.store.kernel_tables import Numbered
from shared.store.types import IdColumn, JsonColumn, new_id


class Claim(Numbered, SubsidyTable):
    """One claim. `live`: false once returned, rejected or voided; its lines follow by foreign key and free people.

    `missing`: what no source could bear when approval was last tried; it is then still submitted.
    `set_off`: the part of `amount` that isn't sent but kept for demands (X-10, INT-4).
    """

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("id", "kind", "live"),
        one_of("kind", ClaimKind),
        one_of("state", ClaimState),
        CheckConstraint("live = (state NOT IN ('returned', 'rejected', 'voided'))", name="live"),
        CheckConstraint("amount >= 0 AND entitlement >= 0 AND clawback >= 0 AND missing >= 0", name="amounts"),
        CheckConstraint("approver IS NULL OR approver <> applicant", name="other_person"),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="paid_on"),
        CheckConstraint("set_off >= 0 AND set_off <= amount", name="set_off"),
        Index("ix_claims_state", "programme", "district", "state"),
    )

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.project_id"), index=True)
    programme: Mapped[str] = mapped_column(CodeColumn)
    document: Mapped[str] = mapped_column(DocumentColumn)
    district: Mapped[str] = mapped_column(DistrictColumn)
    employer_id: Mapped[str] = mapped_column(IdColumn)
    payee_id: Mapped[str] = mapped_column(IdColumn)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(12), default="submitted")
    live: Mapped[bool] = mapped_column(default=True)
    submitted_on: Mapped[date]
    applicant: Mapped[str] = mapped_column(PersonColumn)
    decided_on: Mapped[date | None]
    approver: Mapped[str | None] = mapped_column(PersonColumn)
    opinion: Mapped[Any] = mapped_column(JsonColumn, nullable=True)
    paid_on: Mapped[date | None]
    persons: Mapped[int]
    amount: Mapped[Money]
    entitlement: Mapped[Money]
    clawback: Mapped[Money]
    missing: Mapped[Money] = mapped_column(default=ZERO)
    set_off: Mapped[Money] = mapped_column(default=ZERO)
    decision_id: Mapped[str] = mapped_column(IdColumn)
    funding_decision_id: Mapped[str | None] = mapped_column(IdColumn)
    turns: Mapped[int] = mapped_column(default=0)


class ClaimLine(SubsidyTable):
    """One enrolment in a claim. Live lines are unique per enrolment and kind: nobody is paid for twice (X-1).

    `open_advance`: of an advance that isn't settled, the person and training: one at a time (INT-90).
    """

    __tablename__ = "claim_lines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["claim_id", "kind", "live"], ["claims.id", "claims.kind", "claims.live"], onupdate="CASCADE"
        ),
        ForeignKeyConstraint(
            ["project_id", "enrolment_id"], ["project_enrolments.project_id", "project_enrolments.enrolment_id"]
        ),
        UniqueConstraint("claim_id", "number"),
        CheckConstraint("amount >= 0 AND clawback >= 0 AND (amount = 0 OR clawback = 0)", name="amounts"),
        unique_where("uq_claim_lines_paid_once", "enrolment_id", "kind", where="live"),
        unique_where("uq_claim_lines_open_advance", "open_advance", where="live AND open_advance IS NOT NULL"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    claim_id: Mapped[str] = mapped_column(IdColumn)
    kind: Mapped[str] = mapped_column(String(16))
    live: Mapped[bool] = mapped_column(default=True)
    number: Mapped[int]
    project_id: Mapped[str] = mapped_column(IdColumn)
    enrolment_id: Mapped[str] = mapped_column(IdColumn)
    person_id: Mapped[str] = mapped_column(IdColumn)
    amount: Mapped[Money]
    entitlement: Mapped[Money]
    clawback: Mapped[Money]
    decision_id: Mapped[str] = mapped_column(IdColumn, unique=True)
    open_advance: Mapped[str | None] = mapped_column(String(200))


class ClaimFunding(SubsidyTable):
    """What one source bears of an approved claim, and what it sends of that: the rest is kept for a demand (X-10).

    Another year or another amount is a new version; only the newest is `live`. A payment repeats year and amount by
    foreign key.
    """

    __tablename__ = "claim_funding"
    __table_args__ = (
        UniqueConstraint(
            "claim_id", "fund_source", "version", "fiscal_year", "sends", name="uq_claim_funding_repeated_by_payment"
        ),
        CheckConstraint("bears > 0 AND sends >= 0 AND sends <= bears", name="amounts"),
        unique_where("uq_claim_funding_live", "claim_id", "fund_source", where="live"),
    )

    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    fund_source: Mapped[str] = mapped_column(CodeColumn, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    live: Mapped[bool] = mapped_column(default=True)
    fiscal_year: Mapped[int]
    bears: Mapped[Money]
    sends: Mapped[Money]


class Batch(SubsidyTable):
    """Payments for the treasury: made by one person, checked by another (X-5).

    `paid`: the bank answered for all of it, and something was paid; `rejected`: nothing was.
    """

    __tablename__ = "batches"
    __table_args__ = (
        CheckConstraint("state IN ('prepared', 'instructed', 'paid', 'rejected', 'voided')", name="state"),
        CheckConstraint("checker IS NULL OR checker <> maker", name="other_person"),
        CheckConstraint("(state IN ('prepared', 'voided')) = (checker IS NULL)", name="checked"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    programme: Mapped[str] = mapped_column(CodeColumn)
    district: Mapped[str] = mapped_column(DistrictColumn)
    state: Mapped[str] = mapped_column(String(12), default="prepared")
    maker: Mapped[str] = mapped_column(PersonColumn)
    prepared_on: Mapped[date]
    checker: Mapped[str | None] = mapped_column(PersonColumn)
    instructed_on: Mapped[date | None]
    turns: Mapped[int] = mapped_column(default=0)


_REPEATED = ("claim_id", "fund_source", "funding_version", "fiscal_year", "amount")


class Payment(SubsidyTable):
    """One source's money of one claim: at most one is on its way or paid, and each failed one is repeated once."""

    __tablename__ = "payments"
    __table_args__ = (
        ForeignKeyConstraint(
            _REPEATED,
            [f"claim_funding.{column}" for column in ("claim_id", "fund_source", "version", "fiscal_year", "sends")],
        ),
        UniqueConstraint("retry_of"),
        CheckConstraint("amount > 0", name="amount"),
        one_of("state", PaymentState),
        CheckConstraint(
            "(state IN ('paid', 'returned')) = (paid_on IS NOT NULL AND bank_reference IS NOT NULL)", name="paid"
        ),
        CheckConstraint("retry_of IS NULL OR retry_of <> id", name="retry_of"),
        unique_where(
            "uq_payments_on_its_way", "claim_id", "fund_source", where="state NOT IN ('rejected', 'returned', 'voided')"
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"), index=True)
    claim_id: Mapped[str] = mapped_column(IdColumn)
    payee_id: Mapped[str] = mapped_column(IdColumn)
    fund_source: Mapped[str] = mapped_column(CodeColumn)
    funding_version: Mapped[int]
    fiscal_year: Mapped[int]
    amount: Mapped[Money]
    state: Mapped[str] = mapped_column(String(12), default="prepared")
    paid_on: Mapped[date | None]
    bank_reference: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(Text)
    retry_of: Mapped[str | None] = mapped_column(ForeignKey("payments.id"))
