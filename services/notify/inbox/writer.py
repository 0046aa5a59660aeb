"""Messages and their deliveries are written here, whatever they tell of: an event or a reminder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from services.notify.letters.rendering import Letter
from services.notify.letters.sealing import Texts
from services.notify.letters.template_table import LETTERS
from services.notify.models import DeliveryRow, MessageRow
from services.notify.recipients.preferences import choices_of
from services.notify.recipients.recipients import Recipient
from shared.store.by_name import values_of
from shared.store.types import new_id


@dataclass(frozen=True)
class Draft:
    """A letter to one party, by the template of this name."""

    recipient: Recipient
    template: str
    letter: Letter


@dataclass(frozen=True)
class Occasion:
    """What messages tell of. `event_id`: the event, or the reminder; `district`: None where it lies in none."""

    event_id: str
    subject_id: str
    district: str | None
    business_date: date
    at: datetime
    correlation_id: str


@dataclass(frozen=True)
class Writer:
    """`mailing`: a mail server is set up."""

    texts: Texts
    mailing: bool

    def write(self, session: Session, occasion: Occasion, drafts: Sequence[Draft]) -> list[str]:
        """One message each, with a delivery for every channel that its party wants; their ids."""
        choices = choices_of(session, [draft.recipient for draft in drafts], mailing=self.mailing)
        messages = [self._message(occasion, draft) for draft in drafts]
        session.add_all(messages)
        session.flush()
        session.add_all(
            _delivery(message, channel, occasion.at)
            for message, draft in zip(messages, drafts, strict=True)
            for channel in choices.channels(draft.recipient, LETTERS[draft.template].kind)
        )
        return [message.message_id for message in messages]

    def _message(self, occasion: Occasion, draft: Draft) -> MessageRow:
        message_id = new_id()
        title, body = self.texts.sealed(message_id, draft.letter)
        values = values_of(
            MessageRow,
            occasion,
            message_id=message_id,
            recipient=draft.recipient.key,
            organisation=draft.recipient.organisation,
            template=draft.template,
            version=LETTERS[draft.template].version,
            title=title,
            body=body,
            created_at=occasion.at,
        )
        return MessageRow(**values)


def _delivery(message: MessageRow, channel: str, at: datetime) -> DeliveryRow:
    return DeliveryRow(
        delivery_id=new_id(),
        message_id=message.message_id,
        channel=channel,
        urgent=LETTERS[message.template].urgent,
        state="waiting",
        attempts=0,
        next_try_at=at,
    )
