"""Messages, by which version of which words they were written, and under which document their project stands."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, Integer, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.models.base import NotifyTable
from shared.store.kernel_tables import RowNumber
from shared.store.types import IdColumn, InstantColumn

_UNREAD = text("read_at IS NULL")


class MessageRow(NotifyTable):
    """`recipient`: a party's key (`recipients/recipients.py`); `organisation`: set where that party is one.

    `event_id`: the event, or the reminder, that it tells of. `district`: where the matter lies, if it lies in one.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("event_id", "recipient"),
        Index("ix_messages_recipient_number", "recipient", "number"),
        Index("ix_messages_unread", "recipient", postgresql_where=_UNREAD, sqlite_where=_UNREAD),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    message_id: Mapped[str] = mapped_column(IdColumn, unique=True)
    event_id: Mapped[str] = mapped_column(IdColumn)
    recipient: Mapped[str] = mapped_column(String(80))
    organisation: Mapped[str | None] = mapped_column(IdColumn)
    district: Mapped[str | None] = mapped_column(String(6))
    template: Mapped[str] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(Integer, server_default="1")  # those from before there were versions
    subject_id: Mapped[str] = mapped_column(IdColumn)
    title: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    business_date: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(InstantColumn)
    correlation_id: Mapped[str] = mapped_column(String(64))
    read_at: Mapped[datetime | None] = mapped_column(InstantColumn)


class TemplateRow(NotifyTable):
    """A version of a template as this service first saw it."""

    __tablename__ = "templates"

    template: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    seen_at: Mapped[datetime] = mapped_column(InstantColumn)


class ProjectRow(NotifyTable):
    """An approved project and the identity of the document that governs it to its end."""

    __tablename__ = "projects"

    project_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    document: Mapped[str] = mapped_column(String(160))
