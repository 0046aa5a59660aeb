"""Runs and enrolments. What X-1 forbids is forbidden here, by the database."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.training.models.base import TrainingTable
from shared.store.types import IdColumn, new_id

OVERLAP = "ex_enrolments_funded_overlap"
"""X-1(b): an exclusion constraint in PostgreSQL, two triggers in SQLite that speak its name."""

LIVE = ("in_training", "passed")
"""States that hold a person's place in a run and its period. Who failed or left may be enrolled anew (INT-31);
who was annulled for fraud holds no place either (APP-27)."""

_LIVE = text("state IN ('in_training', 'passed')")
_BY_ROSTER = text("roster_case IS NOT NULL")


class CourseRun(TrainingTable):
    """One run of one project (X-1d): the pair is what enrolments refer to, so no run serves two projects."""

    __tablename__ = "course_runs"
    __table_args__ = (UniqueConstraint("id", "project_id"), UniqueConstraint("project_id"))

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    starts_on: Mapped[date] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)


class Enrolment(TrainingTable):
    """A person in a run, from `starts_on` to the day before `ends_on`. Who, where and when never change.

    `roster_case`: the roster that admitted the person, and admits to one enrolment only (INT-90); None where a document
    reads that otherwise.
    `eligibility_decision`: registry's, made when it was established (INT-87); null from before, and where the document
    decides at the roster only.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "project_id"], ["course_runs.id", "course_runs.project_id"]),
        CheckConstraint("starts_on < ends_on", name="period"),
        CheckConstraint("state IN ('in_training', 'passed', 'failed', 'left', 'annulled')", name="state"),
        Index(
            "uq_enrolments_live_in_run", "run_id", "person_id", unique=True, postgresql_where=_LIVE, sqlite_where=_LIVE
        ),
        Index(
            "uq_enrolments_once_by_roster",
            "project_id",
            "person_id",
            "roster_case",
            unique=True,
            postgresql_where=_BY_ROSTER,
            sqlite_where=_BY_ROSTER,
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
    roster_case: Mapped[str | None] = mapped_column(IdColumn)
    eligibility_decision: Mapped[str | None] = mapped_column(IdColumn)
