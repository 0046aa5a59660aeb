"""The outbox: events committed with their state, sent afterwards, in order, as often as it takes.

One replica at a time sends (a lease). Sent means: the broker confirmed it. A crash between the confirm and the mark
sends again, and the receiver's inbox drops the second. `position` is given at sending, so a cursor sees no gaps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import bindparam, func, select, update

from shared.bus.wire import Envelope
from shared.clock import now
from shared.contracts.catalogue import EVENTS
from shared.contracts.kernel.missed_events import EventPage, EventsSince, PositionedEvent
from shared.contracts.schema import codec
from shared.contracts.schema.declare import EventType
from shared.kernel.crash_points import CrashPoints
from shared.observability import OUTBOX_AGE, OUTBOX_DEPTH
from shared.store.database import Database
from shared.store.kernel_tables import OutboxRow

BATCH = 200


class EventPublisher(Protocol):
    """Puts events on the bus and returns when the broker has confirmed them all; raises where it did not."""

    def publish(self, events: list[tuple[EventType[Any], Envelope]]) -> None: ...


@dataclass
class Outbox:
    """One service's outbox."""

    service: str
    database: Database
    crash_points: CrashPoints

    def send_batch(self, publisher: EventPublisher) -> int:
        """Sends what waits, up to a batch, and returns how many were sent."""
        with self.database.reading() as session:
            waiting = session.scalars(
                select(OutboxRow).where(OutboxRow.sent_at.is_(None)).order_by(OutboxRow.number).limit(BATCH)
            ).all()
        if not waiting:
            return 0
        publisher.publish([(self._type(row), envelope_of(self.service, row)) for row in waiting])
        for row in waiting:
            self.crash_points.reached("after_publish", f"{self.service}.{row.name}")
        self._mark_sent([row.number for row in waiting])
        return len(waiting)

    def _type(self, row: OutboxRow) -> EventType[Any]:
        return EVENTS[f"{self.service}.{row.name}"]

    def _mark_sent(self, numbers: list[int]) -> None:
        with self.database.transaction() as session:
            last = session.scalar(select(func.coalesce(func.max(OutboxRow.position), 0))) or 0
            places = [{"sent": number, "place": last + place} for place, number in enumerate(numbers, start=1)]
            session.connection().execute(
                update(OutboxRow)
                .where(OutboxRow.number == bindparam("sent"), OutboxRow.sent_at.is_(None))
                .values(sent_at=now(), position=func.coalesce(OutboxRow.position, bindparam("place"))),
                places,
            )

    def unsent(self) -> int:
        """How many events are still to be sent."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.sent_at.is_(None))) or 0

    def told(self) -> Counter[str]:
        """How many of each event were committed, by "<owner>.<event>"."""
        with self.database.reading() as session:
            rows = session.execute(select(OutboxRow.name, func.count()).group_by(OutboxRow.name)).all()
        return Counter({f"{self.service}.{name}": count for name, count in rows})

    def since(self, request: EventsSince) -> EventPage:
        """A page of the events told after a position, as they went out."""
        with self.database.reading() as session:
            rows = session.scalars(
                select(OutboxRow)
                .where(OutboxRow.position > request.cursor)
                .order_by(OutboxRow.position)
                .limit(request.limit)
            ).all()
        events = tuple(
            PositionedEvent(row.position or 0, codec.write(envelope_of(self.service, row)))
            for row in rows
            if self._type(row).public
        )
        return EventPage(events, cursor=(rows[-1].position or 0) if rows else request.cursor)

    def send_again_unheard(self, heard: Mapping[str, set[str]]) -> None:
        """Forgets that events were sent which a declared consumer never heard. `heard`: event ids by consumer."""
        with self.database.transaction() as session:
            for row in session.scalars(select(OutboxRow).where(OutboxRow.sent_at.is_not(None))):
                if any(row.event_id not in heard[consumer] for consumer in self._type(row).consumers):
                    row.sent_at = None

    def measure(self) -> None:
        """Sets the gauges: how many wait, and the age of the oldest in seconds."""
        with self.database.reading() as session:
            depth, oldest = session.execute(
                select(func.count(), func.min(OutboxRow.occurred_at)).where(OutboxRow.sent_at.is_(None))
            ).one()
        OUTBOX_DEPTH.labels(self.service).set(depth)
        OUTBOX_AGE.labels(self.service).set((now() - oldest).total_seconds() if oldest else 0)


def envelope_of(service: str, row: OutboxRow) -> Envelope:
    """The event of a row as it goes onto the bus."""
    return Envelope(
        event_id=row.event_id,
        name=f"{service}.{row.name}",
        version=row.version,
        aggregate_id=row.aggregate_id,
        sequence=row.sequence,
        district=row.district,
        occurred_at=row.occurred_at,
        business_date=row.business_date,
        actor=row.actor,
        correlation_id=row.correlation_id,
        data=row.data,
    )
