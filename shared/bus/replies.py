"""Sending answers: unconfirmed, since a lost one costs the caller only a repeat of its request id."""

from __future__ import annotations

from kombu import Producer

from shared.bus import topology
from shared.bus.connections import drop_connection, is_usable, open_connection
from shared.bus.transport import Line
from shared.bus.wire import CONTENT_TYPE

_DIRECT_REPLY = "amq.rabbitmq.reply-to."
KEPT = 16


class Replier:
    """Connections to answer over, each used by one answer at a time."""

    def __init__(self, amqp_url: str) -> None:
        self.amqp_url = amqp_url
        self._idle: list[tuple[Line, Producer]] = []

    def send(self, body: str, reply_to: str, correlation_id: str | None) -> None:
        """To a queue bound to nameko's exchange, or by direct reply-to. Raises whatever the broker's client raises."""
        connection, producer = self._take()
        try:
            producer.publish(
                body,
                exchange="" if reply_to.startswith(_DIRECT_REPLY) else topology.RPC.name,
                routing_key=reply_to,
                correlation_id=correlation_id,
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                delivery_mode="transient",
            )
        except BaseException:
            drop_connection(connection, producer.channel)
            raise
        if len(self._idle) < KEPT:
            self._idle.append((connection, producer))
        else:
            drop_connection(connection, producer.channel)

    def close(self) -> None:
        """Drops its idle connections."""
        while self._idle:
            connection, producer = self._idle.pop()
            drop_connection(connection, producer.channel)

    def _take(self) -> tuple[Line, Producer]:
        while self._idle:
            connection, producer = self._idle.pop()
            if is_usable(connection):
                return connection, producer
            drop_connection(connection, producer.channel)
        connection = open_connection(self.amqp_url, 5.0)
        return connection, Producer(connection.channel(), auto_declare=False)
