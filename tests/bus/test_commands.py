"""`skills` as an operator at a terminal meets it: what it prints, and the code that it ends with."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kombu import Queue

from deploy.local.services import REPOSITORY
from shared.bus import topology
from shared.clock import now
from shared.contracts.kernel.audit import AUDIT_SEALED
from shared.contracts.schema.declare import SERVICES
from shared.runtime.system_client import OPERATOR, TOKEN_LIFETIME
from shared.store.database import Database
from shared.store.migrate import is_current
from tests.bus.conftest import Processes
from tests.bus.test_traps import Stranger, a_head, eventually, heard, tell
from tests.conftest import MadeDatabase
from tests.scenarios.stage import skills

RUNS_EMBEDDED = """
import sys
from pathlib import Path
from shared.runtime import embedded

with embedded.running(Path(sys.argv[1]), ["sandbox"]):
    print("runs", flush=True)
    sys.stdin.read()
"""


def test_a_call_prints_its_answer_as_json(tmp_path: Path) -> None:
    done = skills("call", "notify.settlement", "--data", tmp_path / "city")
    assert (done.returncode, json.loads(done.stdout)["parked"]) == (0, 0), done.stderr


def test_a_refused_call_prints_the_typed_error_and_ends_with_one(tmp_path: Path) -> None:
    done = skills("call", "notify.move_clock", '{"to": "soon"}', "--data", tmp_path / "city")
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["code"]) == (1, "invalid_request"), done.stderr
    assert error["details"]["fields"][0]["path"] == "to"


def test_a_second_process_on_one_folder_is_refused_and_told_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    command = [sys.executable, "-c", RUNS_EMBEDDED, str(folder)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None and "runs\n" in first.stdout  # whatever it logs before
        done = skills("call", "notify.settlement", "--data", folder)
        first.communicate("")
    assert (first.returncode, done.returncode) == (0, 1)
    assert "is in use by another process: wait for it, or use --data" in done.stderr


@pytest.mark.parametrize("missing", ["DATABASE_URL", "AMQP_URL", "KEYS_DIR", "OBJECTS_DIR"])
def test_a_service_that_lacks_a_setting_names_it(tmp_path: Path, missing: str) -> None:
    settings = {
        "DATABASE_URL": "sqlite://",
        "AMQP_URL": "memory://localhost",
        "KEYS_DIR": str(tmp_path),
        "OBJECTS_DIR": str(tmp_path),
    }
    del settings[missing]
    done = skills("serve", "notify", **settings)
    assert (done.returncode, f"set {missing}" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


def test_migrating_brings_an_empty_database_to_the_newest_version(
    make_database: Callable[..., MadeDatabase],
) -> None:
    made = make_database("notify", migrated=False)
    done = skills("migrate", "notify", "--runs-as", "notify", DATABASE_OWNER_URL=made.owner_url)
    assert done.returncode == 0, done.stderr
    database = Database(made.url)  # the running role may read what it needs to know that
    assert is_current("notify", database)
    database.dispose()


def test_migrating_without_an_address_names_the_setting() -> None:
    done = skills("migrate", "notify")
    assert (done.returncode, "DATABASE_OWNER_URL" in done.stderr) == (1, True)


def test_an_operator_lists_shows_and_replays_what_is_parked(processes: Processes) -> None:
    processes.start()
    stranger = Stranger(processes)
    tell(stranger, a_head("e-poison", 5, head="poison"))
    stranger.close()
    eventually(lambda: heard(processes).parked == 1)
    where = ("--amqp", processes.amqp_url, "--keys", processes.keys_dir)

    listed = skills("parked", "list", *where)
    assert listed.returncode == 0, listed.stderr
    assert "notify  e-poison  review.audit_sealed" in listed.stdout and "invalid_request" in listed.stdout
    assert listed.stdout.endswith(f"共 {len(AUDIT_SEALED['review'].consumers)} 条\n")

    shown = skills("parked", "show", "notify", "e-poison", *where)
    assert (shown.returncode, '"poison"' in shown.stdout) == (0, True), shown.stderr

    replayed = skills("parked", "replay", "notify", "e-poison", *where)
    assert (replayed.returncode, "e-poison" in replayed.stdout) == (0, True), replayed.stderr
    eventually(lambda: heard(processes).parked == 1)  # nothing was mended: parked again, not lost

    unknown = skills("parked", "replay", "notify", "e-unknown", *where)
    assert unknown.returncode == 1
    assert "没有这条搁置的事件" in unknown.stderr and "Traceback" not in unknown.stderr
    assert set(processes.services) == set(SERVICES)


def test_nothing_of_an_inbound_header_is_sent_on(processes: Processes) -> None:
    """Neither with the answer nor with what is told afterwards."""
    processes.start("notify")
    stranger = Stranger(processes)
    told: list[Any] = []
    events = stranger.connection.Consumer([listening_queue()], on_message=told.append, no_ack=True)
    events.consume()
    token = processes.system.issuer.issue(OPERATOR, now(), TOKEN_LIFETIME)
    headers = {"nameko.token": token, "nameko.request_id": "r-1", "nameko.secret": "evil", "x-evil": "evil"}
    body = '{"args": [], "kwargs": {"to": "2022-06-06"}}'
    stranger.send(body, routing_key="notify.move_clock", headers=headers)

    def both_came() -> bool:
        with contextlib.suppress(TimeoutError):
            stranger.connection.drain_events(timeout=0.1)
        return bool(stranger.replies and told)

    eventually(both_came)
    for message in (*stranger.replies, *told):
        assert "evil" not in str(message.headers) + str(message.properties) + str(message.body)
        assert token not in str(message.headers) + str(message.body)
    assert '"2022-06-06"' in str(stranger.replies[0].body)
    stranger.close()


def listening_queue() -> Queue:
    exchange = topology.events_of("notify")
    return Queue("listener", exchange, routing_key=AUDIT_SEALED["notify"].name, exclusive=True, auto_delete=True)
