"""What a service answers over HTTP: alive by itself, ready only with all that it needs, figures without people."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text

from deploy.local.ports import free_ports
from shared.bus.admission import Doorway
from shared.bus.client import Caller
from shared.bus.wire import Call
from shared.errors import NotFound
from shared.kernel.audit_sealer import Sealer
from shared.observability import Measured
from shared.runtime.assembly import Parts
from shared.runtime.health import HealthApp
from shared.store.database import Database
from shared.store.kernel_tables import OutboxRow
from tests.counting import counting
from tests.kernel.notebook import LESSON_GIVEN, Notebook, NoteTold

MEMORY = "memory://localhost"


class Probe:
    """The service's HTTP side, asked as a kubelet asks it."""

    def __init__(self, book: Notebook) -> None:
        harness = book.harness
        sealer = Sealer("review", book.database, partial(harness.keys.audit_key, "review"), 0.0)
        caller = Caller(MEMORY)
        self.parts = Parts(
            harness.kernel, Doorway("review"), harness.outbox, harness.inbox, sealer, caller, [], consuming=True
        )
        self.amqp_url = MEMORY

    def get(self, path: str) -> tuple[int, str]:
        status: list[str] = []
        app = HealthApp("review", self.parts, self.amqp_url)
        body = b"".join(app({"PATH_INFO": path}, lambda line, _headers: status.append(line)))
        return int(status[0].split()[0]), body.decode()

    def lose_database(self, folder: Path) -> None:
        away = Database(f"sqlite:///{folder / 'no' / 'such' / 'folder' / 'x.db'}")
        for part in (self.parts.kernel, self.parts.outbox, self.parts.sealer):
            part.database = away

    def lose_broker(self) -> None:
        self.amqp_url = f"amqp://127.0.0.1:{free_ports(1)[0]}//"


@pytest.fixture
def probe(book: Notebook) -> Probe:
    return Probe(book)


def test_ready_with_queues_database_migrations_and_broker(probe: Probe) -> None:
    assert probe.get("/readyz") == (200, "ready\n")


def test_alive_needs_neither_broker_nor_database(probe: Probe, tmp_path: Path) -> None:
    probe.lose_database(tmp_path)
    probe.lose_broker()
    probe.parts.consuming = False
    assert probe.get("/healthz") == (200, "ok\n")


def test_not_ready_before_the_queues_are_consumed_and_while_draining(probe: Probe) -> None:
    probe.parts.consuming = False
    assert probe.get("/readyz") == (503, "not ready: queues\n")


def test_not_ready_without_its_database(probe: Probe, tmp_path: Path) -> None:
    probe.lose_database(tmp_path)
    assert probe.get("/readyz") == (503, "not ready: database, migrations\n")


def test_not_ready_without_the_broker(probe: Probe) -> None:
    probe.lose_broker()
    assert probe.get("/readyz") == (503, "not ready: broker\n")


def test_not_ready_on_a_database_of_an_older_version(probe: Probe, book: Notebook) -> None:
    owner = Database(book.made.owner_url)
    with owner.engine.begin() as connection:
        connection.execute(
            text("UPDATE alembic_version SET version_num = 'kernel_0001' WHERE version_num LIKE 'kernel_%'")
        )
    owner.dispose()
    assert probe.get("/readyz") == (503, "not ready: migrations\n")


def test_nothing_else_is_answered(probe: Probe) -> None:
    assert probe.get("/")[0] == probe.get("/readyz/x")[0] == 404


def test_the_figures_count_what_waits_is_parked_and_is_unsealed(probe: Probe, book: Notebook) -> None:
    book.write("first")
    book.harness.hear(LESSON_GIVEN, "course-1", NoteTold("lesson"))
    book.harness.inbox.store("no event")
    probe.parts.measure()
    status, figures = probe.get("/metrics")
    assert status == 200
    assert f'skills_outbox_unsent{{service="review"}} {len(book.rows(OutboxRow))}.0' in figures
    assert 'skills_parked{service="review"} 1.0' in figures
    assert 'skills_inbox_waiting{service="review"} 0.0' in figures
    assert re.search(r'skills_rpc_total\{method="review.write_note",outcome="ok",service="review"\} \d', figures)
    assert re.search(r'skills_event_total\{event="training.lesson_given",outcome="applied",service="review"\}', figures)
    for name in ("skills_outbox_oldest_seconds", "skills_audit_unsealed_oldest_seconds", "skills_inbox_duplicates"):
        assert name in figures


def test_whoever_reads_the_figures_costs_the_database_nothing(probe: Probe, book: Notebook) -> None:
    probe.parts.measure()
    with counting(book.database) as sent:
        assert "skills_outbox_unsent" in probe.get("/metrics")[1]
    assert sent == []


def test_a_figure_that_is_measured_no_longer_is_missing_rather_than_old() -> None:
    registry, moment = CollectorRegistry(), [0.0]
    figures = Measured(registry, lambda: moment[0])
    gauge = figures.gauge("skills_waiting", "What waits")
    assert registry.get_sample_value("skills_waiting") is None  # and no 0 that nobody measured
    gauge.set(7)
    figures.measured(5.0)
    moment[0] = 2 * 5.0
    assert registry.get_sample_value("skills_waiting") == 7
    moment[0] = 2 * 5.0 + Measured.LATE
    assert registry.get_sample_value("skills_waiting") is None


def test_figures_are_still_given_when_the_database_is_away(probe: Probe, tmp_path: Path) -> None:
    probe.lose_database(tmp_path)
    status, figures = probe.get("/metrics")
    assert (status, "skills_rpc_total" in figures) == (200, True)


LABELS = frozenset(
    "service method event outcome le programme state channel counter why ring age kind side".split()  # noqa: SIM905 - shorter
)
"""Every label of every service: whatever else ran in this process is in the figures, too."""


def test_no_label_tells_of_a_person_or_an_organisation(probe: Probe, book: Notebook) -> None:
    book.write("a title that only its writer knows", request_id="request-of-mine")
    figures = probe.get("/metrics")[1]
    ours = [line for line in figures.splitlines() if line.startswith("skills_")]
    labels = {name for line in ours for name in re.findall(r'(\w+)="', line)}
    assert labels <= LABELS
    for secret in ("officer-1", "only its writer knows", "request-of-mine", "110105"):
        assert secret not in figures


def test_what_strangers_call_makes_no_figure_of_its_own(probe: Probe, book: Notebook) -> None:
    call: Any = Call("review.made-up-by-a-stranger", {}, None, None, 0.0)
    with pytest.raises(NotFound):
        book.harness.kernel.answer(call)
    assert "made-up-by-a-stranger" not in probe.get("/metrics")[1]


def test_what_strangers_tell_makes_no_figure_of_its_own(probe: Probe, book: Notebook) -> None:
    envelope = book.harness.hear(LESSON_GIVEN, "course-1", NoteTold("lesson"))
    book.harness.deliver(replace(envelope, event_id="e-2", name="training.made-up-by-a-stranger"))
    assert "made-up-by-a-stranger" not in probe.get("/metrics")[1]
