"""What couldn't be delivered besides the inbox: shown to whom it concerns, counted, and tried again by an operator."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, or_, select, true, update

from services.notify.models import DeliveryRow, MessageRow
from shared.contracts.notify.deliveries import (
    DeliveryRetried,
    ListUndelivered,
    RetryDelivery,
    UndeliveredCount,
    UndeliveredLine,
    UndeliveredPage,
)
from shared.errors import Conflict
from shared.kernel.work import Look, Work
from shared.observability import Measured
from shared.security.permissions import not_found
from shared.security.speaker import Role, Speaker
from shared.store.access_filter import filters, in_reach
from shared.store.by_name import shape_of
from shared.store.cursors import read_rows
from shared.store.database import Database, execute_count

PAUSE = 60.0
"""Seconds between two measurements."""

FIGURES = Measured()
UNDELIVERED = FIGURES.gauge("skills_undelivered", "Messages tried or given up, not delivered", ["channel", "state"])

_TRIED = or_(
    DeliveryRow.state.in_(("failed", "no_address")), and_(DeliveryRow.state == "waiting", DeliveryRow.attempts > 0)
)


def list_undelivered(look: Look, request: ListUndelivered) -> UndeliveredPage:
    """Counts of all that is meant, and one page of it. Raises InvalidRequest for a cursor that is none."""
    given = filters({DeliveryRow.channel: request.channel, DeliveryRow.state: request.state})
    meant = [_TRIED, _reach(look.speaker), *given]
    joined = MessageRow.message_id == DeliveryRow.message_id
    columns = (DeliveryRow.channel, DeliveryRow.state, func.coalesce(DeliveryRow.reason, ""))
    counted = select(*columns, func.count()).join(MessageRow, joined).where(*meant).group_by(*columns)
    wanted = select(DeliveryRow, MessageRow).join(MessageRow, joined).where(*meant)
    shown, cursor = read_rows(look.session, wanted, request, DeliveryRow.number, descending=True)
    shows_whom = look.speaker.acting_role is not Role.OPERATOR
    return UndeliveredPage(
        counts=tuple(UndeliveredCount(*row) for row in look.session.execute(counted.order_by(*columns))),
        lines=tuple(_line(row, message, shows_whom=shows_whom) for row, message in shown),
        cursor=cursor,
    )


def retry_delivery(work: Work, request: RetryDelivery) -> DeliveryRetried:
    """All tries anew, the first one now. Raises NotFound, or Conflict where it was delivered meanwhile."""
    this = DeliveryRow.delivery_id == request.delivery_id
    anew = (
        update(DeliveryRow)
        .where(this, DeliveryRow.state != "delivered")
        .values(state="waiting", attempts=0, next_try_at=work.at)
    )
    if not execute_count(work.session, anew):
        if work.session.scalar(select(DeliveryRow.number).where(this)) is None:
            raise not_found()
        raise Conflict("该消息已送达，无需重发")
    work.note(f"delivery:{request.delivery_id}")
    return DeliveryRetried(request.delivery_id)


def measure(database: Database) -> int:
    """One round of the gauge. Answers 0: there is nothing to go on with at once."""
    with database.reading() as session:
        counted = session.execute(
            select(DeliveryRow.channel, DeliveryRow.state, func.count())
            .where(_TRIED)
            .group_by(DeliveryRow.channel, DeliveryRow.state)
        ).all()
    UNDELIVERED.clear()
    for channel, state, count in counted:
        UNDELIVERED.labels(channel, state).set(count)
    FIGURES.measured(PAUSE)
    return 0


def _reach(speaker: Speaker) -> ColumnElement[bool]:
    """An operator sees that something didn't arrive, wherever; an office what concerns its place (APP-1)."""
    if speaker.acting_role is Role.OPERATOR:
        return true()
    return in_reach(speaker, MessageRow.district)


def _line(row: DeliveryRow, message: MessageRow, *, shows_whom: bool) -> UndeliveredLine:
    return shape_of(
        UndeliveredLine,
        row,
        template=message.template,
        organisation_id=message.organisation if shows_whom else None,
        reason=row.reason or "",
        created_at=message.created_at,
    )
