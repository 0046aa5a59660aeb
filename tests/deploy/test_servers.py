"""The servers that tests and `make up` stand on: private, separate, and still there after a kill."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable

import amqp
import kombu
import psycopg2
import pytest

from deploy.local.accounts import OPERATOR, Passwords
from deploy.local.postgres import Databases, PostgreSQL
from deploy.local.rabbitmq import Broker, RabbitMQ
from shared.bus.broker_rights import CALLS
from shared.bus.topology import rpc_queue
from shared.contracts.schema.declare import SERVICES
from shared.store.database import Database
from shared.store.migrate import is_current
from tests.conftest import MadeDatabase


def _connected(url: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(url.replace("+psycopg2", ""), connect_timeout=5)


def _sent_and_read(url: str, queue: str) -> str:
    with kombu.Connection(url) as connection, connection.SimpleQueue(queue) as simple:
        simple.put("still here")
        return str(simple.get(timeout=10).payload)


def test_a_service_reaches_its_own_database_and_no_other(
    make_database: Callable[..., MadeDatabase], passwords: Passwords
) -> None:
    own = make_database("subsidy", migrated=False)
    _connected(own.url).close()
    intruder = own.url.replace(passwords.database["subsidy"], passwords.database["registry"])
    with pytest.raises(psycopg2.OperationalError, match="CONNECT"):
        _connected(intruder.replace("//subsidy:", "//registry:"))


def test_the_running_role_makes_no_tables_and_the_owner_makes_tables_and_btree_gist(
    make_database: Callable[..., MadeDatabase],
) -> None:
    made = make_database("training", migrated=False)
    with _connected(made.owner_url) as owner, owner.cursor() as cursor:
        cursor.execute("CREATE EXTENSION btree_gist")
        cursor.execute("CREATE TABLE proof (id INTEGER)")
    owner.close()
    run = _connected(made.url)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        run.cursor().execute("CREATE TABLE intrusion (id INTEGER)")
    run.close()


def test_a_killed_database_comes_back_on_its_port_with_what_was_committed(
    make_database: Callable[..., MadeDatabase], postgresql: PostgreSQL
) -> None:
    made = make_database("notify", migrated=False)
    with _connected(made.owner_url) as owner, owner.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (id INTEGER)")
        cursor.execute("INSERT INTO kept VALUES (7)")
    owner.close()
    postgresql.kill()
    assert postgresql.process is None
    postgresql.start()
    with _connected(made.owner_url) as owner, owner.cursor() as cursor:
        cursor.execute("SELECT id FROM kept")
        assert cursor.fetchall() == [(7,)]
    owner.close()


def test_a_killed_database_comes_back_while_its_pid_is_still_taken(
    databases: Databases, postgresql: PostgreSQL
) -> None:
    server = postgresql.process
    assert databases.ready() and server is not None
    for process in (server, *server.descendants()):
        process.send(signal.SIGKILL)
    os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)  # ended, and nobody collects it
    assert postgresql.start().ready()
    assert server.wait(0)


def test_a_killed_broker_comes_back_on_its_port_with_its_accounts_and_queues(
    broker: Broker, rabbitmq: RabbitMQ, passwords: Passwords
) -> None:
    url = broker.url("subsidy", passwords.bus["subsidy"])
    confirmed = {"confirm_publish": True}
    with (
        kombu.Connection(url, transport_options=confirmed) as connection,
        connection.SimpleQueue("durable") as queue,
    ):
        queue.put("kept", delivery_mode=2)
    rabbitmq.kill()
    assert rabbitmq.process is None
    rabbitmq.start()
    with kombu.Connection(url) as connection, connection.SimpleQueue("durable") as queue:
        assert queue.get(timeout=10).payload == "kept"


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_speaks_on_the_bus_under_its_own_name(broker: Broker, passwords: Passwords, service: str) -> None:
    assert _sent_and_read(broker.url(service, passwords.bus[service]), f"{service}-own") == "still here"


def test_the_operator_asks_a_service_and_is_answered(broker: Broker, passwords: Passwords) -> None:
    with (
        kombu.Connection(broker.url("subsidy", passwords.bus["subsidy"])) as service,
        kombu.Connection(broker.url(OPERATOR, passwords.bus[OPERATOR])) as client,
    ):
        calls = rpc_queue("subsidy")(service.default_channel)
        calls.declare()
        answers: list[str] = []
        reply_to = kombu.Queue("amq.rabbitmq.reply-to", no_declare=True)
        with client.Consumer(reply_to, callbacks=[lambda body, _: answers.append(body)], no_ack=True):
            producer = client.Producer(auto_declare=False)
            producer.publish("asked", exchange=CALLS, routing_key="subsidy.get_claim", reply_to=reply_to.name)
            with service.SimpleQueue(calls, no_ack=True) as asked:
                question = asked.get(timeout=10)
            service.Producer().publish(f"{question.payload} and answered", routing_key=question.properties["reply_to"])
            client.drain_events(timeout=10)
    assert answers == ["asked and answered"]


def test_the_operator_may_not_make_a_queue_or_read_one_of_the_services(broker: Broker, passwords: Passwords) -> None:
    with kombu.Connection(broker.url("subsidy", passwords.bus["subsidy"])) as service:
        rpc_queue("subsidy")(service.default_channel).declare()
    url = broker.url(OPERATOR, passwords.bus[OPERATOR])
    with kombu.Connection(url) as client, pytest.raises(amqp.exceptions.AccessRefused):
        client.default_channel.queue_declare("own")
    with kombu.Connection(url) as client, pytest.raises(amqp.exceptions.AccessRefused):
        client.default_channel.basic_get("rpc-subsidy")


@pytest.mark.parametrize("key", ["0b0fd3a1-reply", "subsidy.events.claim_decided"])
def test_the_operator_may_not_publish_to_a_key_that_is_no_method(
    broker: Broker, passwords: Passwords, key: str
) -> None:
    with kombu.Connection(broker.url("subsidy", passwords.bus["subsidy"])) as service:
        rpc_queue("subsidy")(service.default_channel).declare()
    url = broker.url(OPERATOR, passwords.bus[OPERATOR])
    with kombu.Connection(url, transport_options={"confirm_publish": True}) as client:
        producer = client.Producer(auto_declare=False)
        with pytest.raises(amqp.exceptions.AccessRefused):
            producer.publish("forged", exchange=CALLS, routing_key=key)


def test_the_servers_secrets_are_for_their_owner_only(rabbitmq: RabbitMQ, postgresql: PostgreSQL) -> None:
    secrets = [rabbitmq.folder / "node.json", rabbitmq.folder / "rabbitmq.conf", rabbitmq.folder / ".erlang.cookie"]
    for path in [*secrets, postgresql.folder / "cluster.json"]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_made_database_stands_at_the_newest_migration_on_both_dialects(
    make_database: Callable[..., MadeDatabase], dialect: str
) -> None:
    database = Database(make_database("notify", dialect).url)
    try:
        assert is_current("notify", database)
    finally:
        database.dispose()
