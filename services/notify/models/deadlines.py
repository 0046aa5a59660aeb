"""What is due, and which reminders of it were made."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.models.base import NotifyTable
from shared.store.types import IdColumn, InstantColumn


class DeadlineRow(NotifyTable):
    """`told`: the sequence number of the telling that this is, so that an older one heard later changes nothing."""

    __tablename__ = "deadlines"
    __table_args__ = (Index("ix_deadlines_due_on", "due_on"),)

    deadline_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(String(160))
    district: Mapped[str] = mapped_column(String(6))
    party: Mapped[str] = mapped_column(String(20))
    organisation: Mapped[str | None] = mapped_column(IdColumn)
    subject_id: Mapped[str] = mapped_column(IdColumn)
    due_on: Mapped[date] = mapped_column(Date)
    told: Mapped[int] = mapped_column(Integer)


class ClosingRow(NotifyTable):
    """A deadline that is no longer asked, unless it was set again after the telling numbered `told`."""

    __tablename__ = "deadline_closings"

    deadline_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    outcome: Mapped[str] = mapped_column(String(10))
    told: Mapped[int] = mapped_column(Integer)


class ReminderRow(NotifyTable):
    """`days_before`: which reminder of that day it was (`rules/reminders.py`); -1 once it had passed."""

    __tablename__ = "reminders"

    deadline_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    due_on: Mapped[date] = mapped_column(Date, primary_key=True)
    days_before: Mapped[int] = mapped_column(Integer, primary_key=True)
    message_id: Mapped[str] = mapped_column(IdColumn)
    made_at: Mapped[datetime] = mapped_column(InstantColumn)
