"""Projects and admitted persons, as review tells them: in any order, in parts, more than once."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from services.training.models import Admission, Project
from shared.bus.wire import Event
from shared.bus.work import Work
from shared.contracts import codec
from shared.contracts.review import ProjectApproved, RosterApproved
from shared.security.permissions import check_reach, not_found
from shared.security.speaker import Speaker


def project_approved(work: Work, event: Event[ProjectApproved]) -> None:
    """Keeps an approved project as it was fixed at approval. One that is known stays as it is."""
    told = event.data
    if work.session.get(Project, told.project_id) is not None:
        return
    work.session.add(
        Project(
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
    )
    work.note(f"project:{told.project_id}")


def roster_approved(work: Work, event: Event[RosterApproved]) -> None:
    """Admits the people of one part of a roster; whoever is admitted stays so since the first time."""
    told = event.data
    known = set(admitted(work.session, told.project_id, told.person_ids))
    new = [person_id for person_id in dict.fromkeys(told.person_ids) if person_id not in known]
    if new:
        common = {"project_id": told.project_id, "case_id": told.case_id, "approved_on": told.approved_on}
        work.session.execute(insert(Admission), [{**common, "person_id": person_id} for person_id in new])
    work.note(f"project:{told.project_id}", f"case:{told.case_id}")


def admitted(session: Session, project_id: str, person_ids: tuple[str, ...]) -> dict[str, Admission]:
    """Those of these people who are admitted to the project, by person id."""
    rows = session.scalars(
        select(Admission).where(Admission.project_id == project_id, Admission.person_id.in_(person_ids))
    )
    return {row.person_id: row for row in rows}


def project_in_reach(session: Session, speaker: Speaker, project_id: str) -> Project:
    """A project of the speaker's district, or one that the speaker's organisation is a party to; else NotFound."""
    project = _project(session, project_id)
    check_reach(speaker, district=project.district, organisations=project.parties)
    return project


def own_project(session: Session, speaker: Speaker, project_id: str) -> Project:
    """A project of the speaker's organisation as its employer; else NotFound."""
    project = _project(session, project_id)
    check_reach(speaker, organisations=(project.employer_id,))
    return project


def _project(session: Session, project_id: str) -> Project:
    project = session.get(Project, project_id)
    if project is None:
        raise not_found()
    return project
