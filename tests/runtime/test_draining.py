"""SIGTERM: not ready from that moment on, what runs is finished and answered, then it leaves, come what may."""

from __future__ import annotations

import http.client
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from deploy.local import ports
from deploy.local.rabbitmq import RabbitMQ
from deploy.local.services import Service
from shared.runtime.system_client import OPERATOR
from shared.store.database import Database
from tests.bus.conftest import Processes

PATIENCE = 20.0


def get(service: Service, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(ports.LOOPBACK, service.http_port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def test_from_sigterm_on_a_service_is_not_ready_and_still_answers_what_it_has_begun(processes: Processes) -> None:
    processes.start("notify")
    service, database = processes.services["notify"], Database(processes.urls["notify"])
    process = service.process
    assert process is not None and get(service, "/readyz") == (200, "ready\n")
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'business_clock'::regclass")
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:  # whoever moves the clock waits for us
            session.execute(text("LOCK TABLE business_clock IN SHARE ROW EXCLUSIVE MODE"))
            moved = pool.submit(processes.system.call, "notify.move_clock", {"to": "2022-06-06"}, OPERATOR, patience=0)
            eventually(lambda: bool(session.scalar(waits)))
            process.send(signal.SIGTERM)
            eventually(lambda: get(service, "/readyz")[0] == 503)
            assert "queues" in get(service, "/readyz")[1]
            assert get(service, "/healthz") == (200, "ok\n")  # draining is no reason to be killed
            assert process.alive()
        assert moved.result(timeout=PATIENCE) == {"today": "2022-06-06"}
    assert process.wait(PATIENCE)
    assert '"stopped"' in service.log.read_text(encoding="utf-8")
    database.dispose()


def test_a_service_leaves_while_the_broker_is_away(processes: Processes, rabbitmq: RabbitMQ) -> None:
    processes.start("notify")
    service = processes.services["notify"]
    process = service.process
    assert process is not None
    rabbitmq.kill()
    eventually(lambda: "broker_away" in service.log.read_text(encoding="utf-8"))
    process.send(signal.SIGTERM)
    assert process.wait(PATIENCE)
    assert '"stopped"' in service.log.read_text(encoding="utf-8")


def test_a_service_serves_again_soon_after_the_broker_is_back(processes: Processes, rabbitmq: RabbitMQ) -> None:
    processes.start("notify")
    log = processes.services["notify"].log
    rabbitmq.stop()  # in order: a node killed as its queues are declared may come back with one that nobody can use
    eventually(lambda: log.read_text(encoding="utf-8").count("broker_away") > 3)
    rabbitmq.start()
    eventually(lambda: get(processes.services["notify"], "/readyz")[0] == 200)
    assert processes.system.call("notify.move_clock", {"to": "2022-06-06"}, OPERATOR) == {"today": "2022-06-06"}
