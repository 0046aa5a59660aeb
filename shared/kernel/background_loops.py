"""The loops of one service: sending the outbox, applying the inbox, sealing the audit, measuring, and its own.

A loop sleeps until its pause is over, or until it is woken by what can give it work: a delivery, or a commit that it
says it is `woken_by`. No other commit costs a round, so that a command costs the same however much was decided before.
Whatever a round raises is logged by kind and the loop goes on: a loop that died would stop money silently. With several
replicas a lease lets one of them do each duty; a lease that its holder no longer renews is free after a few seconds.
"""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError

from shared.clock import now
from shared.store.database import Database, execute_count
from shared.store.kernel_tables import Lease

log = structlog.get_logger()

LEASE = timedelta(seconds=5)
RENEWED_AFTER = LEASE.total_seconds() / 2
LONGEST_PAUSE = 30.0


@dataclass
class Waker:
    """Lets one loop sleep until somebody has work for it. Waking twice is waking once."""

    _bell: queue.Queue[None] = field(default_factory=lambda: queue.Queue(maxsize=1))

    def wake(self) -> None:
        """Ends the sleep, or the next one where the loop is at work."""
        try:
            self._bell.put_nowait(None)
        except queue.Full:
            return

    def sleep(self, seconds: float) -> bool:
        """Whether somebody woke it, now or before; False when the time is over."""
        try:
            self._bell.get(timeout=seconds)
        except queue.Empty:
            return False
        return True


@dataclass
class Duty:
    """One loop. `work()` returns how many things it did: more than 0, and after `then()` it runs again at once.

    `pause`: seconds between two rounds at most; `next_in()`: seconds until something falls due, None for nothing.
    `woken_by`: the methods and events whose commit wakes it, by name. `leased`: one replica at a time.
    """

    name: str
    service: str
    database: Database
    holder: str
    work: Callable[[], int]
    pause: float
    next_in: Callable[[], float | None] = lambda: None
    then: Callable[[], None] = lambda: None
    woken_by: Container[str] = ()
    leased: bool = True
    waker: Waker = field(default_factory=Waker)
    stopping: bool = False
    _renew_after: float = 0.0
    _failures: int = 0

    def run(self) -> None:
        """Works and sleeps until it is stopped, whatever a round raises; then gives its lease back."""
        while not self.stopping:
            pause = self.round()
            if pause:
                self._sleep(pause)
        if self.leased:
            self._give_back()

    def round(self) -> float:
        """Works once, if this replica may; the seconds to sleep then, 0 where there may be more to do."""
        try:
            done = self.work() if self._holds_lease() else 0
            self._failures = 0
            pause = 0.0 if done else self.until_next_round()
        except Exception as error:
            self._failures += 1
            log.error("duty_failed", duty=self.name, service=self.service, kind=type(error).__name__)
            return min(LONGEST_PAUSE, 0.1 * 2.0 ** min(self._failures, 9))
        if done:
            self.then()
        return pause

    def committed(self, name: str) -> None:
        """Wakes it where the commit of this method or event can give it work."""
        if name in self.woken_by:
            self.waker.wake()

    def stop(self) -> None:
        """Ends the loop after its present round."""
        self.stopping = True
        self.waker.wake()

    def may_go_on(self) -> bool:
        """False once it is being stopped: for rounds that can end halfway."""
        return not self.stopping

    def _sleep(self, seconds: float) -> None:
        """Whoever holds the lease keeps it meanwhile: otherwise a loop with a long pause would be everybody's."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self.waker.sleep(min(left, RENEWED_AFTER)):
            if self._renew_after:
                with contextlib.suppress(Exception):  # the next round meets it again, and says so
                    self._holds_lease()

    def until_next_round(self) -> float:
        """Seconds that it sleeps after a round that found nothing to do, unless it is woken."""
        due = self.next_in()
        return self.pause if due is None else max(0.01, min(self.pause, due))

    def _give_back(self) -> None:
        """So that the next holder need not wait. Where the database is away, the lease ends by itself."""
        with contextlib.suppress(Exception), self.database.transaction() as session:
            mine = (Lease.duty == self.name, Lease.holder == self.holder)
            execute_count(session, update(Lease).where(*mine).values(until=now()))

    def _holds_lease(self) -> bool:
        if not self.leased:
            return True
        if time.monotonic() < self._renew_after:
            return True
        moment = now()
        renewal = (
            update(Lease)
            .where(Lease.duty == self.name, or_(Lease.holder == self.holder, Lease.until < moment))
            .values(holder=self.holder, until=moment + LEASE)
        )
        with self.database.transaction() as session:
            held = execute_count(session, renewal) == 1
            never_held = not held and session.get(Lease, self.name) is None
        if never_held:
            held = self._first_lease()
        self._renew_after = time.monotonic() + RENEWED_AFTER if held else 0.0
        return held

    def _first_lease(self) -> bool:
        try:
            with self.database.transaction() as session:
                session.add(Lease(duty=self.name, holder=self.holder, until=now() + LEASE))
        except IntegrityError:
            return False
        return True
