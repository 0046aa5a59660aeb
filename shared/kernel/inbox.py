"""The inbox: what was heard is stored, then acknowledged, then applied from the table, once.

Attempts, the next try and parking are columns, so retry, parking and replay are the same on every broker. An event
that cannot be applied waits longer each time and is set aside in the end; those behind it go on meanwhile.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.bus import topology
from shared.bus.wire import Envelope, read_event
from shared.clock import now
from shared.contracts.kernel.missed_events import ListParked, OneParked, ParkedBody, ParkedEvent, ParkedPage, Replayed
from shared.errors import InvalidRequest, NotFound, NotPermitted, PolicyNotMet, SkillsError, TooLarge
from shared.kernel.pipeline import Kernel
from shared.observability import EVENT_SECONDS, EVENT_TOTAL, INBOX_DUPLICATES, INBOX_WAITING, PARKED
from shared.store.database import execute_count
from shared.store.kernel_tables import InboxRow
from shared.store.types import new_id

log = structlog.get_logger()

PAUSES = (0.2, 1, 5, 30, 120, 600, 1800)
"""Seconds before the next try; after the last one the event is parked."""

BATCH = 100

UNREADABLE = "unreadable"
"""The name under which a delivery is set aside that is no event, or none of whoever told it."""

HOPELESS = (InvalidRequest, TooLarge, NotPermitted, PolicyNotMet)
"""What another try cannot mend. Anything else may be a matter of order or of a part that is down."""


@dataclass
class Inbox:
    """One service's inbox."""

    kernel: Kernel

    def store(self, body: bytes | str, exchange: str | None = None) -> None:
        """Keeps a delivery; a known one is dropped, an unreadable one is parked at once. After this it may be acked.

        `exchange`: to which it was told, where a broker brought it. Only its owner may tell anything there.
        """
        text = body if isinstance(body, str) else body.decode("utf-8", "replace")
        try:
            envelope = _told_by_its_owner(read_event(body), exchange)
            row = InboxRow(event_id=envelope.event_id, name=envelope.name, body=text)
        except InvalidRequest:
            row = InboxRow(event_id=new_id(), name=UNREADABLE, body=text.replace("\x00", ""), parked_at=now())
            row.reason = "not an event of this bus"
        row.received_at = row.next_try_at = now()
        row.attempts = 0
        try:
            with self.kernel.database.transaction() as session:
                session.add(row)
        except IntegrityError:
            INBOX_DUPLICATES.labels(self.kernel.name).inc()
        self.kernel.crash_points.reached("after_inbox", row.name)

    def apply_batch(self, may_go_on: Callable[[], bool] = lambda: True) -> int:
        """Applies what is due, in order of arrival; returns how many it tried."""
        with self.kernel.database.reading() as session:
            due = session.execute(
                select(InboxRow.number, InboxRow.body, InboxRow.name, InboxRow.attempts)
                .where(InboxRow.applied_at.is_(None), InboxRow.parked_at.is_(None), InboxRow.next_try_at <= now())
                .order_by(InboxRow.number)
                .limit(BATCH)
            ).all()
        tried = 0
        for number, body, name, attempts in due:
            if not may_go_on():
                break
            tried += 1
            self._apply(number, body, name, attempts)
        return tried

    def _apply(self, number: int, body: str, name: str, attempts: int) -> None:
        started = time.perf_counter()
        outcome = "applied"
        try:
            self.kernel.apply(_read_again(name, body), number)
        except Exception as error:
            outcome = self._postpone(number, name, attempts, error)
        known = self.kernel.known(name)
        EVENT_TOTAL.labels(self.kernel.name, known, outcome).inc()
        EVENT_SECONDS.labels(self.kernel.name, known).observe(time.perf_counter() - started)

    def _postpone(self, number: int, name: str, attempts: int, error: Exception) -> str:
        """Another try later, or parking."""
        hopeless = isinstance(error, HOPELESS)
        parked = hopeless or attempts >= len(PAUSES)
        reason = error.code if isinstance(error, SkillsError) else type(error).__name__
        pause = PAUSES[min(attempts, len(PAUSES) - 1)]
        with self.kernel.database.transaction() as session:
            session.execute(
                update(InboxRow)
                .where(InboxRow.number == number, InboxRow.applied_at.is_(None))
                .values(
                    attempts=attempts + 1,
                    next_try_at=now() + timedelta(seconds=pause),
                    parked_at=now() if parked else None,
                    reason=reason,
                )
            )
        log.warning("event_not_applied", service=self.kernel.name, heard=name, reason=reason, parked=parked)
        return "parked" if parked else "postponed"

    def next_try_in(self) -> float | None:
        """Seconds until a postponed event is due; None where none waits."""
        with self.kernel.database.reading() as session:
            due = session.scalar(
                select(func.min(InboxRow.next_try_at)).where(
                    InboxRow.applied_at.is_(None), InboxRow.parked_at.is_(None)
                )
            )
        return None if due is None else max(0.0, (due - now()).total_seconds())

    # --- for operators and settling ------------------------------------------------------------------------------

    def applied(self) -> Counter[str]:
        """How many events were applied, by "<owner>.<event>"."""
        with self.kernel.database.reading() as session:
            rows = session.execute(
                select(InboxRow.name, func.count()).where(InboxRow.applied_at.is_not(None)).group_by(InboxRow.name)
            ).all()
        return Counter(dict(rows))

    def waiting(self) -> int:
        """How many are still to be applied."""
        return self._count(InboxRow.applied_at.is_(None), InboxRow.parked_at.is_(None))

    def parked(self) -> int:
        """How many are set aside."""
        return self._count(InboxRow.parked_at.is_not(None))

    def known(self) -> set[str]:
        """Ids of all events that this inbox holds."""
        with self.kernel.database.reading() as session:
            return set(session.scalars(select(InboxRow.event_id)))

    def list_parked(self, request: ListParked) -> ParkedPage:
        """What is set aside, in order of arrival."""
        with self.kernel.database.reading() as session:
            rows = session.scalars(
                select(InboxRow).where(InboxRow.parked_at.is_not(None)).order_by(InboxRow.number).limit(request.limit)
            ).all()
        return ParkedPage(
            tuple(
                ParkedEvent(row.event_id, row.name, row.attempts, row.parked_at or row.received_at, row.reason or "")
                for row in rows
            )
        )

    def show_parked(self, request: OneParked) -> ParkedBody:
        """One of them, with its body. Raises NotFound."""
        with self.kernel.database.reading() as session:
            row = session.scalar(
                select(InboxRow).where(InboxRow.event_id == request.event_id, InboxRow.parked_at.is_not(None))
            )
        if row is None:
            raise NotFound("没有这条搁置的事件，请先用 list_parked 查看")
        return ParkedBody(row.event_id, row.reason or "", row.body)

    def measure(self) -> None:
        """Sets the gauges of what waits and what is set aside."""
        INBOX_WAITING.labels(self.kernel.name).set(self.waiting())
        PARKED.labels(self.kernel.name).set(self.parked())

    def _count(self, *conditions: ColumnElement[bool]) -> int:
        with self.kernel.database.reading() as session:
            return session.scalar(select(func.count()).select_from(InboxRow).where(*conditions)) or 0


def _told_by_its_owner(envelope: Envelope, exchange: str | None) -> Envelope:
    """Raises InvalidRequest for an event told under another's name. It must not take the id of a true one either."""
    owner = envelope.name.partition(".")[0]
    if exchange not in (None, topology.events_of(owner).name):
        raise InvalidRequest.of(("name", "不是发布者自己的事件"))
    return envelope


def _read_again(name: str, body: str) -> Envelope:
    """Raises InvalidRequest for what was none when it came: replayed, it isn't believed either."""
    if name == UNREADABLE:
        raise InvalidRequest.of(("", "不是本总线上的事件"))
    return read_event(body)


def replay(session: Session, request: OneParked) -> Replayed:
    """Lets a parked event be tried again, from the start of its patience."""
    replayed = execute_count(
        session,
        update(InboxRow)
        .where(InboxRow.event_id == request.event_id, InboxRow.parked_at.is_not(None))
        .values(parked_at=None, attempts=0, next_try_at=now(), reason=None),
    )
    if not replayed:
        raise NotFound("没有这条搁置的事件，请先用 list_parked 查看")
    return Replayed(request.event_id)
