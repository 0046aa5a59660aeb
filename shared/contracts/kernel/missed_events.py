"""What a late listener missed, and the events that were set aside because they couldn't be applied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.contracts.common import PageSize, Position
from shared.contracts.schema.declare import command, of_every_service, query
from shared.contracts.schema.shapes import Id, Json
from shared.security.speaker import Role


@dataclass(frozen=True)
class EventsSince:
    """`cursor`: the last position already read, 0 for the beginning."""

    cursor: Position = 0
    limit: PageSize = 200


@dataclass(frozen=True)
class PositionedEvent:
    position: int
    event: Json


@dataclass(frozen=True)
class EventPage:
    events: tuple[PositionedEvent, ...]
    cursor: int


@dataclass(frozen=True)
class ListParked:
    limit: PageSize = 200


@dataclass(frozen=True)
class ParkedEvent:
    event_id: str
    name: str
    attempts: int
    parked_at: datetime
    reason: str


@dataclass(frozen=True)
class ParkedPage:
    parked: tuple[ParkedEvent, ...]


@dataclass(frozen=True)
class OneParked:
    event_id: Id


@dataclass(frozen=True)
class ParkedBody:
    event_id: str
    reason: str
    body: str


@dataclass(frozen=True)
class Replayed:
    event_id: str


EVENTS_SINCE = of_every_service(
    query, "events_since", EventsSince, EventPage, (Role.OPERATOR,), "What a late listener missed, in order."
)
LIST_PARKED = of_every_service(query, "list_parked", ListParked, ParkedPage, (Role.OPERATOR,), "Events set aside.")
SHOW_PARKED = of_every_service(query, "show_parked", OneParked, ParkedBody, (Role.OPERATOR,), "One of them, whole.")
REPLAY_PARKED = of_every_service(
    command, "replay_parked", OneParked, Replayed, (Role.OPERATOR,), "Tries a parked event again."
)
