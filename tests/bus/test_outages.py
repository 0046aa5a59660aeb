"""What is told while a part is away arrives when it is back: nothing ends in the dead letters."""

from __future__ import annotations

import pytest
from kombu import Connection

from deploy.local.postgres import PostgreSQL
from shared.bus import topology
from shared.contracts.kernel.settlement import SETTLEMENT, AskSettlement
from shared.errors import Unavailable
from shared.runtime.system_client import OPERATOR
from tests.bus.conftest import Processes
from tests.bus.test_traps import a_head, eventually

TOLD = 40


def test_a_database_that_is_away_loses_no_event(processes: Processes, postgresql: PostgreSQL) -> None:
    processes.start("notify")
    log = processes.services["notify"].log
    postgresql.kill()
    with Connection(processes.servers.amqp_url("review")) as connection:
        producer = connection.Producer(auto_declare=False)
        for number in range(TOLD):
            producer.publish(
                a_head(f"away-{number}", number + 1),
                exchange=topology.events_of("review").name,
                routing_key="audit_sealed",
                content_type="application/json",
                content_encoding="utf-8",
                delivery_mode="persistent",
            )
    eventually(lambda: log.read_text().count("delivery_held") > 30)
    with pytest.raises(Unavailable):
        processes.system.call("notify.move_clock", {"to": "2022-06-06"}, OPERATOR, patience=0.0)
    postgresql.start()
    settlement = SETTLEMENT["notify"]
    eventually(lambda: processes.system.ask(settlement, AskSettlement()).applied.get("review.audit_sealed") == TOLD)
    with Connection(processes.servers.amqp_url("notify")) as connection:
        assert topology.DEAD_LETTER_QUEUE(connection.default_channel).queue_declare(passive=True).message_count == 0
