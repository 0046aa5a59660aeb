"""All callers together: processes of their own, so that what is measured is the service, not the asking."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks import caller
from deploy.local.processes import environment
from deploy.local.services import REPOSITORY


class CallerFailedError(Exception):
    """A caller ended; why stands on standard error."""


@dataclass(frozen=True)
class Callers:
    """Callers that wait for an order."""

    processes: list[subprocess.Popen[str]]

    def rate(self, load: str, seconds: float) -> float:
        """Calls a second, of all callers together, in that many seconds. Raises CallerFailedError."""
        for process in self.processes:
            _send(process, f"{load} {seconds}\n")
        answers = [_receive(process) for process in self.processes]
        return sum(answer["calls"] / answer["seconds"] for answer in answers)


@contextmanager
def waiting(count: int, settings: Mapping[str, str]) -> Iterator[Callers]:
    """`count` callers, ended afterwards."""
    with ExitStack() as ending:
        callers = Callers([])
        for number in range(count):
            command = ["setpriv", "--pdeathsig", "SIGTERM", "--", sys.executable, "-m", caller.__name__, str(number)]
            process = subprocess.Popen(
                command,
                env=environment(**settings),
                cwd=REPOSITORY,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            ending.enter_context(process)
            ending.callback(process.terminate)
            callers.processes.append(process)
        yield callers


def _send(process: subprocess.Popen[str], order: str) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(order)
        process.stdin.flush()
    except BrokenPipeError:
        raise CallerFailedError(str(process.args)) from None


def _receive(process: subprocess.Popen[str]) -> dict[str, float]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise CallerFailedError(str(process.args))
    answer: dict[str, float] = json.loads(line)
    return answer
