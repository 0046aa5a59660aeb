"""One RabbitMQ node with its own cookie, port mapper and data folder, on the loopback interface only.

    folder/
      node.json        its ports and the administrator's password, kept from start to start (0600)
      rabbitmq.conf    written at every start from node.json
      .erlang.cookie   the node's own; Erlang looks for it in HOME
      data/            queues and accounts
      node.pid  epmd.pid  node.log  epmd.log

It runs as root and as any other account. A killed node starts again on the same ports with the same data.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from deploy.local import ports, programs
from deploy.local.folders import private_folder, remember, remembered, write_secret
from deploy.local.processes import Process, Program, environment, read_pid_file
from shared.bus.rabbitmq_api import Management

ADMINISTRATOR = "administrator"
VHOST = "skills"
START_SECONDS = 90.0


@dataclass(frozen=True)
class Broker:
    """Where a node is. `password`: the administrator's."""

    host: str
    port: int
    management_port: int
    mapper_port: int
    distribution_port: int
    password: str = field(repr=False)
    vhost: str = VHOST

    @property
    def admin_url(self) -> str:
        """Where people look at the node in a browser."""
        return f"http://{self.host}:{self.management_port}"

    @property
    def management(self) -> Management:
        """Its management interface, as the administrator."""
        return Management(self.host, self.management_port, ADMINISTRATOR, self.password)

    def url(self, user: str = ADMINISTRATOR, password: str | None = None) -> str:
        """The AMQP address for a user, by default the administrator."""
        secret = quote(self.password if password is None else password, safe="")
        return f"amqp://{quote(user, safe='')}:{secret}@{self.host}:{self.port}/{quote(self.vhost, safe='')}"


class RabbitMQ:
    """A node in a folder. `tied`: it ends when the process that started it does."""

    def __init__(self, folder: Path, *, tied: bool = False) -> None:
        self.folder = folder.absolute()
        self.tied = tied

    @property
    def process(self) -> Process | None:
        """The node's Erlang machine, if it runs."""
        return read_pid_file(self.folder / "node.pid")

    def start(self) -> Broker:
        """Starts port mapper and node and waits until it serves. Raises StartError, MissingProgramError."""
        private_folder(self.folder)
        broker = self._broker()
        if self.process is None:
            self._start_port_mapper(broker)
            self._write_configuration(broker)
            node = self._node(broker)
            process = node.start()
            write_secret(self.folder / "node.pid", str(process))
            node.await_ready(process, broker.management.ready, START_SECONDS)
        return broker

    def stop(self) -> None:
        """Lets the node finish what it is doing, then ends the port mapper."""
        for name in ("node.pid", "epmd.pid"):
            process = read_pid_file(self.folder / name)
            if process is not None:
                process.stop()
            (self.folder / name).unlink(missing_ok=True)

    def kill(self) -> None:
        """Ends the node at once, as a power cut would; `start` brings it back with what was on disk."""
        if (process := self.process) is not None:
            process.kill()

    def _broker(self) -> Broker:
        """Its ports and password as they were, if the ports are still to be had, else new ports."""
        known = remembered(self.folder / "node.json")
        if known is not None and (self.process is not None or self._to_be_had(known)):
            return Broker(**known)
        amqp, management, mapper, distribution = ports.free_ports(4)
        password = known["password"] if known else secrets.token_urlsafe(24)
        values: dict[str, Any] = {
            "host": ports.LOOPBACK,
            "port": amqp,
            "management_port": management,
            "mapper_port": mapper,
            "distribution_port": distribution,
            "password": password,
        }
        remember(self.folder / "node.json", values)
        return Broker(**values)

    def _to_be_had(self, known: dict[str, Any]) -> bool:
        wanted = ["port", "management_port", "distribution_port"]
        if read_pid_file(self.folder / "epmd.pid") is None:
            wanted.append("mapper_port")
        return all(ports.is_free(known[name]) for name in wanted)

    def _start_port_mapper(self, broker: Broker) -> None:
        """A mapper of our own: nodes with other cookies, and the system's own broker, never meet this one."""
        recorded = read_pid_file(self.folder / "epmd.pid")
        if recorded is not None and ports.answers(broker.mapper_port):
            return
        command: list[str | Path] = [
            programs.port_mapper(),
            "-port",
            str(broker.mapper_port),
            "-address",
            broker.host,
        ]
        mapper = Program(command, environment(), self.folder, self.folder / "epmd.log", tied=self.tied)
        process = mapper.start()
        write_secret(self.folder / "epmd.pid", str(process))
        mapper.await_ready(process, partial(ports.answers, broker.mapper_port), START_SECONDS)

    def _write_configuration(self, broker: Broker) -> None:
        lines = (
            f"listeners.tcp.1 = {broker.host}:{broker.port}",
            f"management.tcp.ip = {broker.host}",
            f"management.tcp.port = {broker.management_port}",
            f"default_vhost = {broker.vhost}",
            f"default_user = {ADMINISTRATOR}",
            f"default_pass = {broker.password}",
            "disk_free_limit.absolute = 50MB",
            "log.file = false",
            "log.console = true",
        )
        write_secret(self.folder / "rabbitmq.conf", "\n".join(lines) + "\n")
        write_secret(self.folder / "enabled_plugins", "[rabbitmq_management].\n")
        write_secret(self.folder / "rabbitmq-env.conf", "")

    def _node(self, broker: Broker) -> Program:
        own = environment(
            HOME=str(self.folder),
            ERL_EPMD_PORT=str(broker.mapper_port),
            ERL_EPMD_ADDRESS=broker.host,
            RABBITMQ_NODENAME="skills@localhost",
            RABBITMQ_DIST_PORT=str(broker.distribution_port),
            RABBITMQ_CONFIG_FILE=str(self.folder / "rabbitmq.conf"),
            # An empty file of our own, or the machine's /etc/rabbitmq/rabbitmq-env.conf would have a say.
            RABBITMQ_CONF_ENV_FILE=str(self.folder / "rabbitmq-env.conf"),
            RABBITMQ_ENABLED_PLUGINS_FILE=str(self.folder / "enabled_plugins"),
            RABBITMQ_MNESIA_BASE=str(self.folder / "data"),
            RABBITMQ_LOG_BASE=str(self.folder),
            RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}",
            # The start script becomes the Erlang machine instead of waiting for it: its pid is the node's.
            detached="1",
        )
        return Program([programs.rabbitmq_server()], own, self.folder, self.folder / "node.log", tied=self.tied)
