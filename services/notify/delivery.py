"""Delivery by mail: one due message after the other, each claimed first, so that two replicas don't send it twice.

    waiting ──claimed──▶ sent ──▶ delivered          the server took it
       ▲                  │
       └──── pause ◀──────┴─────▶ failed             after the last try; the inbox still holds it
    waiting ──▶ inbox                                the organisation has no address

A claim moves `next_try_at` ahead by HOLD. A process that dies between sending and marking leaves the message claimed:
when the hold is over it is sent again, under the same Message-ID. A mail may thus come twice, it is never lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.notify.mail import MailServer, Sender, compose
from services.notify.models import MessageRow
from services.notify.texts import Texts
from shared.bus.service import Ask
from shared.bus.work import Telling, tell
from shared.clock import beijing_today, now
from shared.contracts.declare import EventType
from shared.contracts.notify import MESSAGE_DELIVERED, MESSAGE_FAILED, MessageTold
from shared.contracts.registry import REVEAL_ACCOUNTS, RevealAccounts
from shared.errors import NotFound
from shared.security.speaker import Purpose, Speaker
from shared.store.database import Database, changed

log = structlog.get_logger()

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
"""Before each next try; about a day in all. The address is asked anew each time: it may have been corrected."""

TRIES = len(PAUSES) + 1
HOLD = timedelta(minutes=10)
"""Longer than the longest question and dialogue with a mail server together."""


@dataclass(frozen=True)
class Claimed:
    """A message that this replica alone sends now. `attempt`: which try it is, from 1."""

    row: MessageRow
    organisation: str
    attempt: int


@dataclass(frozen=True)
class Mailer:
    """Sends what waits. `ask`: questions to other services, in notify's own name."""

    database: Database
    ask: Ask
    server: MailServer
    sender: Sender
    texts: Texts

    def deliver_one(self) -> int:
        """Takes the message that is due first; returns 0 where none is."""
        due = self._first_due()
        if due is None:
            return 0
        claimed = self._claim(due)
        if claimed is not None:
            self._deliver(claimed)
        return 1

    def _first_due(self) -> MessageRow | None:
        with self.database.reading() as session:
            return session.scalar(
                select(MessageRow)
                .where(MessageRow.delivery == "waiting", MessageRow.next_try_at <= now())
                .order_by(MessageRow.next_try_at, MessageRow.number)
                .limit(1)
            )

    def _claim(self, row: MessageRow) -> Claimed | None:
        """None where another replica took it first, or its tries are used up: the process died in the last one."""
        if row.attempts >= TRIES:
            self._give_up(row, row.attempts)
            return None
        taken = {"attempts": row.attempts + 1, "next_try_at": now() + HOLD}
        with self.database.transaction() as session:
            won = _settle(session, row, row.attempts, taken)
        return Claimed(row, row.organisation or "", row.attempts + 1) if won else None

    def _deliver(self, claimed: Claimed) -> None:
        try:
            address = self._address(claimed.organisation)
            if address is not None:
                self._send(claimed.row, address)
        except Exception as error:
            # Whatever is wrong with one message, those behind it go on; an error's text may hold the address.
            self._try_again(claimed, error)
            return
        if address is None:
            with self.database.transaction() as session:
                _settle(session, claimed.row, claimed.attempt, {"delivery": "inbox", "next_try_at": None})
        else:
            self._mark_delivered(claimed.row)

    def _address(self, organisation: str) -> str | None:
        """Asked for this one sending, which registry audits; kept nowhere."""
        question = RevealAccounts((organisation,), Purpose.CONTACT)
        try:
            accounts = self.ask(REVEAL_ACCOUNTS, question, purposes=frozenset({Purpose.CONTACT})).accounts
        except NotFound:
            return None
        return next((one.contact_email for one in accounts if one.organisation_id == organisation), None)

    def _send(self, row: MessageRow, address: str) -> None:
        mail = compose(self.texts.opened(row), self.sender, address, row.message_id, row.created_at)
        self.server.send(mail, self.sender, address)

    def _mark_delivered(self, row: MessageRow) -> None:
        # Delivered is delivered, even where another replica has claimed it meanwhile: no `attempts` in the condition.
        delivered = (
            update(MessageRow)
            .where(MessageRow.message_id == row.message_id, MessageRow.delivery == "waiting")
            .values(delivery="delivered", next_try_at=None)
        )
        with self.database.transaction() as session:
            if changed(session, delivered):
                _tell(session, MESSAGE_DELIVERED, row)

    def _try_again(self, claimed: Claimed, error: Exception) -> None:
        log.warning(
            "mail_not_delivered",
            message=claimed.row.message_id,
            attempt=claimed.attempt,
            kind=type(error).__name__,
            code=getattr(error, "smtp_code", None),
        )
        if claimed.attempt >= TRIES:
            self._give_up(claimed.row, claimed.attempt)
            return
        with self.database.transaction() as session:
            later = now() + PAUSES[claimed.attempt - 1]
            _settle(session, claimed.row, claimed.attempt, {"next_try_at": later})

    def _give_up(self, row: MessageRow, attempt: int) -> None:
        with self.database.transaction() as session:
            if _settle(session, row, attempt, {"delivery": "failed", "next_try_at": None}):
                _tell(session, MESSAGE_FAILED, row)


def _settle(session: Session, row: MessageRow, attempt: int, values: dict[str, Any]) -> bool:
    """Writes what became of a try, unless another replica has begun a later one."""
    mine = (
        MessageRow.message_id == row.message_id,
        MessageRow.delivery == "waiting",
        MessageRow.attempts == attempt,
    )
    return changed(session, update(MessageRow).where(*mine).values(**values)) == 1


def _tell(session: Session, event: EventType[MessageTold], row: MessageRow) -> None:
    data = MessageTold(row.message_id, row.template, "mail")
    tell(
        session,
        event,
        row.message_id,
        data,
        Telling(Speaker.service("notify"), beijing_today(), now(), row.correlation_id),
    )
