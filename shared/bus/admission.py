"""The door of a service: what the broker says of a call is looked at before the call itself is.

The broker lets pass an absent `user_id`, copies by `CC` and `BCC`, and any `reply_to` (docs/wire-format.md). Here they
end: a call comes from a named user, to this service alone, and its answer goes to whoever asked. In one process there
is no broker and nobody else: such a call is trusted, and has no user.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import NotPermitted, SkillsError, Unauthenticated

DIRECT_REPLY = "amq.rabbitmq.reply-to."
"""What the broker makes of direct reply-to: an address that only it can give."""

REPLIES = "reply."
COPIES = ("CC", "BCC")


def own_reply_key(user: str) -> str:
    """How the routing keys begin by which a user's own reply queues are bound to `nameko-rpc`."""
    return f"{REPLIES}{user}."


@dataclass(frozen=True)
class Arrival:
    """A delivery as the broker describes it."""

    routing_key: str
    user: str | None
    reply_to: str | None
    headers: Mapping[str, Any]

    @classmethod
    def of(cls, message: Any) -> Arrival:
        """From a message of the broker's client."""
        properties = message.properties
        return cls(
            routing_key=message.delivery_info["routing_key"],
            user=properties.get("user_id"),
            reply_to=properties.get("reply_to"),
            headers=message.headers or {},
        )

    @property
    def may_be_answered(self) -> bool:
        """Whether an answer, be it a refusal, reaches the sender and nobody else."""
        to = self.reply_to or ""
        return to.startswith(DIRECT_REPLY) or (self.user is not None and to.startswith(own_reply_key(self.user)))


@dataclass(frozen=True)
class Doorway:
    """One service's door. `in_process`: the broker is this process's own memory, and whoever calls is trusted."""

    service: str
    in_process: bool = False

    def refusal(self, arrival: Arrival) -> SkillsError | None:
        """Why a call may not come in, with its `reason`; None where it may."""
        if self.in_process:
            return None
        if arrival.user is None:
            return Unauthenticated("消息未带 user_id，请在消息属性中填写本系统的用户名", reason="no_user")
        if not arrival.may_be_answered:
            return NotPermitted("reply_to 不属于本系统，请使用 amq.rabbitmq.reply-to", reason="foreign_reply_to")
        if any(name in arrival.headers for name in COPIES):
            return NotPermitted("不接受抄送（CC、BCC）的请求，请逐个调用", reason="copied")
        if arrival.routing_key.partition(".")[0] != self.service:
            # The broker takes BCC away before it delivers, but a copy still carries the key of its original.
            return NotPermitted("不接受抄送（CC、BCC）的请求，请逐个调用", reason="copied")
        return None

    def may_answer(self, arrival: Arrival) -> bool:
        """Whether the reply goes to whoever asked, and to nobody else."""
        return self.in_process or arrival.may_be_answered
