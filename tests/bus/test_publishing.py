"""Publishing to a real broker: confirmed or not sent, never for ever, and nothing drops out at the end of a queue."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from amqp.exceptions import AMQPError
from kombu import Connection
from kombu.exceptions import KombuError

from deploy.local.rabbitmq import RabbitMQ
from deploy.local.system import Servers
from shared.bus import topology
from shared.bus.client import Caller
from shared.bus.publisher import BusPublisher
from shared.bus.wire import Envelope, read_event
from shared.clock import now
from shared.contracts.kernel.audit import AUDIT_SEALED
from shared.errors import Unavailable

CONFIRM_TIMEOUT = 0.5
PATIENCE = 20.0
HEAD = AUDIT_SEALED["review"]


def a_telling(event_id: str) -> list[tuple[Any, Envelope]]:
    envelope = Envelope(
        event_id=event_id,
        name="review.audit_sealed",
        version=1,
        aggregate_id="audit-review",
        sequence=1,
        district=None,
        occurred_at=now(),
        business_date=now().date(),
        actor={"subject": "review"},
        correlation_id="c",
        data={"head": {}},
    )
    return [(HEAD, envelope)]


def publish_at_last(publisher: BusPublisher, event_id: str) -> None:
    """As the outbox does it: again and again. A queue that has just come back may confirm late."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return publisher.publish(a_telling(event_id))
        except (OSError, AMQPError, KombuError):
            assert time.monotonic() < deadline, f"{event_id} was never confirmed"


@pytest.fixture
def publisher(servers: Servers) -> Iterator[BusPublisher]:
    made = BusPublisher("review", servers.amqp_url("review"), confirm_timeout=CONFIRM_TIMEOUT)
    yield made
    made.close()


@pytest.fixture
def channel(servers: Servers, publisher: BusPublisher) -> Iterator[Any]:
    """A consumer's channel, as notify's own user."""
    with Connection(servers.amqp_url("notify")) as connection:
        yield connection.channel()


def next_message(channel: Any, queue: str) -> Any:
    """The next message of a queue; fails when none comes."""
    deadline = time.monotonic() + PATIENCE
    while (message := channel.basic_get(queue)) is None:
        assert time.monotonic() < deadline, f"nothing came to {queue}"
        time.sleep(0.01)
    return message


def ids(channel: Any, queue: str, count: int) -> list[str]:
    found = []
    for _ in range(count):
        message = next_message(channel, queue)
        channel.basic_ack(message.delivery_tag)
        found.append(read_event(message.body).event_id)
    return found


def test_what_is_published_before_any_consumer_lived_waits_for_each_of_them(
    publisher: BusPublisher, channel: Any
) -> None:
    publisher.publish(a_telling("e-1"))
    for consumer in HEAD.consumers:
        assert channel.queue_declare(topology.inbox_queue(consumer).name, passive=True).message_count == 1
    assert ids(channel, "inbox-notify", 1) == ["e-1"]


def test_a_publisher_on_a_frozen_broker_gives_up_and_goes_on_when_it_thaws(
    publisher: BusPublisher, channel: Any, rabbitmq: RabbitMQ
) -> None:
    publisher.publish(a_telling("e-1"))
    node = rabbitmq.process
    assert node is not None
    started = time.monotonic()
    node.send(signal.SIGSTOP)
    try:
        with pytest.raises((OSError, AMQPError, KombuError)):
            publisher.publish(a_telling("e-2"))
        took = time.monotonic() - started
    finally:
        node.send(signal.SIGCONT)
    assert CONFIRM_TIMEOUT <= took < CONFIRM_TIMEOUT + 5.0
    publish_at_last(publisher, "e-3")
    heard = ids(channel, "inbox-notify", 2)
    assert heard[0] == "e-1" and heard[1] in ("e-2", "e-3")  # unknown is sent again; the inbox drops a second one


def test_a_call_over_a_frozen_broker_ends_at_its_deadline(
    servers: Servers, publisher: BusPublisher, rabbitmq: RabbitMQ
) -> None:
    caller, node = Caller(servers.amqp_url("notify")), rabbitmq.process
    with Connection(servers.amqp_url("notify")) as connection:  # a queue that takes the call, and nobody behind it
        topology.rpc_queue("notify")(connection.channel()).declare()
    with pytest.raises(Unavailable):
        caller.call_raw("notify.settlement", {}, token="x", timeout=0.2)
    assert node is not None
    node.send(signal.SIGSTOP)
    started = time.monotonic()
    try:
        with pytest.raises(Unavailable):
            caller.call_raw("notify.settlement", {}, token="x", timeout=0.5)
        took = time.monotonic() - started
    finally:
        node.send(signal.SIGCONT)
    caller.close()
    assert took < 5.0


def test_what_no_consumer_can_take_ends_among_the_dead_letters_and_is_not_dropped(
    publisher: BusPublisher, channel: Any
) -> None:
    publisher.publish(a_telling("e-1"))
    deliveries = 0
    deadline = time.monotonic() + PATIENCE
    while channel.queue_declare("dead-letters", passive=True).message_count == 0:
        assert time.monotonic() < deadline, f"not among the dead letters after {deliveries} deliveries"
        message = channel.basic_get("inbox-notify")
        if message is not None:
            deliveries += 1
            channel.basic_reject(message.delivery_tag, requeue=True)
    assert ids(channel, "dead-letters", 1) == ["e-1"]
    assert deliveries == topology.inbox_queue("notify").queue_arguments["x-delivery-limit"] + 1
