"""Events onto the bus, confirmed. All queues of all declared consumers exist before the first event is published."""

from __future__ import annotations

from typing import Any

from kombu import Producer

from shared.bus import topology
from shared.bus.connections import drop_connection, open_connection
from shared.bus.transport import Line
from shared.bus.wire import CONTENT_TYPE, Envelope, write_event
from shared.contracts.schema.declare import EventType

CONFIRM_TIMEOUT = 10.0
"""Seconds. Publishers have no heartbeat: without it a frozen broker would hold a confirm for ever."""


class BusPublisher:
    """Publishes one service's events over a connection of its own; made anew after any failure.

    `confirm_timeout`: seconds that the broker may take for one event.
    """

    def __init__(self, service: str, amqp_url: str, *, confirm_timeout: float = CONFIRM_TIMEOUT) -> None:
        self.confirm_timeout = confirm_timeout
        self._channel: Any = None
        self.service = service
        self.amqp_url = amqp_url
        self._connection: Line | None = None
        self._producer: Producer | None = None

    def publish(self, events: list[tuple[EventType[Any], Envelope]]) -> None:
        """Returns when the broker has confirmed every event; raises where it did not."""
        try:
            producer = self._producer or self._connect()
            for event, envelope in events:
                body = write_event(envelope)
                self._send(producer, body, topology.events_of(self.service).name, event.name)
                if event.public:
                    self._send(producer, body, topology.PUBLIC.name, f"{event.name}.{envelope.district or 'city'}")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Drops its connection; a later batch opens another."""
        connection, channel = self._connection, self._channel
        self._connection = self._channel = self._producer = None
        if connection is not None:
            drop_connection(connection, channel)

    def _connect(self) -> Producer:
        self._connection = open_connection(self.amqp_url, 5.0, confirm_publish=True, polling_interval=0.001)
        channel = self._channel = self._connection.channel()
        for exchange in (topology.events_of(self.service), topology.PUBLIC):
            exchange(channel).declare()
        topology.DEAD_LETTER_QUEUE(channel).declare()
        for consumer in topology.consumers_of(self.service):
            topology.inbox_queue(consumer)(channel).declare()
        self._producer = Producer(channel, auto_declare=False)
        return self._producer

    def _send(self, producer: Producer, body: str, exchange: str, routing_key: str) -> None:
        producer.publish(
            body,
            exchange=exchange,
            routing_key=routing_key,
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
            delivery_mode="persistent",
            confirm_timeout=self.confirm_timeout,
        )
