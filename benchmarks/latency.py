"""From an event's commit in registry to its effect in notify: two real services, one event at a time.

The first instant is `occurred_at`, taken at the start of the command's transaction, so its own work and commit count;
the last is `applied_at`, taken in the transaction that applies the event. Both come from this machine's one clock.
"""

from __future__ import annotations

import time
from datetime import datetime
from statistics import quantiles

from benchmarks.bench import KernelHarness
from benchmarks.loads import our_system, publish_wage

EVENTS = 200
PAUSE = 0.05
"""Seconds between two commands: the way of one event is measured, not a queue of them."""

_TOLD = "SELECT event_id, occurred_at FROM outbox WHERE name = 'catalogue_published'"
_APPLIED = "SELECT event_id, applied_at FROM inbox WHERE name = 'registry.catalogue_published'"


def measure(bench: KernelHarness) -> dict[str, float]:
    """{p50, p99} in milliseconds, and how many events they stand for."""
    with our_system() as system:
        for number in range(EVENTS):
            publish_wage(system, f"latency-{number}")
            time.sleep(PAUSE)
    bench.settle()
    told, applied = dict(bench.read("registry", _TOLD)), dict(bench.read("notify", _APPLIED))
    return summary([_milliseconds(told[event], applied[event]) for event in told])


def summary(milliseconds: list[float]) -> dict[str, float]:
    """Percentiles of at least two values."""
    cuts = quantiles(milliseconds, n=100, method="inclusive")
    return {"p50": round(cuts[49], 1), "p99": round(cuts[98], 1), "events": len(milliseconds)}


def _milliseconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() * 1000
