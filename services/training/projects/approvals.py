"""Approved projects and rosters, as review tells them: in any order, in parts, more than once."""

from __future__ import annotations

from sqlalchemy import insert

from services.training.models import Admission, Project
from services.training.projects import activity_log, deadlines
from services.training.projects.access import admitted
from shared.bus.wire import Event
from shared.contracts.review.cases import ProjectApproved, RosterApproved
from shared.contracts.schema import codec
from shared.kernel.work import Work


def project_approved(work: Work, event: Event[ProjectApproved]) -> None:
    """Keeps an approved project as it was fixed at approval. One that is known stays as it is."""
    told = event.data
    if work.session.get(Project, told.project_id) is not None:
        return
    project = Project(
        id=told.project_id,
        programme=told.programme,
        document=told.document,
        district=told.district,
        employer_id=told.employer_id,
        provider_id=told.provider_id,
        provider_kind=told.provider_kind,
        submitted_on=told.submitted_on,
        approved_on=told.approved_on,
        occupation=told.occupation,
        occupation_class=told.occupation_class,
        level=told.plan.level,
        term_years=told.plan.term_years,
        plan_filed=codec.write(told.plan),
    )
    work.session.add(project)
    work.session.flush()
    deadlines.set_for(work, project, told.plan.starts_on)
    activity_log.keep(work, project.id, "project_approved")


def roster_approved(work: Work, event: Event[RosterApproved]) -> None:
    """Admits the people of one part of a roster; whoever is admitted stays so since the first time."""
    told = event.data
    known = set(admitted(work.session, told.project_id, told.person_ids))
    new = [person_id for person_id in dict.fromkeys(told.person_ids) if person_id not in known]
    if new:
        common = {"project_id": told.project_id, "case_id": told.case_id, "approved_on": told.approved_on}
        work.session.execute(insert(Admission), [{**common, "person_id": person_id} for person_id in new])
    activity_log.keep(work, told.project_id, "people_admitted", len(new), told.case_id)
