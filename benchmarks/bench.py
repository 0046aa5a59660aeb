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
from functools import cached_property
from pathlib import Path

from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from benchmarks.stock_echo_process import start_stock_echo
from deploy.local.accounts import OPERATOR
from deploy.local.processes import Process
from deploy.local.system import LocalSystem, Servers

MEASURED = ("registry", "notify")
"""registry answers and tells; notify hears. The others aren't needed, and idle processes would only disturb."""

SETTLE_SECONDS = 60
_PENDING = {
    "registry": "SELECT count(*) FROM outbox WHERE sent_at IS NULL",
    "notify": "SELECT count(*) FROM inbox WHERE applied_at IS NULL",
}


@dataclass(frozen=True)
class Bench:
    """Where everything is. `keys`: the sandbox's key folder; `stock_url`: the broker for stock nameko's two ends."""

    servers: Servers
    keys: Path

    @property
    def amqp_url(self) -> str:
        """The bus for a caller of ours."""
        return self.servers.amqp_url(OPERATOR)

    @cached_property
    def stock_url(self) -> str:
        return self.servers.broker.url()

    @retry(retry=retry_if_result(bool), wait=wait_fixed(0.1), stop=stop_after_delay(SETTLE_SECONDS))
    def settle(self) -> int:
        """Returns (0) when nothing is left to send or apply, so that one load never pays for another's events."""
        return sum(int(self.read(service, statement)[0][0]) for service, statement in _PENDING.items())

    def read(self, service: str, statement: str) -> list[tuple[str, ...]]:
        """All rows of a statement on a service's database."""
        with self.servers.databases.cursor(service) as cursor:
            cursor.execute(statement)
            rows: list[tuple[str, ...]] = cursor.fetchall()
        return rows
