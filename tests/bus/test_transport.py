"""What is read of a message that can't be decoded: its user, found without decoding the rest; or nothing."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest
from amqp.basic_message import Message
from amqp.serialization import dumps

from shared.bus.transport import Delivered, user_in, with_readable_key

BEFORE: dict[str, Any] = {
    "content_type": "application/json",
    "content_encoding": "utf-8",
    "application_headers": {"a": 1, "b": {"c": "d"}},
    "delivery_mode": 1,
    "priority": 3,
    "correlation_id": "c" * 200,
    "reply_to": "reply.here",
    "expiration": "30000",
    "message_id": "m",
    "timestamp": 1_656_000_000,
    "type": "t",
}
FLAGS_AT = 12


def header_of(**properties: Any) -> bytes:
    return pack(">HxxQ", 60, 5) + bytes(Message("", **properties)._serialize_properties())


@pytest.mark.parametrize("before", [{}, BEFORE, *({name: value} for name, value in BEFORE.items())])
def test_the_user_is_found_behind_whatever_stands_before_it(before: dict[str, Any]) -> None:
    assert user_in(header_of(**before, user_id="portal", app_id="after"), FLAGS_AT) == "portal"


@pytest.mark.parametrize("properties", [{}, BEFORE, {"app_id": "after", "cluster_id": "last"}])
def test_no_user_is_found_where_none_was_sent(properties: dict[str, Any]) -> None:
    assert user_in(header_of(**properties), FLAGS_AT) is None


def test_a_header_that_ends_early_has_no_user() -> None:
    whole = header_of(**BEFORE, user_id="portal")
    assert [user_in(whole[:end], FLAGS_AT) for end in range(FLAGS_AT, len(whole))] == [None] * (len(whole) - FLAGS_AT)


class UnreadableMessage(Delivered):
    """Decoding its properties fails."""

    @property
    def properties(self) -> dict[str, Any]:
        return self.kept

    @properties.setter
    def properties(self, value: dict[str, Any]) -> None:
        if "content_type" in value:
            raise LookupError("content_type")
        self.kept = value


def test_a_message_whose_properties_fail_keeps_user_and_body() -> None:
    message = UnreadableMessage()
    message.inbound_header(header_of(**BEFORE, user_id="portal"))
    message.inbound_body(b"12345")
    assert message.undecodable and message.ready
    assert (message.properties, message.body) == ({"user_id": "portal"}, b"12345")


def arguments(routing_key: str) -> bytes:
    """Of a delivery, behind the four bytes that name the method."""
    return pack(">HH", 60, 60) + bytes(dumps("sLbss", ("tag", 7, True, "nameko-rpc", routing_key)))


def test_a_key_that_can_be_decoded_stays() -> None:
    message = Delivered(user_id="portal", type="t")
    assert with_readable_key(arguments("notify.settlement"), message) == arguments("notify.settlement")
    assert not message.undecodable and message.properties == {"user_id": "portal", "type": "t"}


def test_a_key_that_cannot_be_decoded_is_left_out_and_the_message_is_marked() -> None:
    def fail(key: bytes) -> None:
        assert key == b"notify.settlement"
        raise ValueError

    message = Delivered(user_id="portal", type="t")
    assert with_readable_key(arguments("notify.settlement"), message, fail) == arguments("")
    assert message.undecodable and message.properties == {"user_id": "portal"}
