"""Whatever arrives, the process lives: what can't be decoded is turned away, and what ends processes comes to an end.

The library under the services is one that fails over a marked message (`undecodable.py`).
"""

from __future__ import annotations

import contextlib
import http.client
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from kombu import Connection, Exchange, Producer
from prometheus_client import REGISTRY

from deploy.local import accounts, ports
from deploy.local.services import Service
from deploy.local.system import Servers
from shared.bus import topology
from shared.bus.client import Caller
from shared.bus.wire import CONTENT_TYPE, write_result
from shared.clock import now
from shared.contracts.kernel.audit import AUDIT_SEALED, READ_AUDIT, ReadAudit
from shared.contracts.kernel.settlement import SETTLEMENT, AskSettlement
from shared.errors import Unauthenticated, Unavailable
from shared.runtime.system_client import AUDITOR, OPERATOR, TOKEN_LIFETIME
from tests.bus.conftest import STRANGER, Processes
from tests.bus.test_traps import PATIENCE, Stranger, a_head, eventually, heard, still_answers, tell
from tests.bus.undecodable import MARK, failing_library

UNDER_THAT_LIBRARY = (sys.executable, "-m", "tests.bus.undecodable")
CALL = '{"args": [], "kwargs": {}}'
SECRET = "nobody may read this afterwards"


@pytest.fixture
def notify(processes: Processes) -> Processes:
    """A service that has made its queues and is down."""
    processes.skills = UNDER_THAT_LIBRARY
    processes.start("notify")
    processes.services["notify"].kill()
    return processes


@pytest.fixture
def stranger(notify: Processes) -> Iterator[Stranger]:
    made = Stranger(notify)
    yield made
    made.close()


