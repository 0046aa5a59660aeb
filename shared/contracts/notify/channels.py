"""Where a party's messages go besides its inbox, and which kinds of messages there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from shared.contracts.schema.declare import command, query
from shared.contracts.schema.shapes import Once, Rows, Text
from shared.security.speaker import Role

PARTIES = (
    Role.EMPLOYER,
    Role.TRAINING_PROVIDER,
    Role.DISTRICT_OFFICER,
    Role.FINANCE_OFFICER,
    Role.CITY_OFFICER,
    Role.CITY_FINANCE_OFFICER,
)
Kind = Literal["case", "training", "money", "oversight", "deadline", "catalogue"]
Channel = Literal["mail", "webhook"]
WebhookUrl = Annotated[str, Text(500, pattern=r"https?://[!-~]+", hint="请填写 https:// 开头的完整地址")]


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


SET_CHANNELS = command(
    "notify.set_channels", SetChannels, ChannelsSet, PARTIES, "Where the speaker's messages go besides the inbox."
)
GET_CHANNELS = query("notify.get_channels", GetChannels, ChannelsShape, PARTIES, "The speaker's choice.")
