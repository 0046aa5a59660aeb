"""What review and training told: read models, blocks, confirmed fraud."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.subsidy.models.base import CodeColumn, DistrictColumn, DocumentColumn, SubsidyTable, one_of
from shared.contracts.training.results import WithoutPass
from shared.money import Money
from shared.store.types import IdColumn


class Project(SubsidyTable):
    """An approved project as review told it. `turns`: counted up by each claim, so that they come one by one."""

    __tablename__ = "projects"

    project_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    programme: Mapped[str] = mapped_column(CodeColumn)
    document: Mapped[str] = mapped_column(DocumentColumn)
    district: Mapped[str] = mapped_column(DistrictColumn)
    employer_id: Mapped[str] = mapped_column(IdColumn)
    entrusted_employer_id: Mapped[str | None] = mapped_column(IdColumn)
    submitted_on: Mapped[date]
    approved_on: Mapped[date]
    occupation: Mapped[str] = mapped_column(CodeColumn)
    occupation_class: Mapped[str] = mapped_column(CodeColumn)
    level: Mapped[str] = mapped_column(CodeColumn)
    term_years: Mapped[int]
    turns: Mapped[int] = mapped_column(default=0)


class ProjectEnrolment(SubsidyTable):
    """An enrolment as training told it; only these can be claimed for. It may be told before its project is."""

    __tablename__ = "project_enrolments"
    __table_args__ = (UniqueConstraint("project_id", "enrolment_id"),)

    enrolment_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    project_id: Mapped[str] = mapped_column(IdColumn)
    person_id: Mapped[str] = mapped_column(IdColumn)
    enrolled_on: Mapped[date]


class EndedEnrolment(SubsidyTable):
    """An enrolment that ended without a pass, as training told it. It may be told before its project is.

    `earns`: what it is entitled to all the same (INT-30), as `decision_id` found it; None while that isn't decided, and
    where its final claim decides it (INT-88).
    """

    __tablename__ = "ended_enrolments"
    __table_args__ = (
        one_of("result", WithoutPass),
        CheckConstraint("(earns IS NULL) = (decision_id IS NULL)", name="decided"),
        CheckConstraint("earns >= 0", name="earns"),
    )

    enrolment_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    project_id: Mapped[str] = mapped_column(IdColumn, index=True)
    enrolled_on: Mapped[date]
    result: Mapped[str] = mapped_column(String(8))
    ended_on: Mapped[date]
    appraisable: Mapped[bool]
    months_trained: Mapped[int]
    leaving_reason: Mapped[str] = mapped_column(String(16))
    earns: Mapped[Money | None]
    decision_id: Mapped[str | None] = mapped_column(IdColumn)


class CompletedRun(SubsidyTable):
    """A project whose training is over: its final claim is awaited."""

    __tablename__ = "completed_runs"

    project_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    programme: Mapped[str] = mapped_column(CodeColumn)
    completed_on: Mapped[date]


class Block(SubsidyTable):
    """A reason why no money moves on a project (X-11); it stands from `opened_on` until `lifted_on`.

    Its two events may be heard in any order, and before the project is: each fills in its own day. `persons`: lifted
    after fraud was confirmed about so many; it stands until all of the inquiry's are heard of.
    """

    __tablename__ = "blocks"
    __table_args__ = (CheckConstraint("opened_on IS NOT NULL OR lifted_on IS NOT NULL", name="told"),)

    block_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    project_id: Mapped[str] = mapped_column(IdColumn, index=True)
    kind: Mapped[str] = mapped_column(CodeColumn)
    opened_on: Mapped[date | None]
    lifted_on: Mapped[date | None]
    inquiry_id: Mapped[str | None] = mapped_column(IdColumn)
    persons: Mapped[int] = mapped_column(default=0, server_default="0")


class Fraud(SubsidyTable):
    """A confirmed fraud (APP-27): who was enrolled by `confirmed_on` and is named, or everybody, earns nothing."""

    __tablename__ = "frauds"

    inquiry_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    project_id: Mapped[str] = mapped_column(IdColumn, index=True)
    whole_project: Mapped[bool]
    confirmed_on: Mapped[date]


class FraudPerson(SubsidyTable):
    """One whom a confirmed fraud names."""

    __tablename__ = "fraud_persons"

    inquiry_id: Mapped[str] = mapped_column(ForeignKey("frauds.inquiry_id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