def metric(processes: Processes, name: str) -> float:
    """A counter of notify, all its labels together."""
    with contextlib.closing(
        http.client.HTTPConnection(ports.LOOPBACK, processes.services["notify"].http_port, timeout=5)
    ) as connection:
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name}{{"))


def audited(processes: Processes, outcome: str) -> list[dict[str, Any]]:
    rows = processes.system.ask(READ_AUDIT["notify"], ReadAudit(), AUDITOR).rows
    return [row["content"] for row in rows if row["content"]["outcome"] == outcome]


def test_a_service_comes_up_with_a_call_waiting_that_cannot_be_decoded(notify: Processes, stranger: Stranger) -> None:
    stranger.send(CALL, app_id=MARK, headers={"about": SECRET})
    notify.start("notify")  # as `make up` starts it, until it says that it is ready
    process = notify.services["notify"].process
    eventually(lambda: metric(notify, "skills_undecodable_total") == 1)
    assert still_answers(notify) and notify.services["notify"].process == process
    (row,) = audited(notify, "undecodable")
    assert (row["actor"], row["objects"], row["action"]) == ({"user": STRANGER}, [f"bytes:{len(CALL)}"], "unknown")
    assert SECRET not in str(row)
    assert stranger.replies == []


def test_calls_behind_one_that_cannot_be_decoded_are_answered(notify: Processes, stranger: Stranger) -> None:
    for number in range(30):  # more than a service takes at once
        stranger.send(CALL, **({"app_id": MARK} if number % 3 else {}))
    notify.start("notify")
    assert {stranger.answer()["error"]["code"] for _ in range(10)} == {"unauthenticated"}
    eventually(lambda: metric(notify, "skills_undecodable_total") == 20)


def test_an_event_that_cannot_be_decoded_ends_among_the_dead_letters_and_those_behind_it_go_on(
    notify: Processes, stranger: Stranger
) -> None:
    event = {"routing_key": AUDIT_SEALED["review"].name, "exchange": Exchange("review.events"), "reply_to": None}
    stranger.send(a_head("e1", 1), app_id=MARK, **event)
    tell(stranger, a_head("e2", 2))
    notify.start("notify")
    eventually(lambda: heard(notify).applied.get("review.audit_sealed") == 1)
    assert heard(notify).parked == 0
    assert [row["actor"] for row in audited(notify, "undecodable")] == [{"user": STRANGER}]
    assert stranger.channel.queue_declare("dead-letters", passive=True).message_count == 1


def test_an_answer_that_cannot_be_decoded_is_dropped_and_the_right_one_is_taken(servers: Servers) -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("skills_undecodable_total", {"service": "caller", "side": "reply"}) or 0.0

    before = counted()
    with (
        failing_library(),
        contextlib.closing(Caller(servers.amqp_url(accounts.OPERATOR))) as caller,
        Connection(servers.amqp_url("notify")) as connection,
    ):
        channel = connection.channel()
        topology.rpc_queue("notify")(channel).declare()

        def answer(call: Any) -> None:
            to = {"routing_key": call.properties["reply_to"], "correlation_id": call.properties["correlation_id"]}
            for body, mark in ((write_result("wrong"), {"app_id": MARK}), (write_result("right"), {})):
                Producer(channel, auto_declare=False).publish(body, content_type=CONTENT_TYPE, **to, **mark)

        def serve() -> None:
            with connection.Consumer([topology.rpc_queue("notify")], no_ack=True, on_message=answer, channel=channel):
                connection.drain_events(timeout=PATIENCE)

        serving = threading.Thread(target=serve)
        serving.start()
        assert caller.call_raw("notify.settlement", {}, token="x") == "right"
        serving.join()
    assert counted() == before + 1


# --- what decodes, and ends the process all the same ------------------------------------------------------------------


def move_clock(stranger: Stranger, processes: Processes) -> None:
    """A command as any, at whose commit these processes die."""
    token = processes.system.issuer.issue(OPERATOR, now(), TOKEN_LIFETIME)
    headers = {"nameko.token": token, "nameko.request_id": "deadly"}
    stranger.send('{"args": [], "kwargs": {"to": "2022-06-06"}}', routing_key="notify.move_clock", headers=headers)


def ended(service: Service) -> None:
    """Starts it and returns once it has died of what waited for it."""
    service.start()
    process = service.process
    assert process is None or process.wait(PATIENCE)


def test_a_call_that_ends_processes_is_answered_and_let_go_beyond_the_limit(
    notify: Processes, stranger: Stranger
) -> None:
    move_clock(stranger, notify)
    deadly = {"CALL_DELIVERY_LIMIT": "1", "CRASH_AT": "before_commit:notify.move_clock"}
    for _ in range(2):  # its first delivery, and the one that the limit allows
        service = notify.made("notify", deadly)
        ended(service)
    notify.start("notify", **deadly)
    error = stranger.answer()["error"]
    assert error["code"] == "unavailable"
    assert still_answers(notify)
    assert metric(notify, "skills_calls_given_up_total") == 1
    (row,) = audited(notify, "given_up")
    assert (row["actor"], row["action"]) == ({"user": STRANGER}, "notify.move_clock")
    assert row["objects"] == ["bytes:44"]


def test_a_call_that_came_again_is_answered_as_usual_within_the_limit(notify: Processes, stranger: Stranger) -> None:
    move_clock(stranger, notify)
    service = notify.made("notify", {"CRASH_AT": "before_commit:notify.move_clock"})
    ended(service)
    notify.start("notify")
    assert stranger.answer()["result"] == {"today": "2022-06-06"}
    assert audited(notify, "given_up") == []


def test_the_library_of_these_tests_fails_over_nothing_else(processes: Processes) -> None:
    processes.skills = UNDER_THAT_LIBRARY
    processes.start("notify")
    assert processes.system.ask(SETTLEMENT["notify"], AskSettlement()).parked == 0
    with pytest.raises(Unauthenticated):
        processes.system.caller.call_raw("notify.settlement", {}, token="x")
    with pytest.raises(Unavailable):
        processes.system.call("training.settlement", {}, OPERATOR, patience=0.0)
