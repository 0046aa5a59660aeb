"""The notice: what is asked back, why, how to pay and until when. Another one moves the day or finds better words."""

from __future__ import annotations

from services.subsidy.collection.shapes import demand_shape, lock_demand_in_reach
from services.subsidy.demands import events
from services.subsidy.models import DemandNotice
from shared.contracts.subsidy.receivables import CLAWBACK_NOTICED, DemandShape, IssueNotice
from shared.errors import Conflict, InvalidRequest
from shared.kernel.work import Work
from shared.money import ZERO
from shared.store.by_name import values_of


def issue_notice(work: Work, request: IssueNotice) -> DemandShape:
    """Raises InvalidRequest for a day that isn't to come, Conflict where nothing is left to ask for."""
    demand = lock_demand_in_reach(work, request.demand_id)
    if request.due_on <= work.today:
        raise InvalidRequest.of(("due_on", "退还期限应晚于今天，请另定日期"))
    outstanding = events.outstanding(work.session, demand.id)
    if outstanding == ZERO:
        raise Conflict("该笔追回没有尚未退还的金额，无需发出通知", demand_id=demand.id)
    before = events.newest_notice(work.session, demand.id)
    number = before.number + 1 if before else 1
    noticed = {"number": number, "noticed_on": work.today, "noticed_by": work.speaker.person}
    work.add(DemandNotice(**values_of(DemandNotice, request, outstanding=outstanding, **noticed)))
    events.tell_demand(work, CLAWBACK_NOTICED, demand)
    events.tell_deadline_set(work, demand)
    return demand_shape(work, demand)
