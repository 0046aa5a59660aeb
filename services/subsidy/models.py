"""Subsidy's tables. What must never happen to money is forbidden here; checks in the code are for a kind message.

projects, project_enrolments, completed_runs   what review and training told: read models
budgets                                        a counter row per bucket, within its appropriation
appropriations ─┐
claims ── lines ── funding ── payments ── batches
clawbacks ── parts
postings                                       append-only; each names the one fact that made it, once
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.money import ZERO, Money
from shared.store.kernel_tables import NAMING, RowNumber
from shared.store.types import IdColumn, JsonColumn, MoneyColumn, new_id

CodeColumn = String(64)
DistrictColumn = String(6)
DocumentColumn = String(160)
PersonColumn = String(128)
BUCKET = ("programme", "district", "fund_source", "fiscal_year")


class SubsidyTable(DeclarativeBase):
    """Base of subsidy's own tables."""

    metadata = MetaData(naming_convention=NAMING)


class Project(SubsidyTable):
    """An approved project as review told it. `turns`: counted up by each claim, so that they come one by one."""

    __tablename__ = "projects"

    project_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    programme: Mapped[str] = mapped_column(CodeColumn)
    document: Mapped[str] = mapped_column(DocumentColumn)
    district: Mapped[str] = mapped_column(DistrictColumn)
    employer_id: Mapped[str] = mapped_column(IdColumn)
    entrusted_employer_id: Mapped[str | None] = mapped_column(IdColumn)
    submitted_on: Mapped[date] = mapped_column(Date)
    approved_on: Mapped[date] = mapped_column(Date)
    occupation: Mapped[str] = mapped_column(CodeColumn)
    occupation_class: Mapped[str] = mapped_column(CodeColumn)
    level: Mapped[str] = mapped_column(CodeColumn)
    term_years: Mapped[int] = mapped_column(Integer)
    turns: Mapped[int] = mapped_column(Integer, default=0)


class ProjectEnrolment(SubsidyTable):
    """An enrolment as training told it; only these can be claimed for. It may be told before its project is."""

    __tablename__ = "project_enrolments"
    __table_args__ = (UniqueConstraint("project_id", "enrolment_id"),)

    enrolment_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    project_id: Mapped[str] = mapped_column(IdColumn)
    person_id: Mapped[str] = mapped_column(IdColumn)
    enrolled_on: Mapped[date] = mapped_column(Date)


class CompletedRun(SubsidyTable):
    """A project whose training is over: its final claim is awaited."""

    __tablename__ = "completed_runs"

    project_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    programme: Mapped[str] = mapped_column(CodeColumn)
    completed_on: Mapped[date] = mapped_column(Date)


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


class Claim(SubsidyTable):
    """One claim. `live`: false once returned or rejected; its lines follow by foreign key and free their people.

    `missing`: what no source could bear when approval was last tried; it is then still submitted.
    """

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("id", "kind", "live"),
        CheckConstraint("kind IN ('advance', 'final')", name="kind"),
        CheckConstraint(
            "state IN ('submitted', 'returned', 'rejected', 'approved', 'in_payment', 'paid', 'closed')", name="state"
        ),
        CheckConstraint("live = (state NOT IN ('returned', 'rejected'))", name="live"),
        CheckConstraint("amount >= 0 AND entitlement >= 0 AND clawback >= 0 AND missing >= 0", name="amounts"),
        CheckConstraint("approver IS NULL OR approver <> applicant", name="other_person"),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="paid_on"),
        Index("ix_claims_project_id", "project_id"),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(IdColumn, unique=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.project_id"))
    programme: Mapped[str] = mapped_column(CodeColumn)
    document: Mapped[str] = mapped_column(DocumentColumn)
    district: Mapped[str] = mapped_column(DistrictColumn)
    employer_id: Mapped[str] = mapped_column(IdColumn)
    payee_id: Mapped[str] = mapped_column(IdColumn)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12), default="submitted")
    live: Mapped[bool] = mapped_column(Boolean, default=True)
    submitted_on: Mapped[date] = mapped_column(Date)
    applicant: Mapped[str] = mapped_column(PersonColumn)
    decided_on: Mapped[date | None] = mapped_column(Date)
    approver: Mapped[str | None] = mapped_column(PersonColumn)
    opinion: Mapped[Any] = mapped_column(JsonColumn, nullable=True)
    paid_on: Mapped[date | None] = mapped_column(Date)
    persons: Mapped[int] = mapped_column(Integer)
    amount: Mapped[Money] = mapped_column(MoneyColumn)
    entitlement: Mapped[Money] = mapped_column(MoneyColumn)
    clawback: Mapped[Money] = mapped_column(MoneyColumn)
    missing: Mapped[Money] = mapped_column(MoneyColumn, default=ZERO)
    decision_id: Mapped[str] = mapped_column(IdColumn)
    funding_decision_id: Mapped[str | None] = mapped_column(IdColumn)
    turns: Mapped[int] = mapped_column(Integer, default=0)


