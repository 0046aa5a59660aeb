"""Starting services: one as a process of its own, or all five embedded in this one.

Import this module first: it makes the standard library green, and whatever was imported before would stay as it was.
"""

from __future__ import annotations

import warnings

# eventlet asks not to be used for new work at each import; why it is here all the same: docs/adr/0001.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated", category=Warning)

import eventlet  # noqa: E402

eventlet.monkey_patch()  # before every other import, ours and the libraries'

import contextlib  # noqa: E402
import importlib  # noqa: E402
import logging  # noqa: E402
import signal  # noqa: E402
from collections.abc import Iterable, Iterator  # noqa: E402
from typing import Any, cast  # noqa: E402

import eventlet.wsgi  # noqa: E402
import structlog  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402

from shared.kernel.service import Service  # noqa: E402
from shared.observability import configure_logs  # noqa: E402
from shared.runtime.assembly import Parts, assemble  # noqa: E402
from shared.runtime.health import HealthApp  # noqa: E402
from shared.runtime.nameko_entrypoints import hosted  # noqa: E402
from shared.settings import Settings  # noqa: E402

log = structlog.get_logger()


class Running:
    """A service that runs in this process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.service = service_class(settings.service)
        self.parts: Parts = assemble(self.service, settings)
        self.container = ServiceContainer(hosted(self.service, self.parts), _nameko_config(settings))

    def start(self) -> None:
        """Returns when the queues are consumed."""
        self.container.start()
        self.parts.consuming = True

    def stop(self) -> None:
        """Takes nothing new, finishes what runs, leaves."""
        self.parts.consuming = False
        self.container.stop()
        self.parts.caller.close()
        self.parts.kernel.database.dispose()

    def wait(self) -> None:
        """Returns when it has stopped; raises what ended it."""
        self.container.wait()


def serve(settings: Settings) -> None:
    """Runs one service until SIGTERM or SIGINT. Raises whatever ended it otherwise."""
    configure_logs(settings.service)
    running = Running(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn_n(running.stop))
    if settings.http_port is not None:
        eventlet.spawn_n(_serve_health, running)
    running.start()
    log.info("started", service=settings.service)
    running.wait()
    log.info("stopped", service=settings.service)


@contextlib.contextmanager
def embedded(all_settings: Iterable[Settings]) -> Iterator[dict[str, Running]]:
    """Services in this process on kombu's memory broker. What no inbox confirmed before is sent again first."""
    services = {settings.service: Running(settings) for settings in all_settings}
    _send_again(services)
    try:
        for running in services.values():
            running.start()
        yield services
    finally:
        stopping = eventlet.GreenPool()
        for running in services.values():
            stopping.spawn_n(running.stop)
        stopping.waitall()


def _send_again(services: dict[str, Running]) -> None:
    """The memory broker forgets its queues when its process ends; the outboxes do not."""
    heard = {name: running.parts.inbox.known() for name, running in services.items()}
    for running in services.values():
        running.parts.outbox.send_again_unheard(heard)


def service_class(name: str) -> type[Service]:
    """`services/<name>/service.py` holds one class, called `<Name>Service`."""
    module = importlib.import_module(f"services.{name}.service")
    return cast("type[Service]", getattr(module, f"{name.capitalize()}Service"))


def _nameko_config(settings: Settings) -> dict[str, Any]:
    transport = {"polling_interval": 0.001} if settings.embedded else {}
    return {
        "AMQP_URI": settings.amqp_url,
        "max_workers": settings.workers,
        "HEARTBEAT": 20,
        "TRANSPORT_OPTIONS": {"max_retries": 3, "interval_start": 0.2, "interval_step": 0.5, **transport},
    }


def _serve_health(running: Running) -> None:
    app = HealthApp(running.settings.service, running.parts, running.settings.amqp_url)
    listener = eventlet.listen(("0.0.0.0", running.settings.http_port))  # noqa: S104 - a pod's probes come from outside
    eventlet.wsgi.server(listener, app, log=logging.getLogger("health"), log_output=False)
