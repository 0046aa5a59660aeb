"""Training's tables. What X-1 forbids is forbidden here, by the database.

projects ──┬── admissions             persons whom the district accepted, as review told it
           ├── training_agreements ── agreement_people          ├── cooperation_agreements
           ├── textbook_filings       ├── mentor_assignments
           └── course_runs ── enrolments ──┬── credit_hours     ├── extra_credits
                                           ├── assessments      └── certificates
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
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.contracts import codec
from shared.contracts.review import ProjectPlan
from shared.money import Money
from shared.store.kernel_tables import NAMING, RowNumber
from shared.store.types import IdColumn, JsonColumn, MoneyColumn, new_id

OVERLAP = "ex_enrolments_funded_overlap"
"""X-1(b): an exclusion constraint in PostgreSQL, two triggers in SQLite that speak its name."""

LIVE = ("in_training", "passed")
"""States that hold a person's place in a run and its period. Who failed or left may be enrolled anew (INT-31)."""

_LIVE = text("state IN ('in_training', 'passed')")


class TrainingTable(DeclarativeBase):
    """Base of training's tables."""

    metadata = MetaData(naming_convention=NAMING)


class Project(TrainingTable):
    """A read model of review.PROJECT_APPROVED. `state` changes by conditional update only, one step at a time."""

    __tablename__ = "projects"
    __table_args__ = (CheckConstraint("state IN ('approved', 'running', 'completed')", name="state"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    programme: Mapped[str] = mapped_column(String(64))
    document: Mapped[str] = mapped_column(String(160))
    district: Mapped[str] = mapped_column(String(6), index=True)
    employer_id: Mapped[str] = mapped_column(IdColumn, index=True)
    provider_id: Mapped[str] = mapped_column(IdColumn, index=True)
    provider_kind: Mapped[str] = mapped_column(String(64))
    submitted_on: Mapped[date] = mapped_column(Date)
    approved_on: Mapped[date] = mapped_column(Date)
    occupation: Mapped[str] = mapped_column(String(64))
    occupation_class: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(64))
    term_years: Mapped[int] = mapped_column(Integer)
    plan_filed: Mapped[Any] = mapped_column(JsonColumn)
    state: Mapped[str] = mapped_column(String(20), default="approved")

    @property
    def plan(self) -> ProjectPlan:
        return codec.read_tolerant(ProjectPlan, self.plan_filed)

    @property
    def parties(self) -> tuple[str, str]:
        return (self.employer_id, self.provider_id)


class Admission(TrainingTable):
    """A person whom the district accepted for a project. It may be heard before the project itself."""

    __tablename__ = "admissions"

    project_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    person_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    case_id: Mapped[str] = mapped_column(IdColumn)
    approved_on: Mapped[date] = mapped_column(Date)


class TrainingAgreementRow(TrainingTable):
    """An agreement with apprentices (APP-10); a later one replaces an earlier one for the people whom it names."""

    __tablename__ = "training_agreements"

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(IdColumn, unique=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    items: Mapped[Any] = mapped_column(JsonColumn)
    signed_on: Mapped[date] = mapped_column(Date)
    scan: Mapped[str | None] = mapped_column(String(71))


class AgreementPerson(TrainingTable):
    """Whom an agreement covers."""

    __tablename__ = "agreement_people"

    agreement_id: Mapped[str] = mapped_column(ForeignKey("training_agreements.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)


class CooperationAgreementRow(TrainingTable):
    """The employer's agreement with the provider (APP-10); the latest counts."""

    __tablename__ = "cooperation_agreements"

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(IdColumn, unique=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    items: Mapped[Any] = mapped_column(JsonColumn)
    signed_on: Mapped[date] = mapped_column(Date)
    fee: Mapped[Money] = mapped_column(MoneyColumn)
    scan: Mapped[str | None] = mapped_column(String(71))


class TextbookFiling(TrainingTable):
    """Textbooks filed with the district (APP-16)."""

    __tablename__ = "textbook_filings"

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(IdColumn, unique=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    titles: Mapped[Any] = mapped_column(JsonColumn)
    filed_on: Mapped[date] = mapped_column(Date)


class MentorAssignment(TrainingTable):
    """A pair of teachers who guide one person, both found eligible; `*_decision`: registry's decisions (APP-11, 12)."""

    __tablename__ = "mentor_assignments"
    __table_args__ = (
        UniqueConstraint(
            "project_id", "person_id", "workplace_mentor_id", "instructor_id", name="uq_mentor_assignments_pair"
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    person_id: Mapped[str] = mapped_column(IdColumn)
    workplace_mentor_id: Mapped[str] = mapped_column(IdColumn)
    instructor_id: Mapped[str] = mapped_column(IdColumn)
    mentor_decision: Mapped[str] = mapped_column(IdColumn)
    instructor_decision: Mapped[str] = mapped_column(IdColumn)
    assigned_on: Mapped[date] = mapped_column(Date)


class CourseRun(TrainingTable):
    """One run of one project (X-1d): the pair is what enrolments refer to, so no run serves two projects."""

    __tablename__ = "course_runs"
    __table_args__ = (UniqueConstraint("id", "project_id"), UniqueConstraint("project_id"))

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    starts_on: Mapped[date] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)


class Enrolment(TrainingTable):
    """A person in a run, from `starts_on` to the day before `ends_on`. Who, where and when never change."""

    __tablename__ = "enrolments"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "project_id"], ["course_runs.id", "course_runs.project_id"]),
        CheckConstraint("starts_on < ends_on", name="period"),
        CheckConstraint("state IN ('in_training', 'passed', 'failed', 'left')", name="state"),
        Index(
            "uq_enrolments_live_in_run", "run_id", "person_id", unique=True, postgresql_where=_LIVE, sqlite_where=_LIVE
        ),
        Index("ix_enrolments_person_id", "person_id"),
        Index("ix_enrolments_project_id", "project_id", "id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    run_id: Mapped[str] = mapped_column(IdColumn)
    project_id: Mapped[str] = mapped_column(IdColumn)
    person_id: Mapped[str] = mapped_column(IdColumn)
    programme: Mapped[str] = mapped_column(String(64))
    exclusion_group: Mapped[str] = mapped_column(String(64))
    funded: Mapped[bool] = mapped_column(Boolean)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(20), default="in_training")


class CreditHours(TrainingTable):
    """Class hours that one person received on a day (APP-15, APP-31, APP-33)."""

    __tablename__ = "credit_hours"
    __table_args__ = (
        CheckConstraint("class_hours > 0", name="class_hours"),
        UniqueConstraint(
            "enrolment_id", "held_on", "part", "content", "mode", "topic", name="uq_credit_hours_enrolment_id_session"
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolments.id"))
    held_on: Mapped[date] = mapped_column(Date)
    part: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(String(20))
    mode: Mapped[str] = mapped_column(String(20))
    topic: Mapped[str] = mapped_column(String(200))
    class_hours: Mapped[int] = mapped_column(Integer)
    media: Mapped[str | None] = mapped_column(String(71))


class ExtraCredit(TrainingTable):
    """Credits recognised or awarded; they count from the approval by another person than the proposer (APP-15, X-5)."""

    __tablename__ = "extra_credits"
    __table_args__ = (
        CheckConstraint("credits > 0", name="credits"),
        CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="two_persons"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolments.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    credits: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(String(128))
    proposed_on: Mapped[date] = mapped_column(Date)
    approved_by: Mapped[str | None] = mapped_column(String(128))
    approved_on: Mapped[date | None] = mapped_column(Date)


class Assessment(TrainingTable):
    """The one result of an enrolment (APP-13). `appraisable`: as registry decided it for that day (INT-24)."""

    __tablename__ = "assessments"

    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    result: Mapped[str] = mapped_column(String(20))
    assessed_on: Mapped[date] = mapped_column(Date)
    pass_certificate: Mapped[str | None] = mapped_column(String(64))
    leaving_reason: Mapped[str] = mapped_column(String(20))
    appraisable: Mapped[bool] = mapped_column(Boolean)
    occupation_decision: Mapped[str | None] = mapped_column(IdColumn)


class Certificate(TrainingTable):
    """An occupational certificate; its number counts once in a programme (X-1c). `number_key`: capitals, no hyphens."""

    __tablename__ = "certificates"
    __table_args__ = (UniqueConstraint("programme", "number_key"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolments.id"), index=True)
    programme: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(64))
    number_key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(64))
    occupation: Mapped[str] = mapped_column(String(64))
    level: Mapped[str | None] = mapped_column(String(64))
    issued_on: Mapped[date] = mapped_column(Date)
    self_issued: Mapped[bool] = mapped_column(Boolean)
    issuer_registered: Mapped[bool] = mapped_column(Boolean)
