"""The inbox of a party: its messages, and which of them were read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from shared.contracts.common import PageSize
from shared.contracts.notify.channels import PARTIES, Channel, Kind
from shared.contracts.notify.deliveries import DeliveryState
from shared.contracts.schema.declare import command, query
from shared.contracts.schema.shapes import Id


@dataclass(frozen=True)
class ReadInbox:
    """The speaker's own messages: their organisation's, or their office's (role and district). Newest first."""

    unread_only: bool = False
    cursor: Id | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class DeliveryShape:
    """How a message went on one channel. `receipt`: what the other side answered, such as "250" or "204 req-7"."""

    channel: Channel
    state: DeliveryState
    receipt: str | None
    receipt_at: datetime | None


@dataclass(frozen=True)
class MessageShape:
    """`subject_id`: the case, project or claim that it is about; `deliveries`: none where the inbox is all."""

    message_id: str
    kind: Kind
    template: str
    version: int
    title: str
    body: str
    subject_id: str
    business_date: date
    created_at: datetime
    read: bool
    deliveries: tuple[DeliveryShape, ...]


@dataclass(frozen=True)
class InboxPage:
    messages: tuple[MessageShape, ...]
    unread: int
    cursor: str | None


@dataclass(frozen=True)
class MarkRead:
    message_id: Id


@dataclass(frozen=True)
class MarkedRead:
    message_id: str


READ_INBOX = query("notify.read_inbox", ReadInbox, InboxPage, PARTIES, "The speaker's messages.")
MARK_READ = command("notify.mark_read", MarkRead, MarkedRead, PARTIES, "A message was read.")
