"""What notify answers and tells: messages to the right party at every event, the inbox, and delivery besides it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from shared.contracts.common import PageSize
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import Id, Label, Once, Rows, Text
from shared.security.speaker import Role

PARTIES = (
    Role.EMPLOYER,
    Role.TRAINING_PROVIDER,
    Role.DISTRICT_OFFICER,
    Role.FINANCE_OFFICER,
    Role.CITY_OFFICER,
    Role.CITY_FINANCE_OFFICER,
)
WATCHERS = (Role.OPERATOR, Role.DISTRICT_OFFICER, Role.CITY_OFFICER)
Kind = Literal["case", "training", "money", "oversight", "deadline", "catalogue"]
Channel = Literal["mail", "webhook"]
DeliveryState = Literal["waiting", "delivered", "failed", "no_address"]
WebhookUrl = Annotated[str, Text(500, pattern=r"https?://[!-~]+", hint="请填写 https:// 开头的完整地址")]

# --- the inbox ---------------------------------------------------------------------------------------------------


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


# --- channels ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChannelChoice:
    """Where messages of a kind go besides the inbox, which holds every message. A kind's own line beats `all`."""

    kind: Literal["all", "case", "training", "money", "oversight", "deadline", "catalogue"]
    mail: bool
    webhook: bool


@dataclass(frozen=True)
class SetChannels:
    """The speaker's whole choice, for its organisation or office; it replaces the former one.

    `webhook_url`: where webhooks go, null for nowhere. `renew_secret`: a new secret for the same target.
    """

    choices: Annotated[tuple[ChannelChoice, ...], Rows(7)]
    webhook_url: WebhookUrl | None = None
    renew_secret: bool = False


@dataclass(frozen=True)
class ChannelsSet:
    """`secret`: 64 hex digits that sign what is sent to a new target, in this one answer and never again."""

    key_id: str | None
    secret: Annotated[str | None, Once()]


@dataclass(frozen=True)
class GetChannels:
    """No parameters: the speaker's own."""


@dataclass(frozen=True)
class ChannelsShape:
    """`choices`: as they were set; what no line names goes by mail where there is an address, and by no webhook."""

    choices: tuple[ChannelChoice, ...]
    webhook_url: str | None
    key_id: str | None
    secret_made_at: datetime | None


# --- what couldn't be delivered ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ListUndelivered:
    """Tried and not delivered yet, given up, or without address: newest first, in reach; an operator sees all."""

    channel: Channel | None = None
    state: Literal["waiting", "failed", "no_address"] | None = None
    cursor: Id | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class UndeliveredLine:
    """`reason`: of the last try, by code. `organisation_id`: null for an office, and where an operator asks."""

    delivery_id: str
    message_id: str
    channel: Channel
    state: DeliveryState
    template: str
    organisation_id: str | None
    attempts: int
    reason: str
    created_at: datetime
    next_try_at: datetime | None


@dataclass(frozen=True)
class UndeliveredCount:
    channel: Channel
    state: DeliveryState
    reason: str
    count: int


@dataclass(frozen=True)
class UndeliveredPage:
    """`counts`: of all that the question means, not of this page alone."""

    counts: tuple[UndeliveredCount, ...]
    lines: tuple[UndeliveredLine, ...]
    cursor: str | None


@dataclass(frozen=True)
class RetryDelivery:
    delivery_id: Id


@dataclass(frozen=True)
class DeliveryRetried:
    delivery_id: str


# --- events ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MessageTold:
    """How delivery went. No address, no text."""

    message_id: Id
    template: Label
    channel: Channel


READ_INBOX = query("notify.read_inbox", ReadInbox, InboxPage, PARTIES, "The speaker's messages.")
MARK_READ = command("notify.mark_read", MarkRead, MarkedRead, PARTIES, "A message was read.")
SET_CHANNELS = command(
    "notify.set_channels", SetChannels, ChannelsSet, PARTIES, "Where the speaker's messages go besides the inbox."
)
GET_CHANNELS = query("notify.get_channels", GetChannels, ChannelsShape, PARTIES, "The speaker's choice.")
LIST_UNDELIVERED = query(
    "notify.list_undelivered", ListUndelivered, UndeliveredPage, WATCHERS, "What couldn't be delivered, and why."
)
RETRY_DELIVERY = command(
    "notify.retry_delivery", RetryDelivery, DeliveryRetried, (Role.OPERATOR,), "Tries one of them anew, at once."
)
MESSAGE_DELIVERED = event(
    "notify.message_delivered", MessageTold, consumers=(), about="A mail server or webhook took it.", public=False
)
MESSAGE_FAILED = event(
    "notify.message_failed", MessageTold, consumers=(), about="Nobody took it in all tries.", public=False
)
