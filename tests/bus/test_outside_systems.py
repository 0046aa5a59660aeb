"""The service's own door, on a real broker: whoever got past the broker's fence is refused here, audited and counted.

`portal` has the rights that `skills broker grant` gives; the `stranger` is a user whom the broker allows everything.
"""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from kombu import Connection, Producer, Queue, binding

from shared.bus import topology
from shared.bus.client import Caller
from shared.clock import now
from shared.contracts.kernel.audit import READ_AUDIT, ReadAudit
from shared.errors import NotPermitted, Unauthenticated
from shared.runtime.system_client import OPERATOR, TOKEN_LIFETIME
from shared.security.speaker import Role, Speaker
from tests.bus.conftest import Processes
from tests.bus.test_commands import skills
from tests.bus.test_traps import Stranger, eventually

PATIENCE = 20.0
CALL = '{"args": [], "kwargs": {}}'
GRANT = """
  - system: portal
    methods: [notify.settlement]
"""
PORTAL = Speaker("clerk-1", "portal", Role.OPERATOR)


@dataclass
class Portal:
    """An outside system with the rights that the tool gave it, and the service that it calls."""

    processes: Processes
    url: str

    def token(self, speaker: Speaker = PORTAL) -> str:
        return self.processes.system.issuer.issue(speaker, now(), TOKEN_LIFETIME)

    @contextlib.contextmanager
    def caller(self) -> Iterator[Caller]:
        with contextlib.closing(Caller(self.url)) as caller:
            yield caller

    def audit(self) -> list[tuple[str, str, Any]]:
        """What was done, how it ended, who it was."""
        rows = [row["content"] for row in self.processes.system.ask(READ_AUDIT["notify"], ReadAudit()).rows]
        return [(row["action"], row["outcome"], row["actor"]) for row in rows]

    def refused(self, why: str) -> float:
        """How many calls the service's metrics count as refused for this reason."""
        counted = f'skills_calls_refused_total{{service="notify",why="{why}"}} '
        port = self.processes.services["notify"].http_port
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            connection.request("GET", "/metrics")
            lines = connection.getresponse().read().decode().splitlines()
        return sum(float(line.removeprefix(counted)) for line in lines if line.startswith(counted))


@pytest.fixture
def portal(processes: Processes) -> Iterator[Portal]:
    processes.more_grants = GRANT
    processes.start("notify")
    broker = processes.servers.broker
    told = {"RABBITMQ_MANAGEMENT": f"http://administrator:{broker.password}@{broker.host}:{broker.management_port}"}
    folder = processes.folder / "passwords"
    there = ("--vhost", broker.vhost)
    file = processes.folder / "portal.yaml"
    file.write_text(f"systems:{GRANT}", "utf-8")
    done = skills("broker", "grant", file, *there, "--passwords", folder, **told)
    assert done.returncode == 0, done.stdout + done.stderr
    yield Portal(processes, broker.url("portal", (folder / "portal.password").read_text().strip()))
    done = skills("broker", "revoke", "portal", *there, **told)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "portal" not in broker.management.users()


@pytest.fixture
def stranger(portal: Portal) -> Iterator[Stranger]:
    made = Stranger(portal.processes)
    yield made
    made.close()


def test_a_granted_method_is_answered_and_no_other(portal: Portal) -> None:
    with portal.caller() as caller:
        assert caller.call_raw("notify.settlement", {}, token=portal.token())["parked"] == 0
        # Without topic permissions the broker allows every key: the second fence stands alone.
        broker = portal.processes.servers.broker
        broker.management.ask("DELETE", f"/topic-permissions/{broker.vhost}/portal")
    with portal.caller() as caller, pytest.raises(NotPermitted) as refused:
        caller.call_raw("notify.move_clock", {"to": "2022-06-06"}, token=portal.token(), request_id="r")
    assert refused.value.details == {"reason": "ungranted", "method": "notify.move_clock"}
    assert portal.audit() == [("notify.move_clock", "not_permitted", {"user": "portal"})]
    assert portal.refused("ungranted") == 1


