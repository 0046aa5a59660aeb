"""Metrics and JSON logs. Labels are names of methods, events and outcomes: never a person, an organisation or a sum."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterable, Sequence

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, Metric


class Measured:
    """Gauges that a loop measures, so that whoever reads /metrics costs the database nothing.

    They are shown from the first measurement on, and no longer once the next one is overdue: where the database is
    away, or another replica measures by now, a figure is missing rather than old. `clock`: its seconds only go forward.
    """

    LATE = 60.0
    """Seconds that the next measurement may take, besides one pause that was left out."""

    def __init__(self, registry: CollectorRegistry = REGISTRY, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0
        self._kept = CollectorRegistry()
        registry.register(self)

    def gauge(self, name: str, about: str, labels: Sequence[str] = ()) -> Gauge:
        """One of them, by its name on /metrics."""
        return Gauge(name, about, labels, registry=self._kept)

    def measured(self, pause: float) -> None:
        """All of them have been set, and are measured again in so many seconds."""
        self._until = self._clock() + 2 * pause + self.LATE

    def collect(self) -> Iterable[Metric]:
        """What prometheus-client shows: nothing while the figures are overdue."""
        return self._kept.collect() if self._clock() < self._until else ()


RPC_TOTAL = Counter("skills_rpc_total", "RPCs answered, by outcome", ["service", "method", "outcome"])
RPC_SECONDS = Histogram("skills_rpc_seconds", "Time from decoding to the answer", ["service", "method"])
CALLS_REFUSED = Counter("skills_calls_refused_total", "Calls refused at the door or by their token", ["service", "why"])
UNDECODABLE = Counter("skills_undecodable_total", "Messages whose properties can't be decoded", ["service", "side"])
CALLS_GIVEN_UP = Counter("skills_calls_given_up_total", "Calls that came again more often than the limit", ["service"])
CONSUMING_FAILED = Counter("skills_consuming_failed_total", "Failures under the queues, each survived", ["service"])
EVENT_TOTAL = Counter("skills_event_total", "Events applied, by outcome", ["service", "event", "outcome"])
EVENT_SECONDS = Histogram("skills_event_seconds", "Time to apply one event", ["service", "event"])
WAITING = Measured()
OUTBOX_DEPTH = WAITING.gauge("skills_outbox_unsent", "Events committed and not yet sent", ["service"])
OUTBOX_AGE = WAITING.gauge("skills_outbox_oldest_seconds", "Age of the oldest unsent event", ["service"])
INBOX_DUPLICATES = Counter("skills_inbox_duplicates_total", "Deliveries dropped as already known", ["service"])
INBOX_WAITING = WAITING.gauge("skills_inbox_waiting", "Events heard and not yet applied", ["service"])
PARKED = WAITING.gauge("skills_parked", "Events set aside for an operator", ["service"])
AUDIT_UNSEALED_AGE = WAITING.gauge(
    "skills_audit_unsealed_oldest_seconds", "Age of the oldest unsealed audit row", ["service"]
)
NEEDS_OLD_KEY = WAITING.gauge(
    "skills_needs_old_key", "Values that another key than the active one opens", ["service", "ring"]
)


def count_outcome(service: str, method: str, outcome: str) -> None:
    """One RPC more that ended so; `outcome`: "ok" or the code of its error."""
    RPC_TOTAL.labels(service, method, outcome).inc()


def configure_logs(service: str, *, level: int = logging.INFO) -> None:
    """JSON lines on standard error, each with the service; foreign loggers pass through the same line."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=service)
    logging.basicConfig(handlers=[_Foreign()], level=logging.WARNING, force=True)


class _Foreign(logging.Handler):
    """Other libraries' warnings, by logger and level only: their texts may quote message bodies."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().warning("library", logger=record.name, at=f"{record.filename}:{record.lineno}")
