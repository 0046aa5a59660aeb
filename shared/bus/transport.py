"""The AMQP client's reading, made to live with whatever the broker lets through.

The library decodes a delivery's properties and addresses while it reads, before anybody of ours sees them, and what it
raises there ends whoever reads. Here such a delivery arrives like any other, marked `undecodable`: of its
properties only the user is left, where that can be found. Whoever consumes asks `is_undecodable` first.

Bodies stay bytes as they came: what packing or encoding a stranger names isn't ours to try.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from struct import unpack_from
from typing import Any

from amqp import spec
from amqp.basic_message import Message as AmqpMessage
from amqp.method_framing import frame_handler
from kombu import Connection
from kombu.transport import pyamqp

_METHOD, _HEADER, _BODY = 1, 2, 3
_CARRYING = frozenset({spec.Basic.Return, spec.Basic.Deliver, spec.Basic.GetOk})
_FIXED_BYTES = {"o": 1, "L": 8}
_LENGTH = {"s": (1, ">B"), "F": (4, ">I")}

Frame = tuple[int, int, bytes]


class Delivered(AmqpMessage):  # type: ignore[misc]
    """A delivery as the library makes it, but for properties that the library can't decode."""

    undecodable = False

    def empty(self, user: str | None) -> None:
        """Marks it as undecodable. `user`: who sent it, as the broker has checked; None where that isn't known."""
        self.undecodable = True
        self.properties = {} if user is None else {"user_id": user}

    def _load_properties(self, class_id: int, buf: bytes, offset: int) -> int:
        try:
            return int(super()._load_properties(class_id, buf, offset))
        except Exception:  # whatever it is: nobody listed what a stranger may write
            self.empty(user_in(buf, offset))
            return offset


class Consumed(pyamqp.Message):  # type: ignore[misc]
    """What consumers are given."""

    def __init__(self, msg: Delivered, channel: Any = None, **kwargs: Any) -> None:
        super().__init__(msg, channel, **kwargs)
        self.undecodable = msg.undecodable


class Channel(pyamqp.Channel):  # type: ignore[misc]
    """A channel whose deliveries can be marked as undecodable."""

    Message = Consumed

    def __init__(self, connection: Any, channel_id: int | None = None, on_open: Any = None) -> None:
        super().__init__(connection, channel_id, auto_decode=False, on_open=on_open)

    def dispatch_method(self, method_sig: tuple[int, int], payload: bytes, content: Any) -> None:
        if method_sig == spec.Basic.Deliver:
            payload = with_readable_key(payload, content)
        super().dispatch_method(method_sig, payload, content)

    def message_to_python(self, raw_message: Delivered) -> Consumed:
        """kombu unpacks a body whose header says that it is compressed: kilobytes would become gigabytes here."""
        headers: Any = raw_message.properties.get("application_headers") or {}
        headers.pop("compression", None)
        return Consumed(raw_message, channel=self)


class AmqpConnection(pyamqp.Connection):  # type: ignore[misc]
    """A connection with such channels, over `tolerant_frames`."""

    Channel = Channel

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(frame_handler=tolerant_frames, **kwargs)


class Transport(pyamqp.Transport):  # type: ignore[misc]
    """Plain AMQP on such a connection."""

    Connection = AmqpConnection


class TlsTransport(pyamqp.SSLTransport):  # type: ignore[misc]
    """AMQP over TLS on such a connection."""

    Connection = AmqpConnection


_TOLERANT = {pyamqp.Transport: Transport, pyamqp.SSLTransport: TlsTransport}


class Line(Connection):  # type: ignore[misc]
    """A connection to the broker. Every one of ours is such a one: what it reads can't end us."""

    def get_transport_cls(self) -> Any:
        """Asked at every connect, so that it holds after a failover as well; the memory broker keeps its own."""
        usual = super().get_transport_cls()
        return _TOLERANT.get(usual, usual)


def is_undecodable(message: Any) -> bool:
    """Whether nothing but user and size is known of a delivery. Those of the memory broker are never decoded at all."""
    return bool(getattr(message, "undecodable", False))


def tolerant_frames(connection: Any, callback: Callable[..., None]) -> Callable[[Frame], bool]:
    """The library's reader of frames, with `Delivered` for whatever carries a message."""
    others = frame_handler(connection, callback)
    incomplete: dict[int, Delivered] = {}

    def on_frame(frame: Frame) -> bool:
        kind, channel, payload = frame
        message = incomplete.get(channel)
        if kind == _METHOD and (method := unpack_from(">HH", payload)) in _CARRYING:
            incomplete[channel] = Delivered(frame_method=method, frame_args=payload)
        elif kind == _HEADER and message is not None:
            message.inbound_header(payload)
        elif kind == _BODY and message is not None:
            message.inbound_body(payload)
        else:
            return bool(others(frame))
        connection.bytes_recv += 1  # heartbeats are judged by it
        if message is None or not message.ready:
            return False
        del incomplete[channel]
        callback(channel, message.frame_method, message.frame_args, message)
        return True

    return on_frame


def user_in(header: bytes, offset: int) -> str | None:
    """The `user_id` among a content header's properties, found without decoding those before it; None without one.

    `offset`: of the property flags, which say one bit each, from the highest, which properties follow.
    """
    try:
        (flags,) = unpack_from(">H", header, offset)
        at = offset + 2
        for number, (name, kind) in enumerate(AmqpMessage.PROPERTIES):
            if not flags & (1 << (15 - number)):
                continue
            if name == "user_id":
                return _short_text(header, at).decode()
            at += _size(header, at, kind)
    except (IndexError, struct.error, UnicodeDecodeError):
        return None
    return None


def _size(header: bytes, at: int, kind: str) -> int:
    if kind in _FIXED_BYTES:
        return _FIXED_BYTES[kind]
    prefix, form = _LENGTH[kind]
    return prefix + int(unpack_from(form, header, at)[0])


def _short_text(buf: bytes, at: int) -> bytes:
    """Bytes that follow their length, which is one byte. Raises IndexError where they end before it."""
    text = bytes(buf[at + 1 : at + 1 + buf[at]])
    if len(text) < buf[at]:
        raise IndexError(at)
    return text


def with_readable_key(payload: bytes, message: Delivered, decode: Callable[[bytes], object] = bytes.decode) -> bytes:
    """The arguments of a delivery; where its routing key can't be decoded, without it, and the message is marked.

    They are: consumer tag, delivery tag (8 bytes), redelivered (1 byte), exchange, routing key.
    """
    at = 4  # of the consumer tag
    at += 1 + payload[at] + 8 + 1
    at += 1 + payload[at]
    try:
        decode(_short_text(payload, at))
    except ValueError:
        message.empty(message.properties.get("user_id"))
        return payload[:at] + b"\x00"
    return payload
