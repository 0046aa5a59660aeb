"""What waits in registry: employers whose people have no month of insurance on file: the district's to record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from services.registry.access import in_reach
from services.registry.models import Employment, InsuredMonth, Organisation
from shared.clock import BEIJING
from shared.contracts.common import ListWaiting, WaitingItem, WaitingPage
from shared.kernel.work import Look
from shared.security.speaker import Role
from shared.store.cursors import behind, page

INSURANCE = "insurance_to_record"
RECORDS = frozenset({Role.DISTRICT_OFFICER})


def list_waiting(look: Look, request: ListWaiting) -> WaitingPage:
    """One item an employer, those who wait longest first. Nothing waits here for any other role. Raises InvalidRequest
    for a cursor that is none.
    """
    if look.speaker.acting_role not in RECORDS:
        return WaitingPage((), None)
    since = func.min(Employment.recorded_at)
    chosen = (
        select(Organisation, since.label("since"), func.count(Employment.person_id.distinct()).label("people"))
        .join(Employment, Employment.organisation_id == Organisation.id)
        .outerjoin(InsuredMonth, InsuredMonth.person_id == Employment.person_id)
        .where(in_reach(look.speaker), InsuredMonth.person_id.is_(None))
        .group_by(Organisation.id)
        .having(behind(request.cursor, since, Organisation.id))
        .order_by(since, Organisation.id)
        .limit(request.limit + 1)
    )
    shown, cursor = page(
        look.session.execute(chosen).all(), request.limit, lambda row: (row.since, row.Organisation.id)
    )
    return WaitingPage(tuple(_item(row.Organisation, row.since, row.people) for row in shown), cursor)


def _item(employer: Organisation, since: datetime, people: int) -> WaitingItem:
    return WaitingItem(
        kind=INSURANCE,
        id=employer.id,
        title=f"{employer.name}：{people} 人的参保月份待核对登记",
        project_id=None,
        district=employer.district,
        since=since.astimezone(BEIJING).date(),
    )
