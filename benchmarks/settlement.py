"""Settlement: final claims of 1 000, 10 000 and 100 000 people, and how time and memory grow.

One claim each, from the employer's submission to the proven ledger, on a fresh database of the run's PostgreSQL. Each
size runs in a process of its own, which walks the service's kernel without a bus and answers training's part itself;
`python -m benchmarks.settlement FOLDER PEOPLE` is that process.
"""

from __future__ import annotations

import json
import os
import resource
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.bench import KernelHarness
from deploy.local.accounts import create_database, drop_database
from deploy.local.services import REPOSITORY
from shared.store.migrate import upgrade
from tests.services.subsidy.driver import ASSESSED, DUE_YEAR, YEAR, Driver, Training

RUNS = {1_000: 5, 10_000: 3, 100_000: 1}
"""How often each size is settled: the figures are those of the run in the middle."""

WARM_UP = 200
"""People settled before the clock runs: statements are prepared, modules loaded."""

RESULTS = ("certified",) * 12 + ("uncertified",) * 5 + ("failed",) * 3
BUDGET = "9999999999.00"
DATABASE = "SETTLEMENT_DATABASE_URL"
KIBIBYTES_A_MEBIBYTE = 1024


def measure(running: KernelHarness) -> dict[str, Any]:
    """By size: seconds by step and in all, people a second, peak memory; and the growth from size to size."""
    found = {people: _middle([_in_own_process(running, people) for _ in range(RUNS[people])]) for people in RUNS}
    growth = [round(found[more]["seconds"] / found[few]["seconds"], 2) for few, more in pairwise(RUNS)]
    return {"people": found, "ten_times_the_people_take_times_as_long": growth}


def _middle(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return sorted(runs, key=lambda run: float(run["seconds"]))[len(runs) // 2]


def _in_own_process(running: KernelHarness, people: int) -> dict[str, Any]:
    """One run on a fresh database, which is dropped afterwards."""
    servers = running.servers
    name = f"settlement_{secrets.token_hex(4)}"
    create_database(servers.databases, "subsidy", name)
    try:
        upgrade("subsidy", servers.owner_url("subsidy", name), runs_as="subsidy")
        settings = os.environ | {DATABASE: servers.database_url("subsidy", name)}
        with TemporaryDirectory(prefix="skills-settlement-") as folder:
            command = [sys.executable, "-m", "benchmarks.settlement", folder, str(people)]
            done = subprocess.run(command, env=settings, cwd=REPOSITORY, stdout=subprocess.PIPE, check=True)
    finally:
        drop_database(servers.databases, name)
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def settle(url: str, folder: Path, people: int) -> dict[str, Any]:
    """Two projects, advanced and assessed; the final claim of the small one warms up, that of `people` is measured."""
    driver = Driver(url, folder)
    for year in (YEAR, DUE_YEAR):
        driver.appropriate(BUDGET, year)
    trainings = {project_id: _training(count) for project_id, count in (("warm-up", WARM_UP), ("measured", people))}
    for project_id, what in trainings.items():
        driver.project(project_id, what)
        driver.pay(driver.submit(project_id=project_id).claim_id)
    driver.harness.move_clock(ASSESSED)
    for project_id, what in trainings.items():
        driver.assess(project_id, what)
        steps = _final(driver, project_id)
    driver.close()
    seconds = sum(steps.values())
    return {
        "seconds": round(seconds, 2),
        "people_per_second": round(people / seconds),
        "steps": {step: round(taken, 2) for step, taken in steps.items()},
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIBIBYTES_A_MEBIBYTE,
    }


def _training(people: int) -> Training:
    return Training(results=(RESULTS * (people // len(RESULTS) + 1))[:people])


def _final(driver: Driver, project_id: str) -> dict[str, float]:
    """Seconds by step, from submission to proof; RuntimeError where the ledger isn't right."""
    steps: dict[str, float] = {}
    with _timed(steps, "submit"):
        claim = driver.submit("final", project_id)
    with _timed(steps, "decide"):
        driver.decide(claim.claim_id)
    with _timed(steps, "pay"):
        driver.confirm(driver.instruct(driver.prepare(claim.claim_id).batch_id))
    with _timed(steps, "prove"):
        differences = driver.prove().differences
    if differences:
        raise RuntimeError(f"the ledger differs: {differences[0]}")
    return steps


@contextmanager
def _timed(steps: dict[str, float], step: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    steps[step] = time.perf_counter() - started


if __name__ == "__main__":
    json.dump(settle(os.environ[DATABASE], Path(sys.argv[1]), int(sys.argv[2])), sys.stdout)
