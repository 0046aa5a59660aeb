"""What one command costs doesn't grow with what was decided before: its own way and the rounds of the loops it wakes.

Counted, not timed: statements, and the steps that SQLite's machine takes for them, which a scan would show in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import event

from services.subsidy.service import SubsidyService
from shared.kernel.audit_sealer import LATE, Horizon
from shared.runtime.assembly import Parts, assemble
from shared.store.kernel_tables import DecisionRow
from tests.conftest import MadeDatabase
from tests.counting import counting
from tests.services.subsidy.driver import ASSESSED, DUE_YEAR, YEAR, Driver, Training

FEW = 1
"""Projects that were settled before; and ten times as many."""

AT_ONCE = 1e-6
"""Seconds between two heads of the audit chain, so that a command is always sealed."""


def test_a_command_costs_the_same_with_ten_times_as_many_settled_before(
    make_database: Callable[..., MadeDatabase], tmp_path: Path
) -> None:
    cost = {}
    for projects in (FEW, 10 * FEW):
        with closing(Driver(make_database("subsidy", "sqlite").url, tmp_path / str(projects))) as driver:
            settle(driver, projects)
            with running(driver) as parts:
                rest(parts)
                with counting(parts.kernel.database) as sent, stepping(parts) as steps:
                    driver.appropriate("1.00")
                    assert follow(parts) == {"outbox", "sealing"}
                cost[projects] = (len(sent), sum(steps))
    assert cost[FEW][0] > 0
    assert cost[FEW] == cost[10 * FEW]


def test_the_proof_runs_on_its_clock(make_database: Callable[..., MadeDatabase], tmp_path: Path) -> None:
    with (
        closing(Driver(make_database("subsidy", "sqlite").url, tmp_path)) as driver,
        running(driver, prove_every=7.0) as parts,
    ):
        (gauges,) = [duty for duty in parts.duties if duty.name == "gauges"]
        with counting(parts.kernel.database) as sent:
            assert gauges.round() == 7.0
        assert any(DecisionRow.__tablename__ in statement for statement in sent)


def settle(driver: Driver, projects: int) -> None:
    """So many projects, from the first budget to the last fen."""
    names = [f"project-{number}" for number in range(projects)]
    for year in (YEAR, DUE_YEAR):
        driver.appropriate("99999999.00", year)
    for name in names:
        driver.project(name, Training(results=("certified",) * 2))
        driver.pay(driver.submit(project_id=name).claim_id)
    driver.harness.move_clock(ASSESSED)
    for name in names:
        driver.assess(name, Training(results=("certified",) * 2))
        driver.pay(driver.submit("final", name).claim_id)
    assert driver.prove().differences == ()


@contextmanager
def running(driver: Driver, prove_every: float = 300.0) -> Iterator[Parts]:
    """The service as a process puts it together, its loops stepped by hand, in place of the driver's own kernel."""
    settings = replace(
        driver.harness.settings,
        amqp_url="memory://localhost",
        http_port=0,
        allow_clock=True,
        seal_every=AT_ONCE,
        prove_every=prove_every,
    )
    parts = assemble(SubsidyService, settings)
    driver.harness.kernel = parts.kernel
    yield parts
    parts.kernel.database.dispose()


def rest(parts: Parts) -> None:
    """Every loop has done what there was to do, and a minute has gone by since."""
    moment = [0.0]
    parts.sealer.horizon = Horizon(lambda: moment[0])
    for moment[0] in (0.0, LATE, 2 * LATE):
        for duty in parts.duties:
            while duty.round() == 0.0:
                continue
    follow(parts)
    for duty in parts.duties:
        duty.leased = False  # when a lease is renewed is a matter of time


def follow(parts: Parts) -> set[str]:
    """The rounds of all loops that are awake, until all sleep; their names."""
    woken = set()
    while awake := [duty for duty in parts.duties if duty.waker.sleep(0)]:
        for duty in awake:
            woken.add(duty.name)
            while duty.round() == 0.0:
                continue
    return woken


@contextmanager
def stepping(parts: Parts) -> Iterator[list[int]]:
    """One entry for each step of SQLite's machine."""
    steps: list[int] = []

    def watch(connection: object, *_: object) -> None:
        connection.set_progress_handler(lambda: steps.append(1), 1)  # type: ignore[attr-defined]

    engine = parts.kernel.database.engine
    engine.dispose()
    event.listen(engine, "connect", watch)
    try:
        yield steps
    finally:
        engine.dispose()
        event.remove(engine, "connect", watch)
