"""Delivery besides the inbox: one due message after the other, each claimed first, so that two replicas don't send
it twice. What a channel does is its own: `channels/mail.py`, `channels/webhook.py`.

    waiting ──claimed──▶ sent ──▶ delivered          the other side took it: its receipt is kept
       ▲                  │
       └──── pause ◀──────┴─────▶ failed             after the last try; the inbox still holds it
    waiting ──▶ no_address                           the party has none
    waiting ──▶ waiting                              quiet hours: put off, no try counted

A claim moves `next_try_at` ahead by HOLD. A process that dies between sending and marking leaves the message claimed:
when the hold is over it is sent again, under the same message id. It may thus come twice, it is never lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.notify.delivery.quiet_hours import Quiet, leaves_at
from services.notify.models import DeliveryRow, MessageRow
from shared.clock import beijing_today, now
from shared.contracts.notify.channels import Channel
from shared.contracts.notify.deliveries import MESSAGE_DELIVERED, MESSAGE_FAILED, MessageTold
from shared.contracts.schema.declare import EventType
from shared.errors import SkillsError, Unavailable
from shared.kernel.work import Telling, tell
from shared.security.speaker import Speaker
from shared.store.database import Database, execute_count

log = structlog.get_logger()

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
"""Before each next try; about a day in all. The address is looked up anew each time: it may have been corrected."""

TRIES = len(PAUSES) + 1
HOLD = timedelta(minutes=10)
"""Longer than the longest question and dialogue with another side together."""


class NoAddressError(Exception):
    """The party has no address on this channel."""


class NotTakenError(Exception):
    """The other side didn't take it. `reason`: by code, without personal data; `for_all`: nothing reaches it now."""

    def __init__(self, reason: str, *, for_all: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_all = for_all


class Sending(Protocol):
    """A channel."""

    @property
    def channel(self) -> Channel:
        """Whose deliveries it sends."""

    def send(self, message: MessageRow) -> str:
        """The receipt. Raises NoAddressError, NotTakenError, or whatever went wrong on the way."""


@dataclass(frozen=True)
class Due:
    """A delivery with its message, as this replica read them. `attempt`: which try it is, from 1, once claimed."""

    row: DeliveryRow
    message: MessageRow
    attempt: int


@dataclass(frozen=True)
class Deliverer:
    """Sends what waits on one channel. `clock`: the real instant."""

    database: Database
    sending: Sending
    quiet: Quiet
    clock: Callable[[], datetime] = now

    def deliver_one(self) -> int:
        """Takes the delivery that is due first; returns 0 where none is."""
        due = self._first_due()
        if due is None:
            return 0
        if due.row.attempts >= TRIES:  # the process died in the last one
            self._give_up(due, due.row.attempts, due.row.reason or "interrupted")
        elif not self._put_off(due) and self._claim(due):
            self._deliver(due)
        return 1

    def _first_due(self) -> Due | None:
        due = (DeliveryRow.channel == self.sending.channel, DeliveryRow.state == "waiting")
        with self.database.reading() as session:
            found = session.execute(
                select(DeliveryRow, MessageRow)
                .join(MessageRow, MessageRow.message_id == DeliveryRow.message_id)
                .where(*due, DeliveryRow.next_try_at <= self.clock())
                .order_by(DeliveryRow.next_try_at, DeliveryRow.number)
                .limit(1)
            ).first()
        return None if found is None else Due(found[0], found[1], found[0].attempts + 1)

    def _put_off(self, due: Due) -> bool:
        """Whether it has to wait for the end of the quiet hours; an urgent one never does."""
        moment = self.clock()
        free = moment if due.row.urgent else self._free_from(moment)
        if free <= moment:
            return False
        with self.database.transaction() as session:
            _settle(session, due.row, due.row.attempts, {"next_try_at": free})
        return True

    def _free_from(self, moment: datetime) -> datetime:
        try:
            return leaves_at(moment, self.quiet)
        except Unavailable as unknown_year:
            # Better at an unkind hour than never: the missing year is the operator's to add.
            log.error("no_holidays", year=unknown_year.details.get("year"))
            return moment

    def _claim(self, due: Due) -> bool:
        """False where another replica took it first."""
        with self.database.transaction() as session:
            return _settle(
                session, due.row, due.row.attempts, {"attempts": due.attempt, "next_try_at": self.clock() + HOLD}
            )

    def _deliver(self, due: Due) -> None:
        try:
            receipt = self.sending.send(due.message)
        except NoAddressError:
            with self.database.transaction() as session:
                ended = {"state": "no_address", "next_try_at": None, "reason": "no_address"}
                _settle(session, due.row, due.attempt, ended)
        except Exception as error:
            # Whatever is wrong with one message, those behind it go on; an error's text may hold the address.
            self._try_again(due, reason_of(error), for_all=isinstance(error, NotTakenError) and error.for_all)
        else:
            self._mark_delivered(due, receipt)

    def _mark_delivered(self, due: Due, receipt: str) -> None:
        # Delivered is delivered, even where another replica has claimed it meanwhile: no `attempts` in the condition.
        delivered = (
            update(DeliveryRow)
            .where(DeliveryRow.delivery_id == due.row.delivery_id, DeliveryRow.state == "waiting")
            .values(state="delivered", next_try_at=None, reason=None, receipt=receipt[:100], receipt_at=self.clock())
        )
        with self.database.transaction() as session:
            if execute_count(session, delivered):
                _tell(session, MESSAGE_DELIVERED, due)

    def _try_again(self, due: Due, reason: str, *, for_all: bool) -> None:
        log.warning(
            "not_delivered",
            delivery=due.row.delivery_id,
            channel=due.row.channel,
            attempt=due.attempt,
            reason=reason,
        )
        later = self.clock() + PAUSES[min(due.attempt, len(PAUSES)) - 1]
        if due.attempt < TRIES:
            with self.database.transaction() as session:
                _settle(session, due.row, due.attempt, {"next_try_at": later, "reason": reason})
        else:
            self._give_up(due, due.attempt, reason)
        if for_all:
            with self.database.transaction() as session:
                _spare(session, due, self.clock(), later, reason)

    def _give_up(self, due: Due, attempt: int, reason: str) -> None:
        with self.database.transaction() as session:
            if _settle(session, due.row, attempt, {"state": "failed", "next_try_at": None, "reason": reason}):
                _tell(session, MESSAGE_FAILED, due)


def reason_of(error: Exception) -> str:
    """Why a try failed, by code: never an error's text, which may quote an address."""
    if isinstance(error, NotTakenError):
        return error.reason
    return error.code if isinstance(error, SkillsError) else type(error).__name__


def _settle(session: Session, row: DeliveryRow, attempts: int, values: dict[str, Any]) -> bool:
    """Writes what became of a try, unless another replica has begun a later one."""
    mine = (
        DeliveryRow.delivery_id == row.delivery_id,
        DeliveryRow.state == "waiting",
        DeliveryRow.attempts == attempts,
    )
    return execute_count(session, update(DeliveryRow).where(*mine).values(**values)) == 1


def _spare(session: Session, due: Due, at: datetime, later: datetime, reason: str) -> None:
    """One try stands for all that is due to a party that can't be reached: the loop isn't held up by each of them."""
    same_party = select(MessageRow.message_id).where(MessageRow.recipient == due.message.recipient)
    others = (
        DeliveryRow.channel == due.row.channel,
        DeliveryRow.state == "waiting",
        DeliveryRow.next_try_at <= at,
        DeliveryRow.attempts < TRIES,
        DeliveryRow.message_id.in_(same_party),
    )
    tried = {"attempts": DeliveryRow.attempts + 1, "next_try_at": later, "reason": reason}
    execute_count(session, update(DeliveryRow).where(*others).values(**tried))


def _tell(session: Session, event: EventType[MessageTold], due: Due) -> None:
    message = due.message
    data = MessageTold(message.message_id, message.template, due.row.channel)
    telling = Telling(Speaker.service("notify"), beijing_today(), now(), message.correlation_id)
    tell(session, event, message.message_id, data, telling)
