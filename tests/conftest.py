"""The servers of a test run: one RabbitMQ, one PostgreSQL, started when a test first asks, ended with the run.

    rabbitmq, postgresql   the servers themselves, for tests that kill one and start it again
    broker                 the node's address, with a fresh, empty virtual host and every account for each test
    databases              the cluster's address, with the two roles of every service
    servers                both, with the accounts' passwords
    make_database          a function: a migrated (or empty) database of a service, on either dialect
    dialect                "sqlite", then "postgresql": for tests that prove both

They listen on free ports and live in a folder of their own, so they never meet what else runs on the machine. The
kernel ends them with this process, however that ends.
"""

from __future__ import annotations

import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

from deploy.local.accounts import Passwords, create_bus_users, create_database, create_roles, drop_database, owner_of
from deploy.local.postgres import Databases, PostgreSQL
from deploy.local.rabbitmq import ADMINISTRATOR, Broker, RabbitMQ
from deploy.local.system import Servers
from shared.bus.rabbitmq_api import Rights
from shared.store.migrate import upgrade
from tests import forking

settings.register_profile("untimed", deadline=None)  # how busy the machine is proves nothing
settings.load_profile("untimed")


PLAYING = frozenset({"processes", "played", "main_road"})
"""Fixtures of tests that take long."""


@dataclass(frozen=True)
class MadeDatabase:
    """A database of one service. `url`: for the role that runs it; `owner_url`: for the one that owns it."""

    service: str
    dialect: str
    name: str
    url: str
    owner_url: str


def pytest_sessionstart() -> None:
    """SIGTERM ends a run as Ctrl-C does, so that what it started is tidied away."""

    def interrupted(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupted)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that play stories or start services begin first, so that at the end no core waits for one of them."""
    long = {item.path for item in items if PLAYING.intersection(getattr(item, "fixturenames", ()))}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish() -> None:
    """Nothing that a test imports makes this process green: its threads, and who waits for them, stand still then."""
    if getattr(sys.modules.get("eventlet.patcher"), "already_patched", None):
        raise pytest.UsageError("a test module imports shared.runtime.launcher: let a process of its own do so")


@pytest.fixture(scope="session", autouse=True)
def forker() -> Iterator[None]:
    """Ends the process that forks, where a test had it started."""
    yield
    forking.end()


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A folder for the servers. Not below pytest's own, into which PostgreSQL's account may not look."""
    folder = Path(tempfile.mkdtemp(prefix="skills-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def passwords(server_folder: Path) -> Passwords:
    return Passwords.kept_in(server_folder / "accounts.json")


@pytest.fixture(scope="session")
def rabbitmq(server_folder: Path) -> Iterator[RabbitMQ]:
    node = RabbitMQ(server_folder / "rabbitmq", tied=True)
    try:
        node.start()
        yield node
    finally:
        node.kill()
        node.stop()


@pytest.fixture(scope="session")
def postgresql(server_folder: Path) -> Iterator[PostgreSQL]:
    cluster = PostgreSQL(server_folder / "postgresql", tied=True, lasting=False)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture
def broker(rabbitmq: RabbitMQ, passwords: Passwords) -> Iterator[Broker]:
    """The node, started again if the test before killed it, with a virtual host that only this test uses."""
    own = replace(rabbitmq.start(), vhost=f"test-{secrets.token_hex(4)}")
    own.management.ask("PUT", f"/vhosts/{own.vhost}", {})
    own.management.grant(ADMINISTRATOR, own.vhost, Rights())
    create_bus_users(own, passwords)
    yield own
    rabbitmq.start().management.ask("DELETE", f"/vhosts/{own.vhost}")


@pytest.fixture(scope="session")
def roles(postgresql: PostgreSQL, passwords: Passwords) -> Passwords:
    """The passwords, once every service's roles are in the cluster."""
    create_roles(postgresql.start(), passwords)
    return passwords


@pytest.fixture
def databases(postgresql: PostgreSQL, roles: Passwords) -> Databases:
    """The cluster, started again if the test before killed it."""
    return postgresql.start()


@pytest.fixture
def servers(broker: Broker, databases: Databases, passwords: Passwords) -> Servers:
    return Servers(broker, databases, passwords)


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function: the migrated file of a service, made once a run."""
    folder = tmp_path_factory.mktemp("templates")

    @cache
    def template(service: str) -> Path:
        file = folder / f"{service}.db"
        upgrade(service, f"sqlite:///{file}")
        return file

    return template


@pytest.fixture(scope="session")
def postgresql_template(postgresql: PostgreSQL, roles: Passwords) -> Callable[[str], str]:
    """A function: the name of a migrated database of a service, made once a run."""

    @cache
    def template(service: str) -> str:
        name = f"{service}_template"
        databases = postgresql.start()
        create_database(databases, service, name)
        upgrade(service, _postgresql_database(databases, roles, service, name).owner_url, runs_as=service)
        return name

    return template


@pytest.fixture
def make_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., MadeDatabase]]:
    """A function of (service, dialect="postgresql", migrated=True): a database that only this test uses."""
    with ExitStack() as tidying:

        def make(service: str, dialect: str = "postgresql", *, migrated: bool = True) -> MadeDatabase:
            if dialect == "sqlite":
                return _make_sqlite(request, tmp_path, service, migrated)
            databases: Databases = request.getfixturevalue("databases")
            made = _make_postgresql(request, databases, service, migrated)
            tidying.callback(drop_database, databases, made.name)
            return made

        yield make


def _make_sqlite(request: pytest.FixtureRequest, folder: Path, service: str, migrated: bool) -> MadeDatabase:
    name = f"{service}-{secrets.token_hex(4)}"
    file = folder / f"{name}.db"
    if migrated:
        shutil.copyfile(request.getfixturevalue("sqlite_template")(service), file)
    return MadeDatabase(service, "sqlite", name, f"sqlite:///{file}", f"sqlite:///{file}")


def _make_postgresql(
    request: pytest.FixtureRequest, databases: Databases, service: str, migrated: bool
) -> MadeDatabase:
    name = f"{service}_{secrets.token_hex(4)}"
    template = request.getfixturevalue("postgresql_template")(service) if migrated else "template0"
    create_database(databases, service, name, template)
    return _postgresql_database(databases, request.getfixturevalue("roles"), service, name)


def _postgresql_database(databases: Databases, passwords: Passwords, service: str, name: str) -> MadeDatabase:
    owner_role = owner_of(service)
    run = databases.url(name, service, passwords.database[service])
    owner = databases.url(name, owner_role, passwords.database[owner_role])
    return MadeDatabase(service, "postgresql", name, run, owner)
