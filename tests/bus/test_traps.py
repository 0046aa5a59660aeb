"""Each trap of the framework under us (architecture, section 7), shown closed on a real broker."""

from __future__ import annotations

import json
import os
import signal
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from kombu import Connection, Exchange, Producer, Queue

from shared.bus import topology
from shared.bus.wire import Envelope, write_event
from shared.clock import now
from shared.contracts.kernel.audit import AUDIT_SEALED
from shared.contracts.kernel.missed_events import (
    EVENTS_SINCE,
    LIST_PARKED,
    REPLAY_PARKED,
    SHOW_PARKED,
    EventsSince,
    ListParked,
    OneParked,
)
from shared.contracts.kernel.settlement import MOVE_CLOCK, SETTLEMENT, AskSettlement
from shared.errors import Conflict, InvalidRequest, NotFound, Unauthenticated, Unavailable
from shared.runtime.system_client import OPERATOR
from tests.bus.conftest import STRANGER, Processes

PATIENCE = 20.0
REPLY_TO = "reply.stranger.here"
SENDER = {"user_id": STRANGER}


@pytest.fixture
def notify(processes: Processes) -> Processes:
    processes.start("notify")
    return processes


class Stranger:
    """A caller with none of our code: raw bytes on the broker, as a user of its own, who may do anything there."""

    def __init__(self, processes: Processes) -> None:
        self.connection = Connection(processes.stranger_url)
        self.channel = self.connection.channel()
        self.replies: list[Any] = []
        queue = Queue("stranger-replies", topology.RPC, routing_key=REPLY_TO, exclusive=True, auto_delete=True)
        self.consumer = self.connection.Consumer([queue], channel=self.channel, on_message=self.replies.append)
        self.consumer.consume()

    def send(
        self, body: Any, routing_key: str = "notify.settlement", exchange: Any = topology.RPC, **more: Any
    ) -> None:
        options = {"content_type": "application/json", "content_encoding": "utf-8", "reply_to": REPLY_TO} | more
        Producer(self.channel, auto_declare=False).publish(
            body, exchange=exchange, routing_key=routing_key, correlation_id="1", serializer=None, **SENDER | options
        )

    def answer(self) -> dict[str, Any]:
        self.connection.drain_events(timeout=PATIENCE)
        return dict(json.loads(self.replies.pop(0).body))

    def close(self) -> None:
        self.connection.release()


@pytest.fixture
def stranger(notify: Processes) -> Iterator[Stranger]:
    made = Stranger(notify)
    yield made
    made.close()


def still_answers(processes: Processes, service: str = "notify") -> bool:
    return bool(processes.system.ask(SETTLEMENT[service], AskSettlement()).parked >= 0)


