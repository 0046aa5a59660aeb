"""The inbox of a party: its messages, newest first, and which of them were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select, update

from services.notify.letters.sealing import Texts
from services.notify.letters.template_table import LETTERS
from services.notify.models import DeliveryRow, MessageRow
from services.notify.recipients.recipients import own_key
from shared.batching import grouped
from shared.contracts.notify.inbox import DeliveryShape, InboxPage, MarkedRead, MarkRead, MessageShape, ReadInbox
from shared.kernel.work import Look, Work
from shared.security.permissions import not_found
from shared.store.by_name import shape_of
from shared.store.cursors import read_page
from shared.store.database import execute_count


def read_inbox(look: Look, request: ReadInbox, texts: Texts) -> InboxPage:
    """One page. Raises NotFound for a role without an inbox, InvalidRequest for a cursor that is none."""
    mine = MessageRow.recipient == own_key(look.speaker)
    unread = MessageRow.read_at.is_(None)
    wanted = select(MessageRow).where(mine, *([unread] if request.unread_only else []))
    shown, cursor = read_page(look.session, wanted, request, MessageRow.number, descending=True)
    deliveries = _deliveries(look, [row.message_id for row in shown])
    return InboxPage(
        messages=tuple(_shape(row, texts, deliveries.get(row.message_id, ())) for row in shown),
        unread=look.session.scalar(select(func.count()).select_from(MessageRow).where(mine, unread)) or 0,
        cursor=cursor,
    )


def mark_read(work: Work, request: MarkRead) -> MarkedRead:
    """Once read, a message stays read from that first moment. Raises NotFound for another party's message."""
    this = (MessageRow.message_id == request.message_id, MessageRow.recipient == own_key(work.speaker))
    newly = update(MessageRow).where(*this, MessageRow.read_at.is_(None)).values(read_at=work.at)
    if not execute_count(work.session, newly) and work.session.scalar(select(MessageRow.number).where(*this)) is None:
        raise not_found()
    work.note(f"message:{request.message_id}")
    return MarkedRead(request.message_id)


def _deliveries(look: Look, message_ids: list[str]) -> Mapping[str, Sequence[DeliveryShape]]:
    """By message."""
    rows = select(DeliveryRow).where(DeliveryRow.message_id.in_(message_ids)).order_by(DeliveryRow.number)
    return grouped((row.message_id, shape_of(DeliveryShape, row)) for row in look.session.scalars(rows))


def _shape(row: MessageRow, texts: Texts, deliveries: Sequence[DeliveryShape]) -> MessageShape:
    letter = texts.opened(row)
    return shape_of(
        MessageShape,
        row,
        kind=LETTERS[row.template].kind,
        title=letter.title,
        body=letter.body,
        read=row.read_at is not None,
        deliveries=tuple(deliveries),
    )
