"""Two processes of one service on one database and one bus: nothing is done twice, nothing is left undone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Queue
from sqlalchemy import select

from deploy.local import ports
from deploy.local.services import Service
from shared.bus import topology
from shared.bus.publisher import BusPublisher
from shared.bus.wire import Envelope, read_event
from shared.clock import now
from shared.contracts.kernel.audit import AUDIT_SEALED
from shared.runtime.system_client import OPERATOR
from shared.store.database import Database
from shared.store.kernel_tables import Answered, HeadRow, InboxRow, Lease, OutboxRow
from tests.bus.conftest import Processes

PATIENCE = 30.0
EVENTS = 40


@dataclass
class Twins:
    """Two replicas of notify, what they have in common, and what a listener hears of them."""

    processes: Processes
    replicas: list[Service]
    database: Database
    publisher: BusPublisher
    heard: list[Any]
    connection: Connection

    def tell(self, *numbers: int) -> None:
        """Review tells these heads to notify, each of them twice."""
        event = AUDIT_SEALED["review"]
        for number in numbers:
            self.publisher.publish([(event, a_head(number))] * 2)

    def rows(self, table: Any) -> list[Any]:
        with self.database.reading() as session:
            return list(session.scalars(select(table)))

    def listen(self) -> None:
        """Takes what has come to the listener's queue."""
        try:
            while True:
                self.connection.drain_events(timeout=0.05)
        except TimeoutError:
            return


def a_head(number: int) -> Envelope:
    head = {"chain": "review", "sequence": number, "link": "0" * 64, "key_id": "k", "signature": "00"}
    return Envelope(
        event_id=f"head-{number}",
        name="review.audit_sealed",
        version=1,
        aggregate_id="audit-review",
        sequence=number,
        district=None,
        occurred_at=now(),
        business_date=now().date(),
        actor={"subject": "review"},
        correlation_id="c",
        data={"head": head | {"sealed_at": now().isoformat()}},
    )


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


@pytest.fixture
def twins(processes: Processes, tmp_path: Path) -> Iterator[Twins]:
    processes.start("notify")
    first = processes.services["notify"]
    settings = {**first.settings, "HTTP_PORT": str(ports.free_ports(1)[0])}
    (tmp_path / "twin").mkdir()
    second = Service("notify", tmp_path / "twin", settings, tied=True)
    with ExitStack() as ending:
        ending.callback(second.kill)
        second.start()
        second.await_ready()
        database = Database(processes.urls["notify"])
        ending.callback(database.dispose)
        publisher = ending.enter_context(closing(BusPublisher("review", processes.servers.amqp_url("review"))))
        connection = ending.enter_context(Connection(processes.servers.amqp_url("review")))
        channel = connection.channel()
        heard: list[Any] = []
        topology.events_of("notify")(channel).declare()
        queue = Queue("listener", topology.events_of("notify"), routing_key="#", exclusive=True, auto_delete=True)
        consumer = connection.Consumer([queue], channel=channel, on_message=heard.append, no_ack=True)
        consumer.consume()
        yield Twins(processes, [first, second], database, publisher, heard, connection)


def test_two_replicas_apply_every_event_once_send_every_event_and_do_every_command_once(twins: Twins) -> None:
    twins.tell(*range(1, EVENTS + 1))
    for day in range(1, 10):
        twins.processes.system.call("notify.move_clock", {"to": f"2022-06-0{day}"}, OPERATOR, request_id=f"r-{day}")
    eventually(lambda: len(twins.rows(HeadRow)) == EVENTS)
    assert all(row.applied_at and row.attempts == 1 for row in twins.rows(InboxRow))
    assert sorted(row.event_id for row in twins.rows(InboxRow)) == sorted(f"head-{n}" for n in range(1, EVENTS + 1))
    assert len(twins.rows(Answered)) == 9
    eventually(lambda: bool(twins.rows(OutboxRow)) and all(row.sent_at for row in twins.rows(OutboxRow)))

    def all_heard() -> bool:
        twins.listen()
        return {read_event(message.body).event_id for message in twins.heard} == {
            row.event_id for row in twins.rows(OutboxRow)
        }

    eventually(all_heard)
    positions = sorted(row.position for row in twins.rows(OutboxRow) if row.position)
    assert positions == list(range(1, len(positions) + 1))


def test_when_one_replica_is_killed_the_other_takes_over_its_duties(twins: Twins) -> None:
    twins.tell(1)
    eventually(lambda: len(twins.rows(HeadRow)) == 1)
    holders = {row.duty: row.holder for row in twins.rows(Lease)}
    twins.replicas[0].kill()
    twins.tell(*range(2, 10))
    eventually(lambda: len(twins.rows(HeadRow)) == 9)
    twins.replicas[0].start()
    twins.replicas[0].await_ready()
    twins.replicas[1].kill()
    twins.tell(*range(10, 20))
    eventually(lambda: len(twins.rows(HeadRow)) == 19)
    assert all(row.applied_at and row.attempts == 1 for row in twins.rows(InboxRow))
    assert {row.duty: row.holder for row in twins.rows(Lease)}["inbox"] != holders["inbox"]
