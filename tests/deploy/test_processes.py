"""A process is known for ever by its pid and the moment of its start, and ends with whoever started it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.processes import Process, Program, StartError, environment, read_pid_file

ENDLESS = ("tail", "-f", "/dev/null")
STARTER = """
import sys
from pathlib import Path
from deploy.local.processes import Program, environment
folder = Path(sys.argv[1])
print(Program(%r, environment(), folder, folder / "log", tied=True).start(), flush=True)
sys.stdin.read()
"""


def _program(folder: Path, *command: str) -> Program:
    return Program(command, environment(), folder, folder / "log")


def test_a_pid_that_was_given_to_another_process_is_never_signalled() -> None:
    us_by_number_only = Process(os.getpid(), started=0)
    assert not us_by_number_only.alive()
    us_by_number_only.kill()
    us_by_number_only.stop()


def test_a_recorded_process_is_found_again_until_it_ends(tmp_path: Path) -> None:
    process = _program(tmp_path, *ENDLESS).start()
    record = tmp_path / "pid"
    record.write_text(str(process))
    assert read_pid_file(record) == process
    process.stop()
    assert read_pid_file(record) is None


def test_a_kill_reaches_the_children_that_made_sessions_of_their_own(tmp_path: Path) -> None:
    shell = _program(tmp_path, "sh", "-c", "setsid tail -f /dev/null & echo started; wait")
    process = shell.start()
    shell.await_ready(process, lambda: "started" in shell.tail() and bool(process.descendants()), 10)
    family = process.descendants()
    process.kill()
    assert [member for member in family if member.alive()] == []


def test_a_program_that_ends_before_it_is_ready_says_what_it_said(tmp_path: Path) -> None:
    program = _program(tmp_path, "sh", "-c", "echo no such luck; exit 3")
    with pytest.raises(StartError, match="no such luck"):
        program.await_ready(program.start(), lambda: False, 30)


def test_a_tied_program_ends_with_its_starter_even_when_that_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTER % (ENDLESS,), str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        process = Process.parse(starter.stdout.readline())
        assert process.alive()
        starter.kill()
    assert process.wait(10)