class ClaimLine(SubsidyTable):
    """One enrolment in a claim. Live lines are unique per enrolment and kind: nobody is paid for twice (X-1)."""

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
        Index(
            "uq_claim_lines_paid_once",
            "enrolment_id",
            "kind",
            unique=True,
            postgresql_where=text("live"),
            sqlite_where=text("live"),
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    claim_id: Mapped[str] = mapped_column(IdColumn)
    kind: Mapped[str] = mapped_column(String(10))
    live: Mapped[bool] = mapped_column(Boolean, default=True)
    number: Mapped[int] = mapped_column(Integer)
    project_id: Mapped[str] = mapped_column(IdColumn)
    enrolment_id: Mapped[str] = mapped_column(IdColumn)
    person_id: Mapped[str] = mapped_column(IdColumn)
    amount: Mapped[Money] = mapped_column(MoneyColumn)
    entitlement: Mapped[Money] = mapped_column(MoneyColumn)
    clawback: Mapped[Money] = mapped_column(MoneyColumn)
    decision_id: Mapped[str] = mapped_column(IdColumn, unique=True)


class ClaimFunding(SubsidyTable):
    """What one source bears of an approved claim. A payment repeats its year and amount by foreign key."""

    __tablename__ = "claim_funding"
    __table_args__ = (
        UniqueConstraint("claim_id", "fund_source", "fiscal_year", "amount"),
        CheckConstraint("amount > 0", name="amount"),
    )

    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    fund_source: Mapped[str] = mapped_column(CodeColumn, primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(Integer)
    amount: Mapped[Money] = mapped_column(MoneyColumn)


class Batch(SubsidyTable):
    """Payments for the treasury: made by one person, checked by another (X-5)."""

    __tablename__ = "batches"
    __table_args__ = (
        CheckConstraint("state IN ('prepared', 'instructed', 'paid')", name="state"),
        CheckConstraint("checker IS NULL OR checker <> maker", name="other_person"),
        CheckConstraint("(state = 'prepared') = (checker IS NULL)", name="checked"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    programme: Mapped[str] = mapped_column(CodeColumn)
    district: Mapped[str] = mapped_column(DistrictColumn)
    state: Mapped[str] = mapped_column(String(12), default="prepared")
    maker: Mapped[str] = mapped_column(PersonColumn)
    prepared_on: Mapped[date] = mapped_column(Date)
    checker: Mapped[str | None] = mapped_column(PersonColumn)
    instructed_on: Mapped[date | None] = mapped_column(Date)
    turns: Mapped[int] = mapped_column(Integer, default=0)


class Payment(SubsidyTable):
    """One source's money of one claim: exists once, is paid once."""

    __tablename__ = "payments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["claim_id", "fund_source", "fiscal_year", "amount"],
            [f"claim_funding.{column}" for column in ("claim_id", "fund_source", "fiscal_year", "amount")],
        ),
        UniqueConstraint("claim_id", "fund_source"),
        CheckConstraint("state IN ('prepared', 'instructed', 'paid')", name="state"),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL AND bank_reference IS NOT NULL)", name="paid"),
        Index("ix_payments_batch_id", "batch_id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"))
    claim_id: Mapped[str] = mapped_column(IdColumn)
    payee_id: Mapped[str] = mapped_column(IdColumn)
    fund_source: Mapped[str] = mapped_column(CodeColumn)
    fiscal_year: Mapped[int] = mapped_column(Integer)
    amount: Mapped[Money] = mapped_column(MoneyColumn)
    state: Mapped[str] = mapped_column(String(12), default="prepared")
    paid_on: Mapped[date | None] = mapped_column(Date)
    bank_reference: Mapped[str | None] = mapped_column(String(64))


class Clawback(SubsidyTable):
    """A receivable (X-10): one per enrolment, opened by a final claim, owed by whom the advance was paid to."""

    __tablename__ = "clawbacks"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"), Index("ix_clawbacks_claim_id", "claim_id"))

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(IdColumn, unique=True, default=new_id)
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"))
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.project_id"))
    programme: Mapped[str] = mapped_column(CodeColumn)
    district: Mapped[str] = mapped_column(DistrictColumn)
    employer_id: Mapped[str] = mapped_column(IdColumn)
    enrolment_id: Mapped[str] = mapped_column(IdColumn, unique=True)
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
            "(kind = 'clawback' AND debit = 'receivable' AND credit = 'recoveries')",
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
