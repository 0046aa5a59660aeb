"""How a project is run: wages, pictures, incentives, its deadlines, and who did what when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.training.models.base import TrainingTable
from shared.money import Money
from shared.store.kernel_tables import Numbered, RowNumber
from shared.store.types import IdColumn, InstantColumn, MoneyColumn, new_id


class WageRow(Numbered, TrainingTable):
    """What an enrolment's month was paid (APP-25). Of several rows of a month the latest counts: corrections are rows.

    `minimum`: the minimum wage of that month as it was known when the row was recorded.
    """

    __tablename__ = "wages"
    __table_args__ = (
        CheckConstraint("wage >= 0", name="wage"),
        Index("ix_wages_enrolment_id", "enrolment_id", "month_on", "number"),
    )

    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolments.id"))
    month_on: Mapped[date] = mapped_column(Date)
    wage: Mapped[Money] = mapped_column(MoneyColumn)
    minimum: Mapped[Money | None] = mapped_column(MoneyColumn)
    recorded_on: Mapped[date] = mapped_column(Date)


class Media(TrainingTable):
    """A photo or video of training, by the reference of its file (APP-33)."""

    __tablename__ = "media"
    __table_args__ = (UniqueConstraint("project_id", "file"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    kind: Mapped[str] = mapped_column(String(20))
    taken_on: Mapped[date] = mapped_column(Date)
    file: Mapped[str] = mapped_column(String(71))
    caption: Mapped[str] = mapped_column(String(200))
    recorded_on: Mapped[date] = mapped_column(Date)


class Incentive(TrainingTable):
    """A scholarship, a mentor's appointment or allowance (APP-32). `amount`: None where no money goes with it."""

    __tablename__ = "incentives"
    __table_args__ = (CheckConstraint("amount IS NULL OR amount > 0", name="amount"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    kind: Mapped[str] = mapped_column(String(64))
    given_on: Mapped[date] = mapped_column(Date)
    to_id: Mapped[str] = mapped_column(IdColumn)
    amount: Mapped[Money | None] = mapped_column(MoneyColumn)
    words: Mapped[str] = mapped_column(Text)
    recorded_on: Mapped[date] = mapped_column(Date)


class DeadlineRow(TrainingTable):
    """A deadline of the document that this project has to keep; notify was told of it (X-13)."""

    __tablename__ = "deadlines"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        CheckConstraint("outcome IN ('met', 'dropped')", name="outcome"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str] = mapped_column(String(64))
    due_on: Mapped[date] = mapped_column(Date)
    outcome: Mapped[str | None] = mapped_column(String(20))


class Act(TrainingTable):
    """One line of a project's history. `count`: how many rows it was about; `of_id`: what it changed."""

    __tablename__ = "acts"
    __table_args__ = (Index("ix_acts_project_id", "project_id", "number"),)

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    project_id: Mapped[str] = mapped_column(IdColumn)
    action: Mapped[str] = mapped_column(String(40))
    of_id: Mapped[str] = mapped_column(IdColumn)
    count: Mapped[int] = mapped_column(Integer)
    person: Mapped[str] = mapped_column(String(128))
    role: Mapped[str] = mapped_column(String(40))
    acted_on: Mapped[date] = mapped_column(Date)
    acted_at: Mapped[datetime] = mapped_column(InstantColumn)
