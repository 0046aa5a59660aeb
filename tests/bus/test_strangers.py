"""Raw bytes from a stranger against all five services: each message gets its typed error or is turned away, every
service goes on, and nothing is stored.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from kombu import Connection, Consumer, Producer, Queue
from sqlalchemy import MetaData, create_engine, func, select

from shared.bus import topology
from shared.clock import now
from shared.contracts.kernel.settlement import SETTLEMENT, AskSettlement
from shared.contracts.schema.declare import EVENTS, METHODS, SERVICES
from shared.errors import BY_CODE
from tests.bus.conftest import Processes

PATIENCE = 60.0
DIRECT_REPLY = "amq.rabbitmq.reply-to"
EMPTY = b'{"args": [], "kwargs": {}}'
TRACES = {"audit", "seals", "heads", "outbox", "inbox", "leases"}
"""Tables that services write on their own while nobody asks for anything."""


class Stranger:
    """A caller with none of our code, on an account that may call every service."""

    def __init__(self, amqp_url: str) -> None:
        self.user = urlsplit(amqp_url).username
        # Confirmed: what is published to a quorum queue and not yet written is lost where the line is then closed.
        self.connection = Connection(amqp_url, transport_options={"confirm_publish": True})
        channel = self.connection.channel()
        self.answers: list[dict[str, Any]] = []
        self.consumer = Consumer(channel, [Queue(DIRECT_REPLY, no_declare=True)], no_ack=True, on_message=self._keep)
        self.consumer.consume()
        self.producer = Producer(channel, auto_declare=False)

    def send(self, body: Any, route: str, exchange: Any = topology.RPC, **more: Any) -> None:
        usual = {"content_type": "application/json", "content_encoding": "utf-8", "reply_to": DIRECT_REPLY}
        options = {**usual, "user_id": self.user, "correlation_id": "1", "serializer": None, **more}
        self.producer.publish(body, exchange=exchange, routing_key=route, **options)

    def answer(self) -> dict[str, Any]:
        while not self.answers:  # it may have come while a publish was confirmed
            self.connection.drain_events(timeout=PATIENCE)
        return self.answers.pop(0)

    def _keep(self, message: Any) -> None:
        self.answers.append(json.loads(message.body))


@pytest.fixture
def system(processes: Processes) -> Processes:
    processes.start()
    return processes


@pytest.fixture
def stranger(system: Processes) -> Iterator[Stranger]:
    made = Stranger(system.amqp_url)
    yield made
    made.connection.release()


def stored(processes: Processes) -> dict[str, int]:
    """Rows by table; nothing is ever rewritten without a row that says so."""
    counted = {}
    for service, url in processes.urls.items():
        engine, tables = create_engine(url), MetaData()
        tables.reflect(engine)
        with engine.connect() as connection:
            for table in tables.sorted_tables:
                if table.name not in TRACES:
                    rows = connection.scalar(select(func.count()).select_from(table))
                    counted[f"{service}.{table.name}"] = int(rows or 0)
        engine.dispose()
    return counted


def all_alive(processes: Processes, before: Mapping[str, Any]) -> bool:
    """The very same processes still answer."""
    asked = [processes.system.ask(SETTLEMENT[name], AskSettlement()).parked >= 0 for name in SERVICES]
    return all(asked) and {name: service.process for name, service in processes.services.items()} == before


def command_of(service: str) -> str:
    return next(route for route, method in METHODS.items() if method.service == service and method.kind == "command")


UNREADABLE = [
    b"",
    b"{",
    b"[" * 100_000,
    b'{"args": [], "kwargs": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
    b'{"args": [], "kwargs": {"a": NaN}}',
    b'{"kwargs": {}, "kwargs": {}}',
    zlib.compress(EMPTY)[:9],
    "示例".encode("gb18030"),
    EMPTY.decode().encode("utf-16"),
]
ODD_PROPERTIES: list[dict[str, Any]] = [
    {"content_encoding": "no-such-encoding"},
    {"content_encoding": "utf-16"},
    {"headers": {"compression": "application/x-gzip"}},
    {"headers": {"compression": "no-such-packer", "x": {"y": [{}] * 100}}},
    {"headers": {"nameko.token": {"a": 1}}},
    {"headers": {"nameko.deadline": -1}},
    {"headers": {"nameko.deadline": "soon"}},
    {"headers": {"nameko.request_id": "x" * 65}},
    {"headers": {"nameko.correlation_id": "\x00"}},
    {"headers": {"nameko.token": "示" * 8000}},
    {"priority": 9, "expiration": 60, "type": "x" * 200, "app_id": "y" * 200},
]
NO_ANSWER: list[dict[str, Any]] = [
    {"reply_to": None},
    {"reply_to": "nobody-listens-here"},
    {"content_type": None},
    {"content_type": "application/x-python-serialize"},
    {"content_type": "application/data", "content_encoding": "binary"},
]


def test_whatever_a_stranger_sends_is_refused_by_type_and_no_service_stops(
    system: Processes, stranger: Stranger
) -> None:
    lives, before = {name: service.process for name, service in system.services.items()}, stored(system)
    for service in SERVICES:
        route = command_of(service)
        for body in UNREADABLE:
            stranger.send(body, route)
            assert stranger.answer()["error"]["code"] == "invalid_request", (service, body[:40])
        stranger.send(b'{"args": [], "kwargs": {"a": "' + b"x" * (10 * 1024 * 1024) + b'"}}', route)
        assert stranger.answer()["error"]["code"] == "too_large", service
        for odd in ODD_PROPERTIES:
            stranger.send(EMPTY, route, **odd)
            assert stranger.answer()["error"]["code"] in BY_CODE, (service, odd)
        for unanswerable in NO_ANSWER:
            stranger.send(EMPTY, route, **unanswerable)
        stranger.send(EMPTY, f"{service}.{'x' * 200}")
        assert stranger.answer()["error"]["code"] == "not_found", service
    assert all_alive(system, lives)
    assert stranger.answers == []
    assert stored(system) == before


def test_bodies_that_are_no_events_are_set_aside_and_no_service_stops(system: Processes) -> None:
    """A teller gone mad: what it may publish, it publishes as garbage."""
    lives, before = {name: service.process for name, service in system.services.items()}, stored(system)
    bodies = [*UNREADABLE, EMPTY, b'{"event_id": "\\u0000"}', json.dumps({"at": now().isoformat()}).encode()]
    sent = dict.fromkeys(SERVICES, 0)
    for teller in SERVICES:
        mad = Stranger(system.servers.amqp_url(teller))
        event = next(one for one in EVENTS.values() if one.owner == teller and one.consumers)
        for body in bodies:
            mad.send(body, event.name, exchange=topology.events_of(teller), reply_to=None)
        for consumer in event.consumers:
            sent[consumer] += len(bodies)
        mad.connection.release()
    deadline = time.monotonic() + PATIENCE
    parked: dict[str, int] = {}
    while parked != sent:
        assert time.monotonic() < deadline, f"set aside {parked} of {sent}"
        parked = {name: system.system.ask(SETTLEMENT[name], AskSettlement()).parked for name in SERVICES}
    assert all_alive(system, lives)
    assert stored(system) == before
