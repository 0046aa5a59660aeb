"""The inbox of a party: its messages, newest first, and which of them were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from services.notify.letters.sealing import Texts
from services.notify.letters.template_table import LETTERS
from services.notify.models import DeliveryRow, MessageRow
from services.notify.recipients.recipients import own_key
from shared.contracts.notify.inbox import DeliveryShape, InboxPage, MarkedRead, MarkRead, MessageShape, ReadInbox
from shared.errors import InvalidRequest
from shared.kernel.work import Look, Work
from shared.security.permissions import not_found
from shared.store.database import execute_count


def read_inbox(look: Look, request: ReadInbox, texts: Texts) -> InboxPage:
    """One page. `cursor`: the last message of the page before."""
    mine = MessageRow.recipient == own_key(look.speaker)
    unread = MessageRow.read_at.is_(None)
    wanted = [mine, *([unread] if request.unread_only else []), *_after(look, request.cursor, mine)]
    rows = look.session.scalars(
        select(MessageRow).where(*wanted).order_by(MessageRow.number.desc()).limit(request.limit + 1)
    ).all()
    page = rows[: request.limit]
    deliveries = _deliveries(look, [row.message_id for row in page])
    return InboxPage(
        messages=tuple(_shape(row, texts, deliveries.get(row.message_id, ())) for row in page),
        unread=look.session.scalar(select(func.count()).select_from(MessageRow).where(mine, unread)) or 0,
        cursor=page[-1].message_id if len(rows) > len(page) else None,
    )


def mark_read(work: Work, request: MarkRead) -> MarkedRead:
    """Once read, a message stays read from that first moment. Raises NotFound for another party's message."""
    this = (MessageRow.message_id == request.message_id, MessageRow.recipient == own_key(work.speaker))
    newly = update(MessageRow).where(*this, MessageRow.read_at.is_(None)).values(read_at=work.at)
    if not execute_count(work.session, newly) and work.session.scalar(select(MessageRow.number).where(*this)) is None:
        raise not_found()
    work.note(f"message:{request.message_id}")
    return MarkedRead(request.message_id)


def _after(look: Look, cursor: str | None, mine: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    if cursor is None:
        return []
    number: Any = look.session.scalar(select(MessageRow.number).where(mine, MessageRow.message_id == cursor))
    if number is None:
        raise InvalidRequest.of(("cursor", "请原样填写上一页返回的 cursor，或留空从最新一条读起"))
    return [MessageRow.number < number]


def _deliveries(look: Look, message_ids: list[str]) -> Mapping[str, Sequence[DeliveryShape]]:
    """By message."""
    found: dict[str, list[DeliveryShape]] = {}
    rows = select(DeliveryRow).where(DeliveryRow.message_id.in_(message_ids)).order_by(DeliveryRow.number)
    for row in look.session.scalars(rows):
        shape = DeliveryShape(row.channel, row.state, row.receipt, row.receipt_at)
        found.setdefault(row.message_id, []).append(shape)
    return found


def _shape(row: MessageRow, texts: Texts, deliveries: Sequence[DeliveryShape]) -> MessageShape:
    letter = texts.opened(row)
    return MessageShape(
        message_id=row.message_id,
        kind=LETTERS[row.template].kind,
        template=row.template,
        version=row.version,
        title=letter.title,
        body=letter.body,
        subject_id=row.subject_id,
        business_date=row.business_date,
        created_at=row.created_at,
        read=row.read_at is not None,
        deliveries=tuple(deliveries),
    )
