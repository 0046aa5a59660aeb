"""Changes of circumstances (APP-14): each a fact that stays, and the breaks that they make."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.training.models.base import TrainingTable
from shared.store.kernel_tables import Numbered

_OPEN = text("ended_on IS NULL")


class Circumstance(Numbered, TrainingTable):
    """A break, a return or a withdrawal, as the employer recorded it. `until`: the day a break is expected to end."""

    __tablename__ = "circumstances"
    __table_args__ = (
        CheckConstraint("kind IN ('break', 'return', 'withdrawal')", name="kind"),
        CheckConstraint("(kind = 'break') = (until IS NOT NULL)", name="until"),
    )

    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolments.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    happened_on: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    recorded_on: Mapped[date] = mapped_column(Date)
    recorded_by: Mapped[str] = mapped_column(String(128))


class Break(TrainingTable):
    """A break in learning from `starts_on` to the day before `ended_on`, the first day back; open while that is null.

    An enrolment has one open break at a time, and no two that begin on the same day.
    """

    __tablename__ = "breaks"
    __table_args__ = (
        CheckConstraint("starts_on < until", name="until"),
        CheckConstraint("ended_on IS NULL OR starts_on <= ended_on", name="period"),
        Index("uq_breaks_open", "enrolment_id", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
    )

    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    starts_on: Mapped[date] = mapped_column(Date, primary_key=True)
    until: Mapped[date] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
