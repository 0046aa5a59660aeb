"""One PostgreSQL cluster with its own data folder, listening on the loopback interface only, with passwords.

    folder/
      cluster.json     its port and the superuser's password, kept from start to start (0600)
      server.pid  server.log
      data/            the cluster; below /var/tmp where the database's account can't reach this folder

PostgreSQL refuses to run as root; root's cluster runs as the account `postgres`, or `nobody`. A killed
cluster starts again on the same port with the same data.
"""

from __future__ import annotations

import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2

from deploy.local import ports, programs
from deploy.local.folders import (
    folder_for,
    private_folder,
    remember,
    remembered,
    unprivileged_account,
    write_secret,
)
from deploy.local.processes import Process, Program, StartError, environment, is_running, read_pid_file, works_in

SUPERUSER = "administrator"
START_SECONDS = 60.0
GONE_SECONDS = 15.0


@dataclass(frozen=True)
class Databases:
    """Where a cluster is. `password`: the superuser's."""

    host: str
    port: int
    password: str = field(repr=False)

    def url(self, database: str, user: str = SUPERUSER, password: str | None = None) -> str:
        """The SQLAlchemy address of a database for a role; passwords made here need no quoting."""
        secret = self.password if password is None else password
        return f"postgresql+psycopg2://{user}:{secret}@{self.host}:{self.port}/{database}"

    @contextmanager
    def cursor(self, database: str = "postgres") -> Iterator[Any]:
        """A superuser's cursor; every statement commits by itself, as CREATE DATABASE demands."""
        connection = psycopg2.connect(
            host=self.host,
            port=self.port,
            user=SUPERUSER,
            password=self.password,
            dbname=database,
            connect_timeout=5,
        )
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def ready(self) -> bool:
        """True once the cluster takes connections."""
        try:
            with self.cursor() as cursor:
                cursor.execute("SELECT 1")
        except psycopg2.OperationalError:
            return False
        return True


class PostgreSQL:
    """A cluster in a folder. `tied`: it ends with its starter. `lasting`: commits survive a power cut.

    A test may do without `lasting`: a killed server loses nothing even then, only a machine that fails does.
    """

    def __init__(self, folder: Path, *, tied: bool = False, lasting: bool = True) -> None:
        self.folder = folder.absolute()
        self.tied = tied
        self.lasting = lasting
        self.account = unprivileged_account()
        self.data = folder_for(self.account, self.folder / "data" / "cluster")

    @property
    def process(self) -> Process | None:
        """The server's first process, if it runs."""
        return read_pid_file(self.folder / "server.pid")

    def start(self) -> Databases:
        """Starts it, new if need be, and waits until it serves. Raises StartError, MissingProgramError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._refuse_data_without_password()
        databases = self._databases()
        if self.process is None:
            self._initialise(databases.password)
            _await_end_of(self.data)
            server = self._server(databases)
            process = server.start()
            write_secret(self.folder / "server.pid", str(process))
            server.await_ready(process, partial(_ready, databases), START_SECONDS)
        return databases

    def stop(self) -> None:
        """Ends it at once for its clients, but tidily: SIGINT is PostgreSQL's fast shutdown."""
        if (process := self.process) is not None:
            process.stop(signal.SIGINT)
        (self.folder / "server.pid").unlink(missing_ok=True)

    def kill(self) -> None:
        """Ends all its processes at once, as a power cut would; `start` recovers what was committed."""
        if (process := self.process) is not None:
            process.kill()

    def remove(self) -> None:
        """Stops it and deletes its folder and its data."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _databases(self) -> Databases:
        """Its port and password as they were, if the port is still to be had, else a new port."""
        known = remembered(self.folder / "cluster.json")
        if known is not None and (self.process is not None or ports.is_free(known["port"])):
            return Databases(**known)
        password = known["password"] if known else secrets.token_urlsafe(24)
        values: dict[str, Any] = {
            "host": ports.LOOPBACK,
            "port": ports.free_ports(1)[0],
            "password": password,
        }
        remember(self.folder / "cluster.json", values)
        return Databases(**values)

    def _refuse_data_without_password(self) -> None:
        """A stand-in outlives a deleted folder, and the password that it was made with doesn't."""
        if (self.data / "PG_VERSION").exists() and not (self.folder / "cluster.json").exists():
            raise StartError(
                f"{self.data} holds the databases of an earlier {self.folder}, whose password went with that folder.\n"
                f"To begin anew, type: rm -rf {self.data}"
            )

    def _initialise(self, password: str) -> None:
        """Makes an empty cluster: UTF-8, sorted by code point, every connection by password."""
        if (self.data / "PG_VERSION").exists():
            return
        private_folder(self.data, self.account)
        secret = self.data.with_name(f"{self.data.name}.password")
        write_secret(secret, password, self.account)
        try:
            self._run_initdb(secret)
        finally:
            secret.unlink()

    def _run_initdb(self, secret: Path) -> None:
        command = [
            programs.postgres("initdb"),
            *("--pgdata", self.data, "--username", SUPERUSER, "--pwfile", secret),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"),
            *(() if self.lasting else ("--no-sync",)),
        ]
        done = subprocess.run(  # noqa: S603 - the command is built here, never from input
            [str(part) for part in command],
            env=environment(),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            user=self.account.pw_uid if self.account else None,
            group=self.account.pw_gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise StartError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _server(self, databases: Databases) -> Program:
        settings = {
            "port": databases.port,
            "listen_addresses": databases.host,
            "unix_socket_directories": "",
            "max_connections": 200,
            "timezone": "UTC",
            "log_timezone": "UTC",
            "fsync": "on" if self.lasting else "off",
            # A failed statement and the detail of its failure hold people's values: neither goes to the log.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command: list[str | Path] = [programs.postgres("postgres"), "-D", self.data, *options]
        log = self.folder / "server.log"
        # cwd "/": the account may not be allowed into the folder from which this was started.
        return Program(command, environment(), Path("/"), log, self.account, tied=self.tied, tie=signal.SIGINT)


def _await_end_of(data: Path) -> None:
    """Returns once nothing of an earlier server works on `data`, and takes away the lock that it left behind.

    PostgreSQL believes whatever bears the pid in the lock: a server that was killed and not reaped would keep the next
    one out for ever. After GONE_SECONDS it returns all the same: PostgreSQL then says itself what stands in its way.
    """
    lock = data / "postmaster.pid"
    deadline = time.monotonic() + GONE_SECONDS
    while lock.exists() and time.monotonic() < deadline:
        if is_running(int(lock.read_text("ascii").split()[0])) or works_in(data):
            time.sleep(0.1)
        else:
            lock.unlink()


def _ready(databases: Databases) -> bool:
    return ports.answers(databases.port) and databases.ready()
