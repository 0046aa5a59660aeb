"""At an event: who is told, in which words; one message per party, whatever is delivered twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from services.notify import governing
from services.notify.models import MessageRow
from services.notify.notices import notices_of
from services.notify.recipients import Recipient, recipients
from services.notify.texts import Texts
from services.notify.wording import Letter, Matter, write_letter
from shared.bus.wire import Event
from shared.bus.work import Asks, Work
from shared.contracts.registry import LIST_ORGANISATIONS, ListOrganisations
from shared.store.types import new_id

_ORGANISATIONS = ("employer_id", "provider_id")
_SUBJECTS = ("case_id", "claim_id", "project_id", "catalogue_id")

Names = Mapping[str, str]
"""Organisations' names by id."""


def ask_names(asks: Asks, event: Event[Any]) -> Names:
    """The names of the organisations in an event; events carry ids only."""
    ids = {getattr(event.data, field) for field in _ORGANISATIONS if hasattr(event.data, field)}
    if not ids:
        return {}
    listed = asks.ask(LIST_ORGANISATIONS, ListOrganisations(tuple(sorted(ids))))
    return {found.organisation_id: found.name for found in listed.organisations}


def tell_parties(work: Work, event: Event[Any], names: Names, texts: Texts, *, mailing: bool) -> None:
    """Writes a message to every party of the event. `mailing`: organisations get it by mail besides."""
    governing.remember(work, event.data)
    for recipient, template, letter in _letters(work, event, names):
        message_id = new_id()
        title, body = texts.sealed(message_id, letter)
        by_mail = mailing and recipient.organisation is not None
        work.session.add(
            MessageRow(
                message_id=message_id,
                event_id=event.envelope.event_id,
                recipient=recipient.key,
                organisation=recipient.organisation,
                template=template,
                subject_id=_subject(event.data),
                title=title,
                body=body,
                business_date=event.envelope.business_date,
                created_at=work.at,
                correlation_id=work.correlation_id,
                delivery="waiting" if by_mail else "inbox",
                attempts=0,
                next_try_at=work.at if by_mail else None,
            )
        )


def _letters(work: Work, event: Event[Any], names: Names) -> list[tuple[Recipient, str, Letter]]:
    """Who is still to be told, by which template, what."""
    documents = governing.documents_for(work, event)
    matter = Matter(event, names, governing.station_of(event.data, documents), documents)
    chosen: dict[Recipient, str] = {}
    for notice in notices_of(event.envelope.name, event.data):
        for recipient in recipients(notice.party, event.data, matter.station):
            chosen.setdefault(recipient, notice.template)
    told = set(work.session.scalars(select(MessageRow.recipient).where(MessageRow.event_id == event.envelope.event_id)))
    return [
        (recipient, template, write_letter(template, matter))
        for recipient, template in chosen.items()
        if recipient.key not in told
    ]


def _subject(data: Any) -> str:
    return str(next(getattr(data, field) for field in _SUBJECTS if hasattr(data, field)))
