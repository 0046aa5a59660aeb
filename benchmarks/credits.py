"""Credit records by the list: one call of 5 000 rows, beside PostgreSQL's COPY of the rows that such a call stores.

copy       the rows as text into an empty table of the same columns, indexes and constraints; committed
kernel     training.record_credits without a bus: read strictly, who speaks, may they, each row judged, stored,
           answered by row, audited; committed
rabbitmq   the same asked of a running training service
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, replace
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg2
from sqlalchemy import make_url

from benchmarks.loads import our_system
from benchmarks.memory import resident_mib
from benchmarks.rounds import Round, play, ratio
from deploy.local.accounts import create_database
from deploy.local.services import Service
from deploy.local.system import Servers
from shared.clock import now
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.contracts.training.credits import RECORD_CREDITS
from shared.runtime.system_client import speaker_of
from shared.security.tokens import LIFETIME_MAX
from shared.store.migrate import upgrade
from tests.services.training.driver import LAST_DAY, START, Driver

DATABASE = "training_bench"
ROUNDS = 5
TIMEOUT = 120.0
"""Seconds that one list may take over the bus."""

Payload = dict[str, Any]
Load = Callable[[Payload], object]


def measure(servers: Servers, service: Service, folder: Path) -> dict[str, Any]:
    """Rows a second of each load and their ratios; `service`: training, which isn't running."""
    create_database(servers.databases, "training", DATABASE)
    upgrade("training", servers.owner_url("training", DATABASE), runs_as="training")
    url = servers.database_url("training", DATABASE)
    running = replace(service, settings={**service.settings, "DATABASE_URL": url})
    with ExitStack() as ending:
        driver = Driver(url, folder)
        ending.callback(driver.harness.close)
        payloads = _payloads(_enrolled(driver))
        ending.callback(running.stop)
        running.start()
        running.await_ready()
        before = resident_mib(running)
        loads: dict[str, Load] = {
            "kernel": lambda payload: driver.harness.call_raw(driver.provider, RECORD_CREDITS, payload),
            "rabbitmq": ending.enter_context(_over_the_bus(str(driver.provider.organisation))),
        }
        for load in loads.values():  # connections open, caches warm; and there are rows to copy
            load(next(payloads))
        loads["copy"] = ending.enter_context(_copying(servers.owner_url("training", DATABASE)))
        rounds = list(play(list(loads), ROUNDS, lambda name: ROWS_PER_CALL / _seconds(loads[name], next(payloads))))
        return _report(rounds, {"before": before, "after": resident_mib(running)})


def _enrolled(driver: Driver) -> list[str]:
    """As many enrolments as a list may have rows."""
    people = [f"person-{number}" for number in range(ROWS_PER_CALL)]
    driver.ready(people)
    enrolments = [str(row.id) for row in driver.enrol(people)]
    driver.harness.move_clock(LAST_DAY)
    return enrolments


def _payloads(enrolments: list[str]) -> Iterator[Payload]:
    """A day's hours of everybody, day after day: no list repeats another."""
    for number in range((LAST_DAY - START).days):
        yield {"project_id": "p1", "rows": _rows(enrolments, START + timedelta(days=number))}


def _rows(enrolments: list[str], on: date) -> list[Payload]:
    taught = {"on": on.isoformat(), "part": "classroom", "content": "theory", "mode": "classroom", "class_hours": 8}
    return [{"row": row, "enrolment_id": enrolment, **taught} for row, enrolment in enumerate(enrolments, start=1)]


@contextmanager
def _over_the_bus(organisation: str) -> Iterator[Load]:
    clerk = speaker_of("training_provider", "clerk-3", organisation=organisation)
    with our_system() as system:
        token = system.issuer.issue(clerk, now(), LIFETIME_MAX)

        def call(payload: Payload) -> object:
            request_id = uuid.uuid4().hex
            return system.caller.call_raw(
                RECORD_CREDITS.route, payload, token=token, request_id=request_id, timeout=TIMEOUT
            )

        yield call


@contextmanager
def _copying(owner_url: str) -> Iterator[Load]:
    """Copies what the first list stored, each time into an emptied table."""
    address = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
        rows = StringIO()
        cursor.copy_expert(f"COPY (SELECT * FROM credit_hours LIMIT {ROWS_PER_CALL}) TO STDOUT", rows)
        cursor.execute("CREATE TABLE copied (LIKE credit_hours INCLUDING ALL)")

        def copy(_: Payload) -> None:
            rows.seek(0)
            cursor.copy_expert("COPY copied FROM STDIN", rows)
            connection.commit()
            cursor.execute("TRUNCATE copied")

        yield copy


def _seconds(load: Load, payload: Payload) -> float:
    started = time.perf_counter()
    load(payload)
    return time.perf_counter() - started


def _report(rounds: list[Round], memory: Mapping[str, float]) -> dict[str, Any]:
    ratios = {load: ratio(rounds, load, over="copy") for load in ("kernel", "rabbitmq")}
    return {
        "over_copy": {load: round(one.median, 3) for load, one in ratios.items()},
        "spread": {
            load: {bound: round(value, 3) for bound, value in asdict(one).items()} for load, one in ratios.items()
        },
        "rows_per_second": {load: [round(one[load]) for one in rounds] for load in rounds[0]},
        "rows": ROWS_PER_CALL,
        "training_mib": memory,
    }
