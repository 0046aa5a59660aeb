"""Projects in reach, and the people admitted to them; `approvals.py` hears of both."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.training.models import Admission, Project
from shared.security.permissions import check_reach, not_found
from shared.security.speaker import Speaker
from shared.store.database import execute_count


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


def project_as_provider(session: Session, speaker: Speaker, project_id: str) -> Project:
    """A project of the speaker's organisation as its provider; else NotFound."""
    project = _project(session, project_id)
    check_reach(speaker, organisations=(project.provider_id,))
    return project


def _project(session: Session, project_id: str) -> Project:
    project = session.get(Project, project_id)
    if project is None:
        raise not_found()
    return project


def lock_project(session: Session, project_id: str) -> None:
    """Holds the project's row to the end of the transaction: enrolling, annulling and ending it wait for each other."""
    execute_count(session, update(Project).where(Project.id == project_id).values(state=Project.state))
