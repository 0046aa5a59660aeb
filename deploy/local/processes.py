"""Start, await, stop and kill one program, known by its pid.

A pid alone may have been given to somebody else since; with the moment of its start it names one process for
ever, so that what was started yesterday can be stopped today and nothing else can. Waiting is on the kernel's
word that a process ended (a pidfd), never a sleep.

A process that ended but wasn't reaped counts as ended. The first process of a container often collects no orphans, and
they keep their pid for as long as it runs.
"""

from __future__ import annotations

import os
import pwd
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICK = 0.05

# The programs started by this very process: they must be reaped when they end.
_children: dict[int, subprocess.Popen[bytes]] = {}


class StartError(Exception):
    """A program ended or stayed silent before it was ready; the message holds the end of its log."""


@dataclass(frozen=True)
class Process:
    """One process for ever. `started`: clock ticks after the machine's boot."""

    pid: int
    started: int

    @classmethod
    def parse(cls, text: str) -> Process:
        """From "<pid> <start>", as `str` writes it. Raises ValueError."""
        pid, started = text.split()
        return cls(int(pid), int(started))

    def __str__(self) -> str:
        return f"{self.pid} {self.started}"

    def alive(self) -> bool:
        """Whether this very process runs, and not merely its exit status or another process under its pid."""
        return _start_of(self.pid) == self.started

    def send(self, number: signal.Signals) -> None:
        """Sends a signal, if the process still lives."""
        if self.alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def wait(self, seconds: float) -> bool:
        """True once it has ended, False when the time is up."""
        if self.alive():
            with suppress(ProcessLookupError):
                _await_end(self.pid, seconds)
        if self.alive():
            return False
        if self.pid in _children:
            _children.pop(self.pid).wait()
        return True

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 30) -> None:
        """Asks it to end, and kills it with its descendants where it doesn't in time."""
        self.send(number)
        if not self.wait(seconds):
            self.kill()

    def kill(self) -> None:
        """Ends it and its descendants at once, without a chance to tidy up, as a power cut would."""
        family = [self, *self.descendants()]
        for process in family:
            process.send(signal.SIGKILL)
        for process in family:
            process.wait(10)

    def descendants(self) -> list[Process]:
        """Its children, their children and so on, that live now."""
        if not self.alive():
            return []
        family, parents = [], _parents()
        generation = {self.pid}
        while generation:
            generation = {pid for pid, parent in parents.items() if parent in generation}
            family += [Process(pid, started) for pid in generation if (started := _start_of(pid)) is not None]
        return family


@dataclass(frozen=True)
class Program:
    """What to start. `account`: whom to run as, None for the caller. `tied`: it ends with its starter."""

    command: Sequence[str | Path]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    account: pwd.struct_passwd | None = None
    tied: bool = False
    tie: signal.Signals = signal.SIGTERM

    def start(self) -> Process:
        """Starts it in a session of its own, its output appended to the log, for its starter's eyes."""
        self.log.touch(mode=0o600)
        with self.log.open("ab") as log:
            child = subprocess.Popen(  # noqa: S603 - the command is built by this package, never from input
                [*self._tie(), *map(str, self.command)],
                env=dict(self.environment),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.account.pw_uid if self.account else None,
                group=self.account.pw_gid if self.account else None,
                extra_groups=[] if self.account else None,
            )
        started = _start_of(child.pid)
        if started is None:
            raise StartError(f"{self.command[0]} ended with {child.wait()} at once:\n{self.tail()}")
        _children[child.pid] = child
        return Process(child.pid, started)

    def await_ready(self, process: Process, ready: Callable[[], bool], seconds: float) -> None:
        """Returns once `ready()`; raises StartError when the program ends first or the time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            if process.wait(_TICK):
                raise StartError(f"{self.command[0]} ended before it was ready:\n{self.tail()}")
            if time.monotonic() > deadline:
                process.kill()
                raise StartError(f"{self.command[0]} wasn't ready after {seconds:.0f} s:\n{self.tail()}")

    def tail(self, lines: int = 20) -> str:
        """The end of its log."""
        text = self.log.read_text("utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def _tie(self) -> list[str]:
        """The kernel sends `tie` when the starting thread ends, by SIGKILL too: no server is left behind.

        A starter that ended before the kernel was told sends nothing any more, so it is looked for afterwards.
        """
        if not self.tied:
            return []
        if_not_orphaned = 'test "$PPID" = "$0" && exec "$@"'
        return ["setpriv", "--pdeathsig", self.tie.name, "--", "sh", "-c", if_not_orphaned, str(os.getpid())]


def environment(**own: str) -> dict[str, str]:
    """This process's environment without what steers other people's servers, and with the values given."""
    foreign = ("RABBITMQ_", "ERL_", "PG", "NOTIFY_SOCKET")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | own


def is_running(pid: int) -> bool:
    """Whether a process runs under that pid. False where it ended, and where it ended and wasn't reaped yet."""
    return _start_of(pid) is not None


def works_in(folder: Path) -> bool:
    """Whether a process runs whose working folder is `folder`, as far as this account may see."""
    there = folder.resolve()
    return any(_folder_of(pid) == there and is_running(pid) for pid in _pids())


def read_pid_file(path: Path) -> Process | None:
    """The recorded process, if it still lives."""
    if not path.exists():
        return None
    process = Process.parse(path.read_text("ascii"))
    return process if process.alive() else None


def _await_end(pid: int, seconds: float) -> None:
    descriptor = os.pidfd_open(pid)
    try:
        select.select([descriptor], [], [], seconds)
    finally:
        os.close(descriptor)


def _start_of(pid: int) -> int | None:
    """When the process started, in ticks after boot; None where there is none, or only its exit status."""
    fields = _status(pid)
    return None if fields is None or fields[0] in "ZX" else int(fields[19])


def _parents() -> dict[int, int]:
    return {pid: int(fields[1]) for pid in _pids() if (fields := _status(pid)) is not None}


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _folder_of(pid: int) -> Path | None:
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:  # it ended, or is another account's
        return None


def _status(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name, which may itself hold spaces and brackets."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()
