"""The broker's fence, on a real broker: a user does what it was granted, and every known way around that is closed."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from amqp.exceptions import AccessRefused, PreconditionFailed
from kombu import Connection, Producer, Queue

from deploy.local.rabbitmq import Broker
from deploy.local.system import Servers
from shared.bus import broker_rights, topology
from shared.bus.grants import outside_of, read_grants
from shared.bus.publisher import BusPublisher
from shared.bus.wire import Envelope
from shared.clock import now
from shared.contracts.catalogue import EVENTS
from shared.contracts.schema.declare import SERVICES

PATIENCE = 20.0
CALL = '{"args": [], "kwargs": {}}'
GRANTS = """
systems:
  - system: portal
    methods: [notify.settlement, notify.list_parked]
    events:
      - queue: portal.claims
        names: [claim_decided]
        districts: ["110105"]
  - system: neighbour
    methods: [notify.settlement]
    events:
      - {queue: neighbour.all, names: ["*"], districts: ["*"]}
"""


@dataclass
class Fenced:
    """A broker on which everything is there that somebody could reach for, and a user's way onto it."""

    broker: Broker
    url: str

    @contextlib.contextmanager
    def channel(self) -> Iterator[Any]:
        with Connection(self.url, transport_options={"confirm_publish": True}) as connection:
            yield connection.channel()


def publish(channel: Any, exchange: str, routing_key: str, **options: Any) -> None:
    producer = Producer(channel, auto_declare=False)
    producer.publish(CALL, exchange=exchange, routing_key=routing_key, content_type="application/json", **options)


def grant(broker: Broker, text: str) -> None:
    for one in outside_of(read_grants(text)):
        broker_rights.apply(broker.management, broker.vhost, one.system, broker_rights.outside_rights(one))


@pytest.fixture
def portal(servers: Servers) -> Iterator[Fenced]:
    broker, password = servers.broker, secrets.token_urlsafe(16)
    for user in ("portal", "neighbour"):
        broker.management.add_user(user, password)
    grant(broker, GRANTS)
    with Connection(broker.url()) as connection:
        channel = connection.default_channel
        for queue in (topology.rpc_queue("notify"), topology.inbox_queue("notify"), topology.DEAD_LETTER_QUEUE):
            queue(channel).declare()
        for exchange in (topology.PUBLIC, *(topology.events_of(service) for service in SERVICES)):
            exchange(channel).declare()
    yield Fenced(broker, broker.url("portal", password))
    for user in ("portal", "neighbour"):
        broker.management.remove_user(user)


@pytest.fixture
def subsidy(portal: Fenced, servers: Servers) -> Fenced:
    """One of our own services' users, on the same broker."""
    return Fenced(portal.broker, servers.amqp_url("subsidy"))


def test_a_granted_method_may_be_called(portal: Fenced) -> None:
    with portal.channel() as channel:
        publish(channel, "nameko-rpc", "notify.settlement", user_id="portal")
    with Connection(portal.broker.url()) as connection:
        assert connection.default_channel.basic_get("rpc-notify").body == CALL


def test_it_hears_the_granted_event_of_the_granted_district_and_nothing_else(portal: Fenced, subsidy: Fenced) -> None:
    publisher = BusPublisher("subsidy", subsidy.url)
    told = [("claim_decided", "110113"), ("claim_submitted", "110105"), ("claim_decided", "110105")]
    publisher.publish([(EVENTS[f"subsidy.{name}"], _event(name, district)) for name, district in told])
    publisher.close()
    with Connection(portal.url) as connection, connection.SimpleQueue(_known("portal.claims")) as queue:
        event = queue.get(timeout=PATIENCE)
        assert (event.payload["name"], event.payload["district"]) == ("subsidy.claim_decided", "110105")
        event.ack()
        with pytest.raises(queue.Empty):
            queue.get(block=False)


def test_granting_again_with_less_takes_away_what_is_no_longer_granted(portal: Fenced) -> None:
    grant(portal.broker, "systems:\n  - {system: portal, methods: [notify.list_parked]}\n")
    with portal.channel() as channel, pytest.raises(AccessRefused):
        publish(channel, "nameko-rpc", "notify.settlement")
    with portal.channel() as channel, pytest.raises(AccessRefused):
        channel.basic_get("portal.claims")
    assert portal.broker.management.ask("GET", f"/bindings/{portal.broker.vhost}/e/public/q/portal.claims") == []


