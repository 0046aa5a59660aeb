"""Confirmed fraud as review told it (APP-27): who is named earns nothing; what follows is in `enforcement.py`."""

from __future__ import annotations

from services.subsidy.exclusions.enforcement import enforce_exclusions
from services.subsidy.models import Fraud, FraudPerson, ProjectEnrolment
from services.subsidy.projects.locks import lock_project
from shared.bus.wire import Event
from shared.contracts.review.oversight import FraudConfirmed
from shared.kernel.work import Work
from shared.store.bulk import insert_new
from shared.store.by_name import values_of


def record_fraud(work: Work, event: Event[FraudConfirmed]) -> None:
    """One part of a confirmed fraud; the parts, and the project itself, may be heard in any order."""
    told = event.data
    known = lock_project(work.session, told.project_id)
    insert_new(work.session, Fraud, [values_of(Fraud, told, confirmed_on=told.on)])
    named = ({"inquiry_id": told.inquiry_id, "person_id": person_id} for person_id in told.person_ids)
    insert_new(work.session, FraudPerson, named)
    if not known:
        return  # nothing was claimed for a project that isn't known yet
    meant = () if told.whole_project else (ProjectEnrolment.person_id.in_(told.person_ids),)
    enforce_exclusions(work, told.project_id, *meant)
