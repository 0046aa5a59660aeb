"""Killed at every boundary, anywhere, any time: the story ends with the same ledger, equal to the one recomputed.

The story is the main road itself. Its caller does what every caller must do: an unknown outcome is repeated with the
same request id. Each test names the point where it kills; a part that died is started again, as Kubernetes would.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.local.postgres import PostgreSQL
from deploy.local.rabbitmq import RabbitMQ
from shared.contracts.kernel.decisions import VERIFY_DECISIONS, VerifyDecisions
from shared.contracts.schema.declare import SERVICES
from shared.contracts.subsidy.budgets_and_ledger import PROVE_LEDGER, READ_LEDGER, ProveLedger, ReadLedger
from shared.contracts.subsidy.closing import LIST_CLOSINGS, ListClosings
from shared.kernel.crash_points import BOUNDARIES
from shared.runtime.system_client import AUDITOR, speaker_of
from tests.bus.conftest import Processes

STORY = Path(__file__).parents[2] / "programmes" / "apprenticeship" / "stories" / "main-road.yaml"
FINANCE = speaker_of("finance_officer", "finance-officer-9", "110105")


def ledger_of(processes: Processes) -> list[tuple[str, ...]]:
    """The ledger as an auditor compares two: what was posted, without the ids that differ from run to run."""
    page = processes.system.ask(READ_LEDGER, ReadLedger(limit=1000), FINANCE)
    return sorted(
        (posting.kind, posting.debit, posting.credit, str(posting.amount), posting.fund_source, posting.rule)
        for posting in page.postings
    )


def assert_all_is_well(processes: Processes) -> None:
    processes.system.settle()
    proof = processes.system.ask(PROVE_LEDGER, ProveLedger(), FINANCE)
    assert proof.differences == ()
    assert (str(proof.paid), str(proof.receivable), str(proof.committed)) == ("345600.00", "24000.00", "0.00")
    for service in SERVICES:
        verified = processes.system.ask(VERIFY_DECISIONS[service], VerifyDecisions(limit=1000), AUDITOR)
        assert verified.differing == ()


@contextmanager
def kept_alive(processes: Processes) -> Any:
    over = threading.Event()
    keeper = threading.Thread(target=processes.keep_alive, args=(over,))
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def tell_story(
    processes: Processes, tmp_path: Path, *, story: Path = STORY, at_step: Callable[[int], None] = lambda _: None
) -> None:
    """Plays the story in a process of its own; `at_step` is called with the number of steps told so far."""
    command = [sys.executable, "-u", "-m", "cli.main", "scenario", "run", "--amqp", processes.amqp_url]
    command += ["--keys", str(processes.keys_dir), "--out", str(tmp_path / "out"), str(story)]
    told: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as telling:
        assert telling.stdout is not None
        for line in telling.stdout:
            told.append(line)
            at_step(len(told))
    assert telling.returncode == 0, "".join(told)[-4000:]


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, list[tuple[str, ...]]]:
    """The ledger of the first story told here, which all others must equal."""
    return {}


def same_as_ever(processes: Processes, undisturbed: dict[str, list[tuple[str, ...]]]) -> None:
    ledger = ledger_of(processes)
    assert len(ledger) > 5
    assert undisturbed.setdefault("ledger", ledger) == ledger


def test_the_story_undisturbed(
    processes: Processes, tmp_path: Path, undisturbed: dict[str, list[tuple[str, ...]]]
) -> None:
    processes.start()
    tell_story(processes, tmp_path)
    assert_all_is_well(processes)
    same_as_ever(processes, undisturbed)


def test_every_service_killed_at_every_boundary(
    processes: Processes, tmp_path: Path, undisturbed: dict[str, list[tuple[str, ...]]]
) -> None:
    """One story, and each service dies once at each boundary; each life waits for the next one."""
    processes.deaths = {service: list(BOUNDARIES) for service in SERVICES}
    processes.start()
    with kept_alive(processes):
        tell_story(processes, tmp_path)
        assert_all_is_well(processes)
    assert not any(processes.deaths.values()), f"never reached: {processes.deaths}"
    same_as_ever(processes, undisturbed)


def test_subsidy_killed_in_every_closing_before_and_after_its_commit(processes: Processes, tmp_path: Path) -> None:
    """Two months and a year: each closing dies once with everything written, and once before its answer leaves."""
    around = ["before_commit:subsidy.close_period", "after_commit:subsidy.close_period"]
    processes.deaths = {"subsidy": around * 3}
    processes.start()
    with kept_alive(processes):
        tell_story(processes, tmp_path, story=STORY.parent / "side-roads" / "year-end.yaml")
        processes.system.settle()
        closed = processes.system.ask(LIST_CLOSINGS, ListClosings(), FINANCE).closings
        proof = processes.system.ask(PROVE_LEDGER, ProveLedger(), FINANCE)
    assert not processes.deaths["subsidy"]
    assert [(one.period, str(one.carried), str(one.lapsed)) for one in closed] == [
        ("2022", "6000.00", "6500.00"),
        ("2022-12", "0.00", "0.00"),
        ("2022-11", "0.00", "0.00"),
    ]
    assert proof.differences == ()


def test_every_service_killed_in_the_middle_of_the_story(
    processes: Processes, tmp_path: Path, undisturbed: dict[str, list[tuple[str, ...]]]
) -> None:
    killings = {step: SERVICES[step % len(SERVICES)] for step in range(8, 70, 4)}
    processes.start()

    def kill(told: int) -> None:
        if told in killings:
            processes.services[killings[told]].kill()

    with kept_alive(processes):
        tell_story(processes, tmp_path, at_step=kill)
        assert_all_is_well(processes)
    assert processes.restarts >= len(SERVICES)
    same_as_ever(processes, undisturbed)


def test_the_broker_killed_in_the_middle_of_the_story(
    processes: Processes, tmp_path: Path, rabbitmq: RabbitMQ, undisturbed: dict[str, list[tuple[str, ...]]]
) -> None:
    processes.start()

    def kill(told: int) -> None:
        if told in (30, 55):
            rabbitmq.kill()
            rabbitmq.start()

    with kept_alive(processes):
        tell_story(processes, tmp_path, at_step=kill)
        assert_all_is_well(processes)
    same_as_ever(processes, undisturbed)


def test_the_database_killed_in_the_middle_of_the_story(
    processes: Processes, tmp_path: Path, postgresql: PostgreSQL, undisturbed: dict[str, list[tuple[str, ...]]]
) -> None:
    processes.start()

    def kill(told: int) -> None:
        if told in (30, 55):
            postgresql.kill()
            postgresql.start()

    with kept_alive(processes):
        tell_story(processes, tmp_path, at_step=kill)
        assert_all_is_well(processes)
    same_as_ever(processes, undisturbed)
