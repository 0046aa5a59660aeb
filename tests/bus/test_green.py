"""Under the launcher everything that waits lets the others go on: the database's driver, too."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from tests.conftest import MadeDatabase

FOUR_QUERIES = """
import shared.bus.launcher
import sys, time
import eventlet
from sqlalchemy import text
from shared.store.database import Database

database = Database(sys.argv[1])
with database.reading() as session:  # the first connection is not part of the measure
    session.execute(text("SELECT 1"))

def one_second():
    with database.reading() as session:
        session.execute(text("SELECT pg_sleep(1)"))

started = time.monotonic()
queries = [eventlet.spawn(one_second) for _ in range(4)]
for query in queries:
    query.wait()
print(time.monotonic() - started)
"""


def test_four_queries_of_one_second_take_about_one_second(make_database: Callable[..., MadeDatabase]) -> None:
    made = make_database("notify", migrated=False)
    command = [sys.executable, "-c", FOUR_QUERIES, made.url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert 1.0 <= float(done.stdout) < 2.5
