"""How messages went besides the inbox: what couldn't be delivered, tried anew; and what is told of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.contracts.common import PageSize
from shared.contracts.notify.channels import Channel
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import Id, Label
from shared.security.speaker import Role

WATCHERS = (Role.OPERATOR, Role.DISTRICT_OFFICER, Role.CITY_OFFICER)
DeliveryState = Literal["waiting", "delivered", "failed", "no_address"]


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


@dataclass(frozen=True)
class MessageTold:
    """How delivery went. No address, no text."""

    message_id: Id
    template: Label
    channel: Channel


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
