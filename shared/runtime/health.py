"""What a service answers over HTTP: /healthz (alive), /readyz (may be sent work), /metrics (for Prometheus)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from shared.bus.connections import open_connection
from shared.runtime.assembly import Parts
from shared.store.migrate import is_current

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class HealthApp:
    """A WSGI application. /healthz needs neither broker nor database; /readyz needs both, and consumed queues."""

    def __init__(self, service: str, parts: Parts, amqp_url: str) -> None:
        self.service = service
        self.parts = parts
        self.amqp_url = amqp_url

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        answers: dict[str, Callable[[], tuple[bool, bytes, str]]] = {
            "/healthz": lambda: (True, b"ok\n", "text/plain"),
            "/readyz": self._ready,
            "/metrics": self._metrics,
        }
        answer = answers.get(environ.get("PATH_INFO", ""))
        if answer is None:
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"/healthz /readyz /metrics\n"]
        good, body, content_type = answer()
        start_response("200 OK" if good else "503 Service Unavailable", [("Content-Type", content_type)])
        return [body]

    def _ready(self) -> tuple[bool, bytes, str]:
        failing = [name for name, check in self._checks().items() if not _holds(check)]
        body = ("ready\n" if not failing else f"not ready: {', '.join(failing)}\n").encode()
        return not failing, body, "text/plain"

    def _checks(self) -> dict[str, Callable[[], bool]]:
        return {
            "queues": lambda: self.parts.consuming,
            "database": self._database,
            "migrations": lambda: is_current(self.service, self.parts.kernel.database),
            "broker": self._broker,
        }

    def _database(self) -> bool:
        with self.parts.kernel.database.reading() as session:
            return session.execute(text("SELECT 1")).scalar() == 1

    def _broker(self) -> bool:
        with open_connection(self.amqp_url, 0.8) as line:  # a kubelet's probe waits one second
            return bool(line.connected)

    def _metrics(self) -> tuple[bool, bytes, str]:
        """Only reads, however often it is asked: what is counted in the database is measured by loops (`Measured`)."""
        return True, generate_latest(), CONTENT_TYPE_LATEST


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:
        return False
