"""Broker, databases, accounts and the five services together, under one folder.

folder/
  rabbitmq/  postgresql/    the two servers
  keys/                     signing and encryption keys, made at the first start
  objects/<service>/        encrypted files
  accounts.json             passwords (0600)
  ports.json                HTTP port by service
  <service>.env  <caller>.env  <service>.pid  log/
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local import ports
from deploy.local.accounts import (
    GRANTS_FILE,
    OPERATOR,
    Passwords,
    create_bus_users,
    create_database,
    create_roles,
    local_grants,
    owner_of,
)
from deploy.local.folders import private_folder, remember, remembered, write_secret
from deploy.local.postgres import Databases, PostgreSQL
from deploy.local.rabbitmq import Broker, RabbitMQ
from deploy.local.services import Service, run_skills
from shared.bus.grants import outside_of
from shared.contracts.schema.declare import SERVICES

# What whoever starts the system may set for all services; everything else is decided here.
_PASSED_ON = (
    "ALLOW_CLOCK", "POLICY_PATH", "HOLIDAY_PATH", "SMTP_URL", "MAIL_FROM", "WEBHOOK_HOSTS", "QUIET_FROM", "QUIET_TO",
    "QUIET_ON_DAYS_OFF", "REMINDER_DAYS", "CLOSE_MONTH_AFTER", "CLOSE_YEAR_AFTER", "BANK_SILENT_AFTER",
    "WORKERS", "SEAL_EVERY", "CALL_DELIVERY_LIMIT", "PROVE_EVERY",
)  # fmt: skip


@dataclass(frozen=True)
class Servers:
    """Where the two servers are, and the passwords of the accounts on them."""

    broker: Broker
    databases: Databases
    passwords: Passwords

    def database_url(self, service: str, name: str | None = None) -> str:
        """A service's database, or another of its databases by name, for the role that runs the service."""
        return self.databases.url(name or service, service, self.passwords.database[service])

    def owner_url(self, service: str, name: str | None = None) -> str:
        """The same for the role that owns and migrates it."""
        owner = owner_of(service)
        return self.databases.url(name or service, owner, self.passwords.database[owner])

    def amqp_url(self, user: str) -> str:
        """The bus for a service or the operator."""
        return self.broker.url(user, self.passwords.bus[user])


class LocalSystem:
    """The whole system in a folder. `tied`: all of it ends with its starter. `lasting`: see PostgreSQL."""

    def __init__(self, folder: Path, *, tied: bool = False, lasting: bool = True) -> None:
        self.folder = folder.absolute()
        self.tied = tied
        self.rabbitmq = RabbitMQ(self.folder / "rabbitmq", tied=tied)
        self.postgresql = PostgreSQL(self.folder / "postgresql", tied=tied, lasting=lasting)

    def start_servers(self) -> Servers:
        """Starts broker and databases with an account for each service; does nothing to what already runs."""
        self._make_folder()
        broker, databases = self.rabbitmq.start(), self.postgresql.start()
        passwords = Passwords.kept_in(self.folder / "accounts.json")
        create_roles(databases, passwords)
        for service in SERVICES:
            create_database(databases, service, service)
        create_bus_users(broker, passwords)
        servers = Servers(broker, databases, passwords)
        self._write_callers_settings(servers)
        return servers

    def services(self, servers: Servers, given: Mapping[str, str] = os.environ) -> list[Service]:
        """The five services, each with its settings; none is started by this."""
        passed_on = {name: given[name] for name in _PASSED_ON if given.get(name)}
        http_ports = self._http_ports()
        return [
            Service(name, self.folder, passed_on | self._settings(servers, name, http_ports[name]), self.tied)
            for name in SERVICES
        ]

    def make_keys(self) -> Path:
        """The folder of keys; makes those that are missing."""
        folder = self.folder / "keys"
        run_skills({}, "keys", "init", str(folder))
        return folder

    def stop(self) -> list[str]:
        """Stops what this folder's pid files name, services before servers: the names of what was running."""
        parts: dict[str, Service | RabbitMQ | PostgreSQL] = {
            **{name: Service(name, self.folder, {}) for name in SERVICES},
            "rabbitmq": self.rabbitmq,
            "postgresql": self.postgresql,
        }
        running = [name for name, part in parts.items() if part.process is not None]
        for part in parts.values():
            part.stop()
        return running

    def _make_folder(self) -> None:
        # Others may pass through, as PostgreSQL's own account must; every secret in it is 0600.
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("keys", "objects", "log"):
            private_folder(self.folder / name)

    def _settings(self, servers: Servers, service: str, http_port: int) -> dict[str, str]:
        return {
            "SKILLS_SERVICE": service,
            "DATABASE_URL": servers.database_url(service),
            "DATABASE_OWNER_URL": servers.owner_url(service),
            "AMQP_URL": servers.amqp_url(service),
            "KEYS_DIR": str(self.folder / "keys"),
            "METHOD_GRANTS": str(GRANTS_FILE),
            "OBJECTS_DIR": str(private_folder(self.folder / "objects" / service)),
            "HTTP_PORT": str(http_port),
        }

    def _write_callers_settings(self, servers: Servers) -> None:
        for grant in outside_of(local_grants()):
            lines = [f"AMQP_URL={servers.amqp_url(grant.system)}"]
            if grant.system == OPERATOR:
                lines.append(f"KEYS_DIR={self.folder / 'keys'}")
            write_secret(self.folder / f"{grant.system}.env", "\n".join(lines) + "\n")

    def _http_ports(self) -> dict[str, int]:
        """The ports of the last start where they are still to be had, else new ones."""
        path = self.folder / "ports.json"
        known = remembered(path) or {}
        chosen = dict(zip(SERVICES, ports.free_ports(len(SERVICES)), strict=True))
        for name, port in known.items():
            if ports.is_free(port) or Service(name, self.folder, {}).process is not None:
                chosen[name] = port
        remember(path, chosen)
        return chosen