@pytest.mark.parametrize(
    ("exchange", "routing_key"),
    [
        ("nameko-rpc", "notify.move_clock"),  # a method that wasn't granted
        ("nameko-rpc", "notify.settlementx"),  # patterns are anchored
        ("nameko-rpc", "reply.portal.x"),  # an answer
        ("public", "claim_decided.110105"),  # an event
        ("subsidy.events", "claim_decided"),
        ("notify.events", "message_delivered"),
        ("", "inbox-notify"),  # a queue, past every exchange
        ("amq.topic", "x"),
        ("dead-letters", ""),
    ],
)
def test_it_publishes_nothing_but_its_calls(portal: Fenced, exchange: str, routing_key: str) -> None:
    with portal.channel() as channel, pytest.raises(AccessRefused):
        publish(channel, exchange, routing_key)


def test_the_broker_refuses_another_users_name(portal: Fenced) -> None:
    with portal.channel() as channel, pytest.raises(PreconditionFailed):
        publish(channel, "nameko-rpc", "notify.settlement", user_id="operator")


@pytest.mark.parametrize(
    "arguments", [{}, {"x-dead-letter-exchange": "nameko-rpc", "x-dead-letter-routing-key": "notify.move_clock"}]
)
@pytest.mark.parametrize("name", ["portal.own", "portal.claims", ""])
def test_it_declares_no_queue_so_no_dead_letter_speaks_for_it(
    portal: Fenced, name: str, arguments: dict[str, str]
) -> None:
    with portal.channel() as channel, pytest.raises(AccessRefused):
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)


def test_it_declares_no_exchange_so_no_alternate_speaks_for_it(portal: Fenced) -> None:
    arguments = {"alternate-exchange": "subsidy.events"}
    with portal.channel() as channel, pytest.raises(AccessRefused):
        channel.exchange_declare("portal.own", "topic", auto_delete=False, arguments=arguments)


@pytest.mark.parametrize(
    ("exchange", "key"), [("public", "claim_decided.110113"), ("public", "#"), ("nameko-rpc", "notify.*")]
)
def test_it_binds_its_queue_to_nothing_more(portal: Fenced, exchange: str, key: str) -> None:
    with portal.channel() as channel, pytest.raises(AccessRefused):
        channel.queue_bind("portal.claims", exchange, key)


@pytest.mark.parametrize("queue", ["neighbour.all", "rpc-notify", "inbox-notify", "dead-letters"])
def test_it_reads_no_queue_of_others(portal: Fenced, queue: str) -> None:
    with portal.channel() as channel, pytest.raises(AccessRefused):
        channel.basic_get(queue)


# --- our own services ------------------------------------------------------------------------------------------------


def test_one_of_our_services_asks_only_what_its_code_asks(subsidy: Fenced) -> None:
    with subsidy.channel() as channel:
        publish(channel, "nameko-rpc", "training.ask_outcomes")
    for other in ("review.list_decisions", "training.settlement", "notify.settlement"):
        with subsidy.channel() as channel, pytest.raises(AccessRefused):
            publish(channel, "nameko-rpc", other)


def test_one_of_our_services_reads_and_overhears_no_calls_of_another(subsidy: Fenced) -> None:
    with subsidy.channel() as channel, pytest.raises(AccessRefused):
        channel.basic_get("rpc-notify")
    for key in ("notify.*", "#", "reply.portal.#"):
        with subsidy.channel() as channel:
            channel.queue_declare("subsidy-ear", exclusive=True)
            with pytest.raises(AccessRefused):
                channel.queue_bind("subsidy-ear", "nameko-rpc", key)


def test_one_of_our_services_tells_no_event_of_another(subsidy: Fenced) -> None:
    with subsidy.channel() as channel:
        publish(channel, "subsidy.events", "claim_decided")
    with subsidy.channel() as channel, pytest.raises(AccessRefused):
        publish(channel, "review.events", "case_approved")


def _known(name: str) -> Queue:
    return Queue(name, no_declare=True)


def _event(name: str, district: str) -> Envelope:
    return Envelope(
        event_id=f"{name}-{district}",
        name=f"subsidy.{name}",
        version=1,
        aggregate_id="a",
        sequence=1,
        district=district,
        occurred_at=now(),
        business_date=now().date(),
        actor={"subject": "subsidy"},
        correlation_id="c",
        data={},
    )
