"""What isn't done leaves a trace: refused calls, and deliveries that never become a call or an event.

Of a delivery that can't be read only user and size are kept. A header that can't be decoded may hold anything, and of a
call that processes didn't survive the caller has the content and its request id.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import date
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from shared.bus.wire import Call
from shared.errors import NotPermitted, SkillsError, Unauthenticated
from shared.kernel import audit_rows
from shared.observability import CALLS_GIVEN_UP, CALLS_REFUSED, UNDECODABLE, count_outcome
from shared.security.speaker import Speaker
from shared.store.database import Database

log = structlog.get_logger()


class Rejecting(Protocol):
    """What is needed of the kernel to write a trace."""

    name: str
    database: Database

    def today(self, session: Session) -> date: ...

    def known(self, route: str) -> str: ...


def refused(kernel: Rejecting, call: Call, speaker: Speaker | None, refusal: SkillsError) -> None:
    """Audits a refusal, and counts it where the caller's identity or rights are its reason."""
    if (why := refusal.details.get("reason")) is not None and isinstance(refusal, (Unauthenticated, NotPermitted)):
        CALLS_REFUSED.labels(kernel.name, str(why)).inc()
    _audit(kernel, call, speaker, refusal.code)


def turned_away(kernel: Rejecting, route: str, user: str | None, refusal: SkillsError) -> None:
    """Audits and counts a call that the door refuses before it is read."""
    known = kernel.known(route)
    count_outcome(kernel.name, known, refusal.code)
    refused(kernel, _unread(known, user), None, refusal)


def undecodable(kernel: Rejecting, side: str, user: str | None, size: int) -> None:
    """Properties that the AMQP library can't decode. `side`: "call" or "event"; `size`: of the body, in bytes."""
    UNDECODABLE.labels(kernel.name, side).inc()
    log.warning("undecodable", service=kernel.name, side=side, user=user, size=size)
    _audit(kernel, _unread("unknown", user), None, "undecodable", [f"bytes:{size}"])


def given_up(kernel: Rejecting, route: str, user: str | None, size: int) -> None:
    """A call that was delivered more often than the limit allows. `size`: of the body, in bytes."""
    CALLS_GIVEN_UP.labels(kernel.name).inc()
    known = kernel.known(route)
    log.error("call_given_up", service=kernel.name, route=known, user=user, size=size)
    _audit(kernel, _unread(known, user), None, "given_up", [f"bytes:{size}"])


def _unread(route: str, user: str | None) -> Call:
    return Call(route, {}, None, None, time.time(), user=user)


def _audit(kernel: Rejecting, call: Call, speaker: Speaker | None, outcome: str, objects: Collection[str] = ()) -> None:
    try:
        with kernel.database.transaction() as session:
            audit_rows.record(session, call, speaker, kernel.today(session), outcome, objects)
    except Exception as error:
        # It is rejected all the same; that its trace could not be written is an operator's matter.
        log.error(
            "refusal_not_audited",
            service=kernel.name,
            route=call.route,
            outcome=outcome,
            kind=type(error).__name__,
        )
