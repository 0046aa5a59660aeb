"""Who guides whom, and since when no longer."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.training.models.base import TrainingTable
from shared.store.types import IdColumn, new_id


class MentorAssignment(TrainingTable):
    """A pair of teachers who guide one person from `assigned_on`; `*_decision`: registry's (APP-11, 12).

    `*_person_id`: who the teacher is; None in what earlier releases recorded.
    """

    __tablename__ = "mentor_assignments"
    __table_args__ = (
        UniqueConstraint(
            "project_id",
            "person_id",
            "workplace_mentor_id",
            "instructor_id",
            "assigned_on",
            name="uq_mentor_assignments_pair",
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
    mentor_person_id: Mapped[str | None] = mapped_column(IdColumn, index=True)
    instructor_person_id: Mapped[str | None] = mapped_column(IdColumn, index=True)


class MentorRelease(TrainingTable):
    """From `from_on` one of the pair no longer guides: `part` says who, as hours name it (`workplace`, `classroom`)."""

    __tablename__ = "mentor_releases"
    __table_args__ = (CheckConstraint("part IN ('workplace', 'classroom')", name="part"),)

    assignment_id: Mapped[str] = mapped_column(ForeignKey("mentor_assignments.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    from_on: Mapped[date] = mapped_column(Date)
