"""What notify answers and tells: messages to the right party at every event, the inbox, and their delivery by mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.contracts.common import PageSize
from shared.contracts.declare import command, event, query
from shared.contracts.shapes import Id, Label
from shared.security.speaker import Role

PARTIES = (
    Role.EMPLOYER,
    Role.TRAINING_PROVIDER,
    Role.DISTRICT_OFFICER,
    Role.FINANCE_OFFICER,
    Role.CITY_OFFICER,
    Role.CITY_FINANCE_OFFICER,
)


@dataclass(frozen=True)
class ReadInbox:
    """The speaker's own messages: their organisation's, or their office's (role and district). Newest first."""

    unread_only: bool = False
    cursor: Id | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class MessageShape:
    """`subject_id`: the case, project or claim that it is about; `delivery`: how the mail went, inbox for none."""

    message_id: str
    template: str
    title: str
    body: str
    subject_id: str
    business_date: date
    created_at: datetime
    read: bool
    delivery: Literal["inbox", "waiting", "delivered", "failed"]


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


@dataclass(frozen=True)
class MessageTold:
    """How delivery went. No address, no text."""

    message_id: Id
    template: Label
    channel: Literal["mail"]


READ_INBOX = query("notify.read_inbox", ReadInbox, InboxPage, PARTIES, "The speaker's messages.")
MARK_READ = command("notify.mark_read", MarkRead, MarkedRead, PARTIES, "A message was read.")
MESSAGE_DELIVERED = event(
    "notify.message_delivered", MessageTold, consumers=(), about="A mail server took the message.", public=False
)
MESSAGE_FAILED = event(
    "notify.message_failed", MessageTold, consumers=(), about="No mail server would take it.", public=False
)
