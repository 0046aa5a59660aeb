"""notify's tables.

messages           one message to one party: its text encrypted, by which version of which template, whether read
deliveries         one message on one channel besides the inbox: tries, outcome, receipt
channel_choices    where a party wants messages of a kind
webhook_targets    where a party's webhooks go and what signs them; a replaced one stays, without a live mark
templates          which body each version of a template has: a changed body needs a new version
deadlines          what is due, as it was told last; `deadline_closings`: what is no longer asked
reminders          which reminder of which deadline was made: each once
projects           which document a project stands under, so that a message never cites a later one (X-7)
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.contracts.notify.channels import Channel
from shared.contracts.notify.deliveries import DeliveryState
from shared.store.kernel_tables import NAMING, RowNumber
from shared.store.types import IdColumn, InstantColumn

_UNREAD = text("read_at IS NULL")
_WAITING = text("state = 'waiting'")
_UNDELIVERED = text("state <> 'delivered'")
_LIVE = text("replaced_at IS NULL")


class NotifyTable(DeclarativeBase):
    """Base of notify's tables."""

    metadata = MetaData(naming_convention=NAMING)


class MessageRow(NotifyTable):
    """`recipient`: a party's key (`recipients.py`); `organisation`: set where that party is one.

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


class DeliveryRow(NotifyTable):
    """A message on one channel. waiting: it is due at `next_try_at`; while a replica sends it, that instant lies
    ahead, so that no other takes it. `attempts` counts the tries begun; `urgent`: it passes quiet hours.

    `reason`: why the last try failed, by code. `receipt`: what the other side answered when it took it.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("message_id", "channel"),
        CheckConstraint("channel IN ('mail', 'webhook')", name="channel"),
        CheckConstraint("state IN ('waiting', 'delivered', 'failed', 'no_address')", name="state"),
        CheckConstraint("(state = 'waiting') = (next_try_at IS NOT NULL)", name="waiting_is_due"),
        CheckConstraint("(state = 'delivered') = (receipt_at IS NOT NULL)", name="delivered_has_receipt"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_deliveries_due", "channel", "next_try_at", postgresql_where=_WAITING, sqlite_where=_WAITING),
        Index("ix_deliveries_undelivered", "number", postgresql_where=_UNDELIVERED, sqlite_where=_UNDELIVERED),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    delivery_id: Mapped[str] = mapped_column(IdColumn, unique=True)
    message_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("messages.message_id"))
    channel: Mapped[Channel] = mapped_column(String(10))
    urgent: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[DeliveryState] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(Integer)
    next_try_at: Mapped[datetime | None] = mapped_column(InstantColumn)
    reason: Mapped[str | None] = mapped_column(String(60))
    receipt: Mapped[str | None] = mapped_column(String(100))
    receipt_at: Mapped[datetime | None] = mapped_column(InstantColumn)


class ChoiceRow(NotifyTable):
    """`kind`: of messages, or "all"."""

    __tablename__ = "channel_choices"

    recipient: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    mail: Mapped[bool] = mapped_column(Boolean)
    webhook: Mapped[bool] = mapped_column(Boolean)


class TargetRow(NotifyTable):
    """`key_id`: names the secret to the receiver. Address and secret are encrypted for their row: an address may
    hold a token of the receiver's.
    """

    __tablename__ = "webhook_targets"
    __table_args__ = (
        Index("uq_webhook_targets_live", "recipient", unique=True, postgresql_where=_LIVE, sqlite_where=_LIVE),
    )

    key_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    recipient: Mapped[str] = mapped_column(String(80))
    url: Mapped[bytes] = mapped_column(LargeBinary)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(InstantColumn)
    replaced_at: Mapped[datetime | None] = mapped_column(InstantColumn)


class TemplateRow(NotifyTable):
    """A version of a template as this service first saw it."""

    __tablename__ = "templates"

    template: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    seen_at: Mapped[datetime] = mapped_column(InstantColumn)


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
    """`days_before`: which reminder of that day it was (`reminding.py`); -1 once it had passed."""

    __tablename__ = "reminders"

    deadline_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    due_on: Mapped[date] = mapped_column(Date, primary_key=True)
    days_before: Mapped[int] = mapped_column(Integer, primary_key=True)
    message_id: Mapped[str] = mapped_column(IdColumn)
    made_at: Mapped[datetime] = mapped_column(InstantColumn)


class ProjectRow(NotifyTable):
    """An approved project and the identity of the document that governs it to its end."""

    __tablename__ = "projects"

    project_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    document: Mapped[str] = mapped_column(String(160))
