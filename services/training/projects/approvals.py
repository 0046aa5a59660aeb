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
    """Admits the people of one part of a roster; whoever is admitted stays so since the first time."""
    told = event.data
    known = admitted(work.session, told.project_id, told.person_ids)
    new = [person_id for person_id in dict.fromkeys(told.person_ids) if person_id not in known]
    insert_all(work.session, Admission, (values_of(Admission, told, person_id=person_id) for person_id in new))
    log_activity(work, told.project_id, "people_admitted", len(new), told.case_id)
