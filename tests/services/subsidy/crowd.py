"""Many callers at the same moment, and how many: a few in the suite, hundreds by `make storm` (STORM=1).

On PostgreSQL they are spread over replicas of the service. An SQLite file has one process, so there is one.
"""

from __future__ import annotations

import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

from shared.contracts.schema.declare import Method
from shared.contracts.subsidy import budgets_and_ledger
from shared.errors import Unavailable
from shared.money import Money
from shared.security.speaker import Speaker
from tests.conftest import MadeDatabase
from tests.services.subsidy.driver import Driver
from tests.together import together

FULL = os.environ.get("STORM") == "1"
ATTEMPTS = 500 if FULL else 40
"""How many try the same at the same moment."""
WORKERS = 50
ROUNDS = 1_000 if FULL else 6
"""How many work on the last yuan of a budget, and how often there is one."""
EXAMPLES = 300 if FULL else 12
"""How many random stories the model is compared with, on each database."""

Act = tuple[Speaker, Method[Any, Any], Any]
"""Who calls what with which request."""


class Crowd:
    """One database and the replicas that serve it. A caller who is told `unavailable` repeats the request id."""

    def __init__(self, made: MadeDatabase, folder: Path) -> None:
        replicas = 4 if made.dialect == "postgresql" else 1
        self.drivers = [Driver(made.url, folder) for _ in range(replicas)]
        self.driver = self.drivers[0]
        for other in self.drivers[1:]:
            other.outcomes, other.neighbours = self.driver.outcomes, self.driver.neighbours
        self.name = made.dialect

    def at_once(self, count: int, act: Callable[[int], Act]) -> list[object]:
        """What `count` callers are answered who call at the same moment."""
        return together(count, lambda place: self._call(self.drivers[place % len(self.drivers)], act(place)))

    def say(self, words: str) -> None:
        """Progress, which `make storm` shows."""
        sys.stderr.write(f"[{self.name}] {words}\n")

    def close(self) -> None:
        for driver in self.drivers:
            driver.close()

    def _call(self, driver: Driver, act: Act) -> object:
        request_id = uuid.uuid4().hex
        for _ in range(20):
            try:
                return driver.call(*act, request_id=request_id)
            except Unavailable:
                continue
        raise AssertionError("unavailable for ever")


@contextmanager
def watched(read: Callable[[], Sequence[Money]]) -> Iterator[list[Money]]:
    """The lowest amounts that anybody who looked meanwhile could see."""
    over, lowest = Event(), list(read())

    def look() -> None:
        while not over.is_set():
            lowest[:] = map(min, lowest, read())

    watcher = Thread(target=look)
    watcher.start()
    try:
        yield lowest
    finally:
        over.set()
        watcher.join()


class Counted:
    """A budget's counters, worked out by whoever reads each posting once."""

    def __init__(self, driver: Driver) -> None:
        self.driver, self.cursor = driver, 0
        self.fen = {"appropriations": 0, "available": 0, "committed": 0, "paid": 0}

    def agrees(self) -> bool:
        """Reads what was posted since; whether the stored counters say the same."""
        while True:
            page = self.driver.call(
                self.driver.maker,
                budgets_and_ledger.READ_LEDGER,
                budgets_and_ledger.ReadLedger(cursor=self.cursor, limit=500),
            )
            for one in page.postings:
                self.fen[one.debit] += one.amount.fen
                self.fen[one.credit] -= one.amount.fen
                self.cursor = one.number
            if page.cursor is None:
                break
        budget = self.driver.budget()
        return (budget.appropriated.fen, budget.committed.fen, budget.paid.fen, budget.available.fen) == (
            -self.fen["appropriations"],
            self.fen["committed"],
            self.fen["paid"],
            self.fen["available"],
        )


class Clock:
    """How long parts of a storm take, told as ratios of each other: no machine's seconds are promised."""

    def __init__(self) -> None:
        self.parts: list[float] = []
        self._since = time.perf_counter()

    def lap(self) -> None:
        now = time.perf_counter()
        self.parts.append(now - self._since)
        self._since = now

    def last_over_first(self) -> float:
        """The last tenth of the laps over the first tenth."""
        tenth = max(1, len(self.parts) // 10)
        return sum(self.parts[-tenth:]) / sum(self.parts[:tenth])
