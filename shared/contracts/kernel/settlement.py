"""How far a service's telling and hearing has come, and the business date of a sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared.contracts.schema.declare import command, of_every_service, query
from shared.contracts.schema.shapes import Json
from shared.security.speaker import Role


@dataclass(frozen=True)
class AskSettlement:
    """No parameters."""


@dataclass(frozen=True)
class Settlement:
    """How far a service's telling and hearing has come. Counts by "<owner>.<event>".

    `due`: what the business date demands and isn't done yet.
    """

    told: Json
    unsent: int
    applied: Json
    waiting: int
    parked: int
    open_commands: int
    due: int = 0


@dataclass(frozen=True)
class MoveClock:
    to: date


@dataclass(frozen=True)
class ClockMoved:
    today: date


SETTLEMENT = of_every_service(
    query, "settlement", AskSettlement, Settlement, (Role.OPERATOR,), "Whether all that was told has been applied."
)
MOVE_CLOCK = of_every_service(
    command, "move_clock", MoveClock, ClockMoved, (Role.OPERATOR,), "Moves the business date; only where ALLOW_CLOCK=1."
)
