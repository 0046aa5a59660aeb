"""Playing stories as an official does: the `skills` command in a process of its own, on a system of its own.

Most processes are forks of one that has imported everything (`tests.forking`); `started_anew` is for those that shall
show that a new interpreter does as well.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from deploy.local.processes import environment
from deploy.local.services import REPOSITORY, SKILLS
from tests.bus.conftest import Processes
from tests.forking import fork

STORIES = REPOSITORY / "programmes" / "apprenticeship" / "stories"
MAIN_ROAD = STORIES / "main-road.yaml"
ONE_TRAINING = STORIES / "one-training.yaml"
PROOF = ("call", "subsidy.prove_ledger")
"""Asks for what the ledger and its recomputation differ in."""
FOREIGN = (
    "POLICY_PATH", "HOLIDAY_PATH", "SMTP_URL", "WEBHOOK_HOSTS", "QUIET_FROM", "QUIET_TO", "REMINDER_DAYS",
    "CLOSE_MONTH_AFTER", "CLOSE_YEAR_AFTER",
)  # fmt: skip
"""What whoever starts the tests may have set for systems of his own."""


def own_environment(**told: str) -> dict[str, str]:
    """The environment of a command: this process's without what belongs to other systems, and `told`."""
    return {name: value for name, value in environment().items() if name not in FOREIGN} | told


def skills(*arguments: object, **told: str) -> subprocess.CompletedProcess[str]:
    """The command, run to its end; `told`: its environment besides this process's."""
    command = [str(argument) for argument in arguments]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        code = fork(command, own_environment(**told), out, errors).wait()
        printed = []
        for file in (out, errors):
            file.seek(0)
            printed.append(file.read().decode())
    return subprocess.CompletedProcess(command, code, *printed)


def started_anew(*arguments: object, **told: str) -> subprocess.CompletedProcess[str]:
    """The same, by an interpreter of its own."""
    command = [*SKILLS, *map(str, arguments)]
    return subprocess.run(
        command, env=own_environment(**told), cwd=REPOSITORY, capture_output=True, text=True, check=False
    )


def says(*arguments: object, **told: str) -> str:
    """What the command printed; the test fails with all of its output where it failed."""
    done = skills(*arguments, **told)
    assert done.returncode == 0, f"skills {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}"
    return done.stdout


def on_folder(folder: Path) -> tuple[object, ...]:
    """Options of a command for the embedded system on a folder."""
    return ("--data", folder / "data")


def on_processes(processes: Processes) -> tuple[object, ...]:
    """The same for a running system."""
    return ("--amqp", processes.amqp_url, "--keys", processes.keys_dir)
