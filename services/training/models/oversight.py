"""What review tells about oversight: blocks that open and lift, persons whose fraud was confirmed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from services.training.models.base import TrainingTable
from shared.store.types import IdColumn

EVERYBODY = "*"
"""Stands for the person of a finding that is about a whole project. No id looks like it."""


class Block(TrainingTable):
    """A block on a project (X-11), joined of two events that come in any order: one of the days may be missing yet.

    It stands while it has opened and not been lifted; of a suspension, the day of lifting is a day of training again.
    """

    __tablename__ = "blocks"
    __table_args__ = (
        CheckConstraint("opened_on IS NOT NULL OR lifted_on IS NOT NULL", name="told"),
        Index("ix_blocks_project_id", "project_id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    project_id: Mapped[str] = mapped_column(IdColumn)
    kind: Mapped[str] = mapped_column(String(20))
    opened_on: Mapped[date | None] = mapped_column(Date)
    lifted_on: Mapped[date | None] = mapped_column(Date)


class FraudFinding(TrainingTable):
    """A person of a project, or everybody in it, about whom fraud was confirmed (APP-27). Heard before the project,
    or before the person is enrolled, it holds all the same."""

    __tablename__ = "fraud_findings"
    __table_args__ = (Index("ix_fraud_findings_project_id", "project_id", "person_id"),)

    inquiry_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    person_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    project_id: Mapped[str] = mapped_column(IdColumn)
    confirmed_on: Mapped[date] = mapped_column(Date)


class Annulment(TrainingTable):
    """An enrolment that earns nothing any more (APP-27). `state_before`: what it was until then."""

    __tablename__ = "annulments"

    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    inquiry_id: Mapped[str] = mapped_column(IdColumn)
    confirmed_on: Mapped[date] = mapped_column(Date)
    state_before: Mapped[str] = mapped_column(String(20))
