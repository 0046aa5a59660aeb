"""The system under test: RabbitMQ, PostgreSQL, registry, notify and a stock echo, in a folder of this run's own.

Servers and services are what `make up` starts, with the same accounts and settings, PostgreSQL's fsync included. They
are tied to this process: however it ends, they end.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from benchmarks import stock_echo
from deploy.local.accounts import OPERATOR
from deploy.local.processes import Process, Program, environment
from deploy.local.services import REPOSITORY, Service
from deploy.local.system import LocalSystem, Servers

MEASURED = ("registry", "notify")
"""registry answers and tells, notify hears. The other services aren't needed, and idle loops would only disturb."""

_PENDING = {
    "registry": "SELECT count(*) FROM outbox WHERE sent_at IS NULL",
    "notify": "SELECT count(*) FROM inbox WHERE applied_at IS NULL",
}
_SETTLE_SECONDS = 60
_START_SECONDS = 30


@dataclass(frozen=True)
class KernelHarness:
    """Where everything is. `keys`: the folder that holds the sandbox issuer's key."""

    servers: Servers
    keys: Path
    system: LocalSystem

    def caller_settings(self) -> dict[str, str]:
        """What a caller process is told. Stock nameko declares its reply queue, which our operator may not."""
        return {
            "AMQP_URL": self.servers.amqp_url(OPERATOR),
            "STOCK_AMQP_URL": self.servers.broker.url(),
            "KEYS_DIR": str(self.keys),
        }

    @property
    def folder(self) -> Path:
        return self.system.folder

    def rested_services(self) -> dict[str, Service]:
        """All five by name, none of them running, with a business date that may be moved."""
        services = self.system.services(self.servers, given={"ALLOW_CLOCK": "1"})
        for service in services:
            service.stop()
        return {service.name: service for service in services}

    @retry(retry=retry_if_result(bool), wait=wait_fixed(0.1), stop=stop_after_delay(_SETTLE_SECONDS))
    def settle(self) -> int:
        """Returns when nothing is left to send or apply, so that no load pays for another's events."""
        return sum(int(self.read(service, statement)[0][0]) for service, statement in _PENDING.items())

    def read(self, service: str, statement: str) -> list[tuple[Any, ...]]:
        """All rows of a statement on a service's database."""
        with self.servers.databases.cursor(service) as cursor:
            cursor.execute(statement)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


@contextmanager
def running() -> Iterator[KernelHarness]:
    """Everything started and ready; stopped and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="skills-bench-"))
    folder.chmod(0o755)  # PostgreSQL's own account must pass through
    system = LocalSystem(folder, tied=True)
    stock: Process | None = None
    try:
        servers = system.start_servers()
        keys = system.make_keys()
        _start_services(system, servers)
        stock = _start_stock_echo(folder, servers)
        yield KernelHarness(servers, keys, system)
    finally:
        if stock is not None:
            stock.stop()
        system.stop()
        system.postgresql.remove()
        shutil.rmtree(folder, ignore_errors=True)


def _start_services(system: LocalSystem, servers: Servers) -> None:
    chosen = [service for service in system.services(servers, given={}) if service.name in MEASURED]
    for service in chosen:
        service.migrate()
        service.start()
    for service in chosen:
        service.await_ready()


def _start_stock_echo(folder: Path, servers: Servers) -> Process:
    command = [sys.executable, "-m", stock_echo.__name__]
    log = folder / "log" / "stock_echo.log"
    program = Program(command, environment(AMQP_URL=servers.broker.url()), REPOSITORY, log, tied=True)
    process = program.start()
    program.await_ready(process, lambda: stock_echo.READY in program.tail(), _START_SECONDS)
    return process
