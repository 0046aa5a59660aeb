"""Approved projects and rosters, as review tells them: in any order, in parts, more than once."""

from __future__ import annotations

from services.training.models import Admission, Project
from services.training.projects import deadlines
from services.training.projects.access import admitted
from services.training.projects.activity_log import log_activity
from shared.bus.wire import Event
from shared.contracts.review.cases import ProjectApproved, RosterApproved
from shared.contracts.schema import codec
from shared.kernel.work import Work
from shared.store.bulk import insert_all
from shared.store.by_name import values_of


def project_approved(work: Work, event: Event[ProjectApproved]) -> None:
    """Keeps an approved project as it was fixed at approval. One that is known stays as it is."""
    told = event.data
    if work.session.get(Project, told.project_id) is not None:
        return
    of_the_plan = {"level": told.plan.level, "term_years": told.plan.term_years, "plan_filed": codec.write(told.plan)}
    project = work.add(Project(**values_of(Project, told, id=told.project_id, **of_the_plan)))
    deadlines.set_for(work, project, told.plan.starts_on)
    log_activity(work, project.id, "project_approved")


def roster_approved(work: Work, event: Event[RosterApproved]) -> None:
    """Admits the people of one part of a roster: whoever was admitted by another one before, anew (INT-90)."""
    told = event.data
    known = admitted(work.session, told.project_id, told.person_ids)
    people = list(dict.fromkeys(told.person_ids))
    again = [person_id for person_id in people if person_id in known and known[person_id].case_id != told.case_id]
    for person_id in again:
        if known[person_id].approved_on <= told.approved_on:
            known[person_id].case_id, known[person_id].approved_on = told.case_id, told.approved_on
    new = [person_id for person_id in people if person_id not in known]
    insert_all(work.session, Admission, (values_of(Admission, told, person_id=person_id) for person_id in new))
    log_activity(work, told.project_id, "people_admitted", len(new) + len(again), told.case_id)
