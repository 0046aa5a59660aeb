"""Deadlines that a document counts from the start of training: set, moved and closed; notify reminds of them (X-13)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from sqlalchemy import select, update

from services.training.models import DeadlineRow, Project
from shared.contracts.common import DeadlineClosed, DeadlineSet
from shared.contracts.training.projects import DEADLINE_CLOSED, DEADLINE_SET
from shared.kernel.work import Work
from shared.policy.document import Deadline
from shared.store.by_name import shape_of
from shared.store.database import execute_count
from shared.store.types import new_id

ANCHOR = "training_starts"
TEXTBOOKS = "textbooks_filed"


def set_for(work: Work, project: Project, starts_on: date) -> None:
    """Sets the deadlines of a project whose training starts that day; one that is open already moves with it."""
    document = work.policies.by_identity(project.document)
    known = {
        row.name: row for row in work.session.scalars(select(DeadlineRow).where(DeadlineRow.project_id == project.id))
    }
    for deadline in document.deadlines.values():
        if deadline.anchor == ANCHOR:
            _set(work, project, deadline, known.get(deadline.id), deadline.due_on(starts_on))


def _set(work: Work, project: Project, deadline: Deadline, known: DeadlineRow | None, due_on: date) -> None:
    if known is None:
        known = DeadlineRow(id=new_id(), project_id=project.id, name=deadline.id, due_on=due_on)
        work.session.add(known)
    elif known.outcome is not None or known.due_on == due_on:
        return
    known.due_on = due_on
    parties = {"employer": project.employer_id, "training_provider": project.provider_id}
    told = shape_of(
        DeadlineSet,
        project,
        deadline_id=known.id,
        name=deadline.id,
        label=deadline.label,
        party=deadline.party,
        organisation_id=parties.get(deadline.party),
        subject_id=project.id,
        due_on=due_on,
    )
    work.tell(DEADLINE_SET, known.id, told, district=project.district)


def close(work: Work, project: Project, name: str) -> None:
    """It was met; closed once."""
    _close(work, project, "met", name)


def drop_all(work: Work, project: Project) -> None:
    """Whatever is still open when the run is over is no longer asked."""
    _close(work, project, "dropped")


def _close(work: Work, project: Project, outcome: Literal["met", "dropped"], *names: str) -> None:
    still_open = [DeadlineRow.project_id == project.id, DeadlineRow.outcome.is_(None)]
    if names:
        still_open.append(DeadlineRow.name.in_(names))
    for id in work.session.scalars(select(DeadlineRow.id).where(*still_open)).all():
        closing = update(DeadlineRow).where(DeadlineRow.id == id, DeadlineRow.outcome.is_(None))
        if execute_count(work.session, closing.values(outcome=outcome)):
            work.tell(DEADLINE_CLOSED, id, DeadlineClosed(id, outcome), district=project.district)
