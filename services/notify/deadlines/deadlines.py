"""What is due, as other services tell it, in whatever order it is heard: the telling with the highest number counts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select, update

from services.notify.models import ClosingRow, DeadlineRow
from shared.bus.wire import Event
from shared.contracts.common import DeadlineClosed, DeadlineSet
from shared.errors import InvalidRequest
from shared.kernel.work import Work
from shared.security.speaker import ORGANISATION_ROLES
from shared.store.by_name import values_of
from shared.store.database import execute_count


def deadline_set(work: Work, event: Event[DeadlineSet]) -> None:
    """A new deadline, or one that has moved; an older telling than the one known is passed over.

    Raises InvalidRequest for an organisation's deadline that doesn't say which: it is parked, not forgotten.
    """
    data = event.data
    if data.party in ORGANISATION_ROLES and data.organisation_id is None:
        raise InvalidRequest.of(("organisation_id", "请填写期限所属单位的编号"))
    _store_telling(work, DeadlineRow, event, organisation=data.organisation_id)


def deadline_closed(work: Work, event: Event[DeadlineClosed]) -> None:
    """Nobody is reminded any more, also where it is heard before the deadline itself."""
    _store_telling(work, ClosingRow, event)


def is_open() -> ColumnElement[bool]:
    """Not closed since it was set last."""
    closing = select(ClosingRow.deadline_id).where(
        ClosingRow.deadline_id == DeadlineRow.deadline_id, ClosingRow.told > DeadlineRow.told
    )
    return ~exists(closing)


def _store_telling(work: Work, table: type[DeadlineRow | ClosingRow], event: Event[Any], **more: Any) -> None:
    """The row of this telling, unless a later one is known."""
    values = values_of(table, event.data, told=event.envelope.sequence, **more)
    this = table.deadline_id == event.data.deadline_id
    if execute_count(work.session, update(table).where(this, table.told < values["told"]).values(**values)):
        return
    if work.session.scalar(select(table.told).where(this)) is None:
        work.session.execute(insert(table).values(**values))
