"""`skills` commands without the price of starting Python: one process imports them all and forks for each that is run.

What runs is the same command in a process of its own, with its own environment, output and end; only the imports and
the parsed documents are shared. That a new interpreter runs them too is shown by the main road, the demo, the commands
on files and sheets, and `make up`, which all start one.

    tests --(a packet for each command: what to run, and where to report and to print)--> this module as a program
          <--("pid start", and at the end its exit code)-- a pipe of each command
"""

from __future__ import annotations

import array
import ctypes
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import waitpid, write  # as they are before the launcher makes them green
from pathlib import Path
from select import POLLIN, poll
from typing import IO

from deploy.local.processes import Process, environment
from deploy.local.services import REPOSITORY

PACKET = 1 << 20
"""Bytes that a command with its environment may take at most."""
DESCRIPTORS = 3
"""Sent with each packet: where to report, standard output, standard error."""
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Forked:
    """A command that runs. `report`: what its starter still has to say of it."""

    process: Process
    report: IO[str]

    def wait(self) -> int:
        """Its exit code, once it ended; the signal's negative number where it was killed."""
        with self.report:
            return int(self.report.readline())

    def left_alone(self) -> Process:
        """Its process, whose end nobody waits for here."""
        self.report.close()
        return self.process


def fork(arguments: Sequence[str], told: Mapping[str, str], out: IO[bytes], errors: IO[bytes]) -> Forked:
    """Starts `skills ARGUMENTS` with the environment `told`; it is ended with this process."""
    reading, writing = os.pipe()
    packet = json.dumps({"arguments": list(arguments), "environment": dict(told)}).encode()
    rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [writing, out.fileno(), errors.fileno()]))
    try:
        _forker().requests.sendmsg([packet], [rights])  # whole or not at all, so that threads may share it
    finally:
        os.close(writing)
    report = os.fdopen(reading, encoding="ascii")
    return Forked(Process.parse(report.readline()), report)


@dataclass(frozen=True)
class _Forker:
    """The process that forks. It ends when the other end of its socket does."""

    requests: socket.socket
    process: subprocess.Popen[bytes]

    def end(self) -> None:
        self.requests.close()
        self.process.wait()


_starting = threading.Lock()
_started: list[_Forker] = []


def _forker() -> _Forker:
    """The one of this process, started when it is first needed."""
    with _starting:
        if not _started:
            _started.append(_start())
        return _started[0]


def end() -> None:
    """Ends the process that forks, with what it still runs, where there is one."""
    with _starting:
        while _started:
            _started.pop().end()


def _start() -> _Forker:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for side in (ours, theirs):
        side.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, PACKET)
    command = [sys.executable, "-m", "tests.forking", str(theirs.fileno())]
    with theirs:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment(), pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
        )
    return _Forker(ours, process)


# --- the program ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Command:
    """What a child shall run, and with what."""

    arguments: list[str]
    environment: dict[str, str]
    out: int
    errors: int


def _import_all() -> None:
    """Everything that any command imports, and the packaged documents."""
    commands = importlib.import_module("cli.main")
    importlib.import_module("shared.runtime.launcher")  # green before all others
    for place in commands.COMMANDS.values():
        importlib.import_module(place.partition(":")[0])
    for service in importlib.import_module("shared.contracts.schema.declare").SERVICES:
        importlib.import_module(f"services.{service}.service")
    importlib.import_module("shared.runtime.rulebook").checked_policies()


def _next_command(requests: socket.socket) -> _Command | None:
    """Forks for every packet and reports how each child ended. Returns in each child, and at the end of all."""
    waiting = poll()
    waiting.register(requests, POLLIN)
    reports: dict[int, tuple[int, int]] = {}
    while True:
        for descriptor, _ in waiting.poll():
            if descriptor in reports:
                waiting.unregister(descriptor)
                _report_end(descriptor, *reports.pop(descriptor))
                continue
            packet, received, *_ = socket.recv_fds(requests, PACKET, DESCRIPTORS)
            if not packet:
                return None
            report, out, errors = received
            if (child := os.fork()) == 0:
                os.close(report)
                requests.close()
                return _Command(**json.loads(packet), out=out, errors=errors)
            for unneeded in (out, errors):
                os.close(unneeded)
            watched = os.pidfd_open(child)
            reports[watched] = (child, report)
            waiting.register(watched, POLLIN)
            _write(report, f"{child} {_ticks(child)}\n")


def _report_end(watched: int, child: int, report: int) -> None:
    _, status = waitpid(child, 0)
    _write(report, f"{os.waitstatus_to_exitcode(status)}\n")
    os.close(report)
    os.close(watched)


def _write(report: int, line: str) -> None:
    try:
        write(report, line.encode("ascii"))
    except BrokenPipeError:
        return  # nobody waits for it any more


def _ticks(child: int) -> int:
    """Clock ticks after the machine's boot."""
    return int(Path(f"/proc/{child}/stat").read_text("ascii").rpartition(")")[2].split()[19])


def _become(command: _Command) -> None:
    """Makes this child what a new interpreter with that environment and that output would be."""
    os.setsid()
    importlib.import_module(
        "eventlet.hubs"
    ).use_hub()  # of its own: on a shared epoll each wakes for all others' sockets
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    for opened, standard in ((command.out, 1), (command.errors, 2)):
        os.dup2(opened, standard)
        os.close(opened)
    os.environ.clear()
    os.environ.update(command.environment)
    if command.environment.get("PYTHONUNBUFFERED"):
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    sys.argv = ["skills", *command.arguments]


if __name__ == "__main__":
    requests = socket.socket(fileno=int(sys.argv[1]))
    _import_all()
    if (given := _next_command(requests)) is not None:
        _become(given)
        importlib.import_module("cli.main").main(prog_name="skills")