def test_a_token_of_another_system_is_worth_nothing_here(portal: Portal) -> None:
    with portal.caller() as caller:
        for other in (OPERATOR, Speaker("clerk-1", "neighbour", Role.OPERATOR)):
            with pytest.raises(Unauthenticated) as refused:
                caller.call_raw("notify.settlement", {}, token=portal.token(other))
            assert refused.value.details == {"reason": "foreign_token"}
    assert portal.refused("foreign_token") == 2


def test_a_call_without_its_users_name_is_refused(portal: Portal) -> None:
    answers: list[Any] = []
    direct = Queue("amq.rabbitmq.reply-to", no_declare=True)
    with (
        Connection(portal.url) as connection,
        connection.Consumer([direct], no_ack=True, on_message=answers.append) as consumer,
    ):
        Producer(consumer.channel, auto_declare=False).publish(
            CALL,
            exchange="nameko-rpc",
            routing_key="notify.settlement",
            content_type="application/json",
            headers={"nameko.token": portal.token()},
            reply_to=direct.name,
        )
        connection.drain_events(timeout=PATIENCE)
    error = json.loads(answers[0].body)["error"]
    assert (error["code"], error["details"]) == ("unauthenticated", {"reason": "no_user"})
    assert portal.audit() == [("notify.settlement", "unauthenticated", {})]
    assert portal.refused("no_user") == 1


def test_without_a_name_and_with_a_chosen_reply_to_nobody_is_answered(portal: Portal, stranger: Stranger) -> None:
    stranger.send(CALL, user_id=None, headers={"nameko.token": portal.token(OPERATOR)})
    eventually(lambda: portal.refused("no_user") == 1)
    stranger.send(CALL, headers={"nameko.token": portal.token(OPERATOR)})
    assert stranger.answer()["error"] is None  # the first answer that comes is that of the second call


@pytest.mark.parametrize("header", ["CC", "BCC"])
def test_a_call_with_copies_is_refused_or_its_copies_are(portal: Portal, stranger: Stranger, header: str) -> None:
    """`CC` shows; `BCC` is taken away by the broker, so a copy is known by the key of its original."""
    original = "notify.settlement" if header == "CC" else "review.settlement"
    headers = {header: ["notify.settlement"], "nameko.token": portal.token(OPERATOR)}
    stranger.send(CALL, routing_key=original, headers=headers)
    error = stranger.answer()["error"]
    assert (error["code"], error["details"]) == ("not_permitted", {"reason": "copied"})
    assert portal.audit()[0][1:] == ("not_permitted", {"user": "stranger"})
    assert portal.refused("copied") == 1


def test_an_answer_goes_to_nobody_but_the_caller(portal: Portal, stranger: Stranger) -> None:
    chosen = ["reply.victim.here", "b1e7c6a8-1a9c-4c56-9c57-6d2f4a9d0a11", "reply.strange", "notify.settlement"]
    answers: list[Any] = []
    with Connection(portal.processes.stranger_url) as connection:
        bindings = [binding(topology.RPC, routing_key=key) for key in chosen]
        queue = Queue("victim", bindings=bindings, exclusive=True, auto_delete=True)
        with connection.Consumer([queue], no_ack=True, on_message=answers.append):
            for reply_to in chosen:
                stranger.send(CALL, reply_to=reply_to, headers={"nameko.token": portal.token(OPERATOR)})
            eventually(lambda: portal.refused("foreign_reply_to") == len(chosen))
            stranger.send("the last", routing_key=chosen[0])
            while not answers or "the last" not in str(answers[-1].body):
                connection.drain_events(timeout=PATIENCE)
    assert [one for one in answers if "result" in str(one.body)] == []
    assert portal.audit() == [("notify.settlement", "not_permitted", {"user": "stranger"})] * len(chosen)