def eventually(condition: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


def test_a_call_without_a_way_to_answer_is_rejected_and_the_service_lives(
    notify: Processes, stranger: Stranger
) -> None:
    before = notify.services["notify"].process
    stranger.send('{"args": [], "kwargs": {}}', reply_to=None)
    stranger.send('{"args": [], "kwargs": {}}', content_type=None, content_encoding=None)
    assert still_answers(notify)
    assert notify.services["notify"].process == before


@pytest.mark.parametrize("body", ["{", "", "[]", "null", '{"args": [1], "kwargs": {}}', "[" * 100_000, "\udcff"])
def test_a_body_that_is_no_call_is_answered_with_invalid_request(stranger: Stranger, body: str) -> None:
    stranger.send(body.encode("utf-8", "surrogateescape"))
    assert stranger.answer()["error"]["code"] == "invalid_request"


def test_an_unknown_method_of_a_known_service_is_answered_and_does_not_hang(stranger: Stranger) -> None:
    stranger.send('{"args": [], "kwargs": {}}', routing_key="notify.no_such_method")
    assert stranger.answer()["error"]["code"] == "not_found"


def test_headers_of_strangers_go_nowhere_and_wrong_ones_are_told(stranger: Stranger) -> None:
    stranger.send('{"args": [], "kwargs": {}}', headers={"nameko.token": 5})
    assert stranger.answer()["error"]["code"] == "invalid_request"
    stranger.send('{"args": [], "kwargs": {}}', headers={"x-evil": "1" * 100_000, "nameko.call_id_stack": [{}]})
    assert stranger.answer()["error"]["code"] == "unauthenticated"


def test_a_packed_body_is_never_unpacked(stranger: Stranger) -> None:
    packed = zlib.compress(b'{"args": [], "kwargs": {}}')
    stranger.send(packed, headers={"compression": "application/x-gzip"})
    assert stranger.answer()["error"]["code"] == "invalid_request"


def test_an_error_carries_nothing_but_our_own_words(stranger: Stranger) -> None:
    stranger.send('{"args": [], "kwargs": {"secret": "秘密"}}')
    error = stranger.answer()["error"]
    assert set(error) == {"exc_type", "exc_path", "exc_args", "value", "code", "message", "details"}
    assert "秘密" not in json.dumps(error, ensure_ascii=False)


def test_an_answer_that_nobody_waits_for_is_dropped_and_the_service_lives(
    notify: Processes, stranger: Stranger
) -> None:
    stranger.send('{"args": [], "kwargs": {}}', reply_to="reply.stranger.nobody-listens-here")
    assert still_answers(notify)


def test_a_service_that_is_not_there_is_told_at_once_not_waited_for(notify: Processes) -> None:
    started = time.monotonic()
    with pytest.raises(Unavailable):
        notify.system.call("training.settlement", {}, OPERATOR, patience=0.0)
    assert time.monotonic() - started < 30.0


def test_a_method_that_no_contract_names_is_refused_before_it_is_sent(notify: Processes) -> None:
    with pytest.raises(NotFound):
        notify.system.caller.call_raw("nobody.nothing", {}, token=None)


def test_a_call_has_a_deadline_and_a_late_answer_reaches_nobody_else(notify: Processes) -> None:
    caller = notify.system.caller
    process = notify.services["notify"].process
    assert process is not None

    os.kill(process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(Unavailable):
            caller.call_raw("notify.settlement", {}, token="x", timeout=0.5)
    finally:
        os.kill(process.pid, signal.SIGCONT)
    for _ in range(5):  # the late answer, should there be one, is somebody else's
        with pytest.raises(Unauthenticated):
            caller.call_raw("notify.settlement", {}, token="x")


def test_a_forged_token_is_refused_and_leaves_its_audit_line(notify: Processes) -> None:
    with pytest.raises(Unauthenticated):
        notify.system.caller.call_raw("notify.move_clock", {"to": "2022-06-06"}, token="x.y.z", request_id="r")


def test_the_same_request_id_gives_the_same_answer_and_never_another_content(notify: Processes) -> None:
    system = notify.system
    first = system.call("notify.move_clock", {"to": "2022-06-06"}, OPERATOR, request_id="same")
    system.call("notify.move_clock", {"to": "2022-06-07"}, OPERATOR, request_id="other")
    assert system.call("notify.move_clock", {"to": "2022-06-06"}, OPERATOR, request_id="same") == first
    with pytest.raises(Conflict):
        system.call("notify.move_clock", {"to": "2022-06-08"}, OPERATOR, request_id="same", patience=0.0)


def test_a_refused_command_may_be_repeated_with_the_same_request_id_after_the_cure(notify: Processes) -> None:
    with pytest.raises(InvalidRequest):
        notify.system.call("notify.move_clock", {"to": "soon"}, OPERATOR, request_id="again")
    assert notify.system.call("notify.move_clock", {"to": "2022-06-06"}, OPERATOR, request_id="again")


# --- events ----------------------------------------------------------------------------------------------------------


def a_head(event_id: str, sequence: int, **more: Any) -> str:
    data = {
        "head": {
            "chain": "review",
            "sequence": sequence,
            "link": "0" * 64,
            "sealed_at": now().isoformat(),
            "key_id": "k",
            "signature": "00",
        }
    }
    envelope = Envelope(
        event_id=event_id,
        name="review.audit_sealed",
        version=1,
        aggregate_id="audit-review",
        sequence=sequence,
        district=None,
        occurred_at=now(),
        business_date=now().date(),
        actor={"subject": "review"},
        correlation_id="c",
        data=data | more,
    )
    return write_event(envelope)


def tell(stranger: Stranger, body: str | bytes) -> None:
    stranger.send(body, routing_key=AUDIT_SEALED["review"].name, exchange=Exchange("review.events"), reply_to=None)


def heard(processes: Processes) -> Any:
    return processes.system.ask(SETTLEMENT["notify"], AskSettlement())


def test_an_event_delivered_twice_is_applied_once(notify: Processes, stranger: Stranger) -> None:
    tell(stranger, a_head("e1", 1))
    tell(stranger, a_head("e1", 1))
    tell(stranger, a_head("e2", 2))
    eventually(lambda: heard(notify).applied.get("review.audit_sealed") == 2)


def test_a_poison_event_is_parked_and_those_behind_it_go_on(notify: Processes, stranger: Stranger) -> None:
    tell(stranger, "{ no event")
    tell(stranger, a_head("e3", 3, head="poison"))
    tell(stranger, a_head("e4", 4))
    eventually(lambda: heard(notify).applied.get("review.audit_sealed") == 1 and heard(notify).parked == 2)


def test_an_event_told_where_another_service_tells_is_parked_and_the_true_one_applied(
    notify: Processes, stranger: Stranger
) -> None:
    key = AUDIT_SEALED["training"].name
    stranger.send(a_head("e6", 6), routing_key=key, exchange=Exchange("training.events"), reply_to=None)
    eventually(lambda: heard(notify).parked == 1)
    tell(stranger, a_head("e6", 6))
    eventually(lambda: heard(notify).applied.get("review.audit_sealed") == 1)


def test_a_parked_event_is_shown_with_its_reason_and_replayed(notify: Processes, stranger: Stranger) -> None:
    tell(stranger, a_head("e5", 5, head="poison"))
    eventually(lambda: heard(notify).parked == 1)
    (parked,) = notify.system.ask(LIST_PARKED["notify"], ListParked()).parked
    assert parked.name == "review.audit_sealed" and parked.reason == "invalid_request"
    assert '"poison"' in notify.system.ask(SHOW_PARKED["notify"], OneParked(parked.event_id)).body
    notify.system.ask(REPLAY_PARKED["notify"], OneParked(parked.event_id))
    eventually(lambda: heard(notify).parked == 1)  # nothing was mended, so it is parked again, not lost


def test_events_that_nobody_could_hear_wait_in_the_queue_of_their_consumer(processes: Processes) -> None:
    processes.start("review")
    processes.system.call("review.move_clock", {"to": "2022-06-06"}, OPERATOR)
    eventually(lambda: processes.system.ask(SETTLEMENT["review"], AskSettlement()).told.get("review.audit_sealed"))
    eventually(lambda: processes.system.ask(SETTLEMENT["review"], AskSettlement()).unsent == 0)
    page = processes.system.ask(EVENTS_SINCE["review"], EventsSince())
    assert page.events == ()  # audit heads are not for outside listeners
    processes.start("notify")
    eventually(lambda: heard(processes).applied.get("review.audit_sealed", 0) >= 1)


def test_queues_are_declared_as_they_are_named_in_the_contract(notify: Processes) -> None:
    with Connection(notify.servers.amqp_url("notify")) as connection:
        channel = connection.default_channel
        topology.rpc_queue("notify")(channel).declare()  # 406 where the arguments had changed
        topology.inbox_queue("notify")(channel).declare()
        topology.DEAD_LETTER_QUEUE(channel).declare()


def test_moving_the_clock_is_refused_where_it_was_not_allowed(processes: Processes) -> None:
    from shared.errors import NotPermitted

    processes.start("notify", ALLOW_CLOCK="0")
    with pytest.raises(NotPermitted):
        processes.system.call("notify.move_clock", {"to": "2022-06-06"}, OPERATOR)
    assert MOVE_CLOCK["notify"].kind == "command"
