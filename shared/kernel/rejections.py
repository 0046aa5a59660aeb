"""Deliveries that never become a call or an event: counted and audited, by user and size alone.

What was in them isn't kept. A header that can't be decoded may hold anything, and of a call that processes didn't
survive the caller has the content and its request id.
"""

from __future__ import annotations

import time

import structlog

from shared.bus.wire import Call
from shared.kernel import audit_rows
from shared.kernel.pipeline import Kernel
from shared.observability import CALLS_GIVEN_UP, UNDECODABLE

log = structlog.get_logger()

UNKNOWN = "unknown"


def undecodable(kernel: Kernel, side: str, user: str | None, size: int) -> None:
    """Properties that the AMQP library can't decode. `side`: "call" or "event"; `size`: of the body, in bytes."""
    UNDECODABLE.labels(kernel.name, side).inc()
    log.warning("undecodable", service=kernel.name, side=side, user=user, size=size)
    _audit(kernel, UNKNOWN, "undecodable", user, size)


def given_up(kernel: Kernel, route: str, user: str | None, size: int) -> None:
    """A call that was delivered more often than the limit allows."""
    CALLS_GIVEN_UP.labels(kernel.name).inc()
    known = route if route in kernel.handlings else UNKNOWN
    log.error("call_given_up", service=kernel.name, route=known, user=user, size=size)
    _audit(kernel, known, "given_up", user, size)


def _audit(kernel: Kernel, action: str, outcome: str, user: str | None, size: int) -> None:
    call = Call(action, {}, None, None, time.time(), user=user)
    try:
        with kernel.database.transaction() as session:
            audit_rows.record(session, call, None, kernel.today(session), outcome, [f"bytes:{size}"])
    except Exception as error:
        # It is rejected all the same; that its trace could not be written is an operator's matter.
        log.error("rejection_not_audited", service=kernel.name, outcome=outcome, kind=type(error).__name__)
