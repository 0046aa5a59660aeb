"""A process is known for ever by its pid and the moment of its start, and ends with whoever started it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.processes import Process, Program, StartError, environment, is_running, read_pid_file, works_in

ENDLESS = ("tail", "-f", "/dev/null")
STARTER = """
import sys
from pathlib import Path
from deploy.local.processes import Program, environment
folder = Path(sys.argv[1])
print(Program(%r, environment(**%r), folder, folder / "log", tied=True).start(), flush=True)
sys.stdin.read()
"""


# A machine so busy that the starter is killed before its program is tied: it waits until somebody writes into the pipe.
LATE_TIE = """#!/bin/sh
read go < {pipe}
exec {setpriv} "$@"
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


def test_a_process_that_ended_and_was_not_reaped_does_not_run(tmp_path: Path) -> None:
    with subprocess.Popen(ENDLESS) as child:
        process = Process(child.pid, _started(child.pid))
        record = tmp_path / "pid"
        record.write_text(str(process))
        assert is_running(child.pid) and read_pid_file(record) == process
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # ended; its exit status waits to be collected
        os.kill(child.pid, 0)  # its pid is still taken
        assert not is_running(child.pid)
        assert process.wait(0) and not process.alive() and read_pid_file(record) is None


def test_a_folder_is_worked_in_until_the_last_of_its_processes_ends(tmp_path: Path) -> None:
    with subprocess.Popen(ENDLESS, cwd=tmp_path) as child:
        another_name = tmp_path / "link"
        another_name.symlink_to(tmp_path)
        assert works_in(tmp_path) and works_in(another_name)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert not works_in(tmp_path)


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
    command = [sys.executable, "-c", STARTER % (ENDLESS, {}), str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        process = Process.parse(starter.stdout.readline())
        assert process.alive()
        starter.kill()
    assert process.wait(10)


def test_a_program_whose_starter_was_killed_before_it_was_tied_does_not_begin(tmp_path: Path) -> None:
    pipe, late = tmp_path / "pipe", tmp_path / "setpriv"
    os.mkfifo(pipe)
    late.write_text(LATE_TIE.format(pipe=pipe, setpriv=shutil.which("setpriv")))
    late.chmod(0o755)
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    begun = tmp_path / "begun"
    command = [sys.executable, "-c", STARTER % (("touch", str(begun)), path), str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        process = Process.parse(starter.stdout.readline())
        starter.kill()
    assert process.alive()
    pipe.write_text("go\n")
    assert process.wait(10) and not begun.exists()


def _started(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
