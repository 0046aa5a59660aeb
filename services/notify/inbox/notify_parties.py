"""At an event: who is told, in which words; one message per party, whatever is delivered twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from services.notify.inbox.writer import Draft, Occasion, Writer
from services.notify.letters import governing_document
from services.notify.letters.notices import notices_of
from services.notify.letters.rendering import Matter, write_letter
from services.notify.models import MessageRow
from services.notify.recipients.recipients import Recipient, recipients_of
from shared.bus.wire import Event
from shared.contracts.registry.organisations import LIST_ORGANISATIONS, ListOrganisations
from shared.kernel.work import Asks, Work

_ORGANISATIONS = ("employer_id", "provider_id")
_SUBJECTS = ("case_id", "claim_id", "of_id", "project_id", "catalogue_id", "closing_id")

Names = Mapping[str, str]
"""Organisations' names by id."""


def ask_names(asks: Asks, event: Event[Any]) -> Names:
    """The names of the organisations in an event, which carries ids only. Raises Unavailable while registry is down."""
    ids = {getattr(event.data, field) for field in _ORGANISATIONS if hasattr(event.data, field)}
    if not ids:
        return {}
    listed = asks.ask(LIST_ORGANISATIONS, ListOrganisations(tuple(sorted(ids))))
    return {found.organisation_id: found.name for found in listed.organisations}


def notify_parties(work: Work, event: Event[Any], names: Names, writer: Writer) -> None:
    """Writes a message to every party of the event.

    Raises NoPolicyInForce where its document isn't loaded, or no document knows its station: the event waits.
    """
    governing_document.store_document(work, event.data)
    occasion = Occasion(
        event_id=event.envelope.event_id,
        subject_id=_subject(event.data),
        district=getattr(event.data, "district", None),
        business_date=event.envelope.business_date,
        at=work.at,
        correlation_id=work.correlation_id,
    )
    writer.write(work.session, occasion, _drafts(work, event, names))


def _drafts(work: Work, event: Event[Any], names: Names) -> list[Draft]:
    """Who is still to be told, by which template, what."""
    documents = governing_document.documents_for(work, event)
    station = governing_document.station_of(event.data, documents)
    matter = Matter(event.data, event.envelope.business_date, names, station, documents)
    chosen: dict[Recipient, str] = {}
    for notice in notices_of(event.envelope.name, event.data):
        for recipient in recipients_of(notice.party, event.data, matter.station):
            chosen.setdefault(recipient, notice.template)
    told = set(work.session.scalars(select(MessageRow.recipient).where(MessageRow.event_id == event.envelope.event_id)))
    return [
        Draft(recipient, template, write_letter(template, matter))
        for recipient, template in chosen.items()
        if recipient.key not in told
    ]


def _subject(data: Any) -> str:
    return str(next(getattr(data, field) for field in _SUBJECTS if hasattr(data, field)))
