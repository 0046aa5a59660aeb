"""Services as real processes on the run's own RabbitMQ and PostgreSQL, one virtual host and five databases a test.

Each is a fork of a process that has imported everything (`tests.forking`): it may be killed like any other.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest

from deploy.local import ports
from deploy.local.accounts import GRANTS_FILE, OPERATOR
from deploy.local.processes import Process, Program
from deploy.local.services import SKILLS, Service
from deploy.local.system import Servers
from shared.bus.rabbitmq_api import Rights
from shared.clock import beijing_today
from shared.contracts.schema.declare import SERVICES
from shared.runtime.system_client import SANDBOX_ISSUER, System, system_at
from shared.security import key_files
from shared.security.keys import FolderSource, Keys
from tests.forking import fork

STRANGER = "stranger"
STRANGER_GRANT = f"""
  - system: {STRANGER}
    tokens_of: [cli, sandbox]
    methods: ["*"]
"""


@dataclass(frozen=True)
class ForkedProgram(Program):
    """A `skills` command that no new interpreter is started for."""

    def start(self) -> Process:
        self.log.touch(mode=0o600)
        with self.log.open("ab") as log:
            return fork([str(word) for word in self.command[len(SKILLS) :]], self.environment, log, log).left_alone()


class ForkedService(Service):
    """A service in a process that was forked."""

    def _program(self) -> Program:
        return ForkedProgram(**vars(super()._program()))


@dataclass
class Processes:
    """Services as processes. `deaths`: where each service is yet to die, one boundary a life (`keep_alive`).

    `skills`: the command line that they are started by.
    """

    folder: Path
    servers: Servers
    make_database: Callable[..., object]
    urls: dict[str, str] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    deaths: dict[str, list[str]] = field(default_factory=dict)
    restarts: int = 0
    more_grants: str = ""
    skills: Sequence[str] = SKILLS

    @property
    def keys_dir(self) -> Path:
        return self.folder / "keys"

    @property
    def grants_file(self) -> Path:
        """What may be called: as `make up` grants it, and everything by the `stranger` of these tests."""
        return self.folder / "grants.yaml"

    @property
    def amqp_url(self) -> str:
        return self.servers.amqp_url(OPERATOR)

    @cached_property
    def system(self) -> System:
        return system_at(self.amqp_url, Keys(FolderSource(self.keys_dir)))

    @cached_property
    def stranger_url(self) -> str:
        """The bus as a user of the tests' own, who may do everything on the broker: only the services can refuse it."""
        broker, password = self.servers.broker, secrets.token_urlsafe(16)
        broker.management.add_user(STRANGER, password)
        broker.management.grant(STRANGER, broker.vhost, Rights())
        return broker.url(STRANGER, password)

    def start(self, *names: str, **environment: str) -> None:
        """Starts services (all five by default) and returns when they are ready."""
        key_files.init(self.keys_dir, SERVICES, [SANDBOX_ISSUER], beijing_today())
        if not self.grants_file.exists():
            self.grants_file.write_text(GRANTS_FILE.read_text("utf-8") + STRANGER_GRANT + self.more_grants, "utf-8")
        for name in names or SERVICES:
            self.services[name] = self.made(name, environment)
            self.services[name].start()
        for name in names or SERVICES:
            self.services[name].await_ready()

    def keep_alive(self, until: threading.Event) -> None:
        """Starts again whichever has died, as Kubernetes would, until told to end."""
        while not until.wait(0.05):
            for name, service in self.services.items():
                if service.process is None and not until.is_set():
                    self.restarts += 1
                    self.services[name] = self.made(name, {})
                    self.services[name].start()

    def stop(self) -> None:
        self.system.close()
        for service in self.services.values():
            service.kill()

    def _next_death(self, name: str) -> dict[str, str]:
        waiting = self.deaths.get(name)
        return {"CRASH_AT": waiting.pop(0)} if waiting else {}

    def made(self, name: str, environment: dict[str, str]) -> Service:
        """A service that isn't started by this."""
        if name not in self.urls:
            self.urls[name] = self.make_database(name).url  # type: ignore[attr-defined]
        settings = {
            "DATABASE_URL": self.urls[name],
            "AMQP_URL": self.servers.amqp_url(name),
            "KEYS_DIR": str(self.keys_dir),
            "METHOD_GRANTS": str(self.grants_file),
            "OBJECTS_DIR": str(self.folder / "objects" / name),
            "HTTP_PORT": str(ports.free_ports(1)[0]),
            "ALLOW_CLOCK": "1",
            "SEAL_EVERY": "1",
            **self._next_death(name),
            **environment,
        }
        if self.skills == SKILLS:
            return ForkedService(name, self.folder, settings, tied=True)
        return Service(name, self.folder, settings, tied=True, skills=self.skills)


@pytest.fixture
def processes(servers: Servers, tmp_path: Path, make_database: Callable[..., object]) -> Iterator[Processes]:
    with ExitStack() as ending:
        made = Processes(tmp_path, servers, make_database)
        ending.callback(made.stop)
        yield made
