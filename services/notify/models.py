"""notify's tables.

messages   one message to one party: its text encrypted, whether it was read, how its mail went
projects   which document a project stands under, so that a message never cites a later one (X-7)
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from sqlalchemy import CheckConstraint, Date, Index, Integer, LargeBinary, MetaData, String, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.store.kernel_tables import NAMING, RowNumber
from shared.store.types import IdColumn, InstantColumn

Delivery = Literal["inbox", "waiting", "delivered", "failed"]
_UNREAD = text("read_at IS NULL")
_WAITING = text("delivery = 'waiting'")


class NotifyTable(DeclarativeBase):
    """Base of notify's tables."""

    metadata = MetaData(naming_convention=NAMING)


class MessageRow(NotifyTable):
    """`recipient`: a party's key (`recipients.py`); `organisation`: set where that party may have a mail address.

    `delivery` waiting: a mail is due at `next_try_at`; while a replica sends it, that instant lies ahead, so that
    no other takes it. `attempts` counts the tries begun.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("event_id", "recipient"),
        CheckConstraint("delivery IN ('inbox', 'waiting', 'delivered', 'failed')", name="delivery"),
        CheckConstraint(
            "delivery <> 'waiting' OR (organisation IS NOT NULL AND next_try_at IS NOT NULL)", name="waiting_is_due"
        ),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_messages_recipient_number", "recipient", "number"),
        Index("ix_messages_unread", "recipient", postgresql_where=_UNREAD, sqlite_where=_UNREAD),
        Index("ix_messages_due", "next_try_at", postgresql_where=_WAITING, sqlite_where=_WAITING),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    message_id: Mapped[str] = mapped_column(IdColumn, unique=True)
    event_id: Mapped[str] = mapped_column(IdColumn)
    recipient: Mapped[str] = mapped_column(String(80))
    organisation: Mapped[str | None] = mapped_column(IdColumn)
    template: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[str] = mapped_column(IdColumn)
    title: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    business_date: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(InstantColumn)
    correlation_id: Mapped[str] = mapped_column(String(64))
    read_at: Mapped[datetime | None] = mapped_column(InstantColumn)
    delivery: Mapped[Delivery] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(InstantColumn)


class ProjectRow(NotifyTable):
    """An approved project and the identity of the document that governs it to its end."""

    __tablename__ = "projects"

    project_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    document: Mapped[str] = mapped_column(String(160))
