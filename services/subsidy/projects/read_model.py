"""What review and training told: projects as approved, their enrolments, which runs are over, what blocks money.

Every event may come twice, late, or before the one it builds on; each is kept under its own key.
"""

from __future__ import annotations

from typing import Any

from services.subsidy.models import Block, CompletedRun, Project, ProjectEnrolment
from services.subsidy.projects.locks import lock_project
from shared.bus.wire import Event
from shared.contracts.review.cases import ProjectApproved
from shared.contracts.review.oversight import BlockTold
from shared.contracts.training.enrolments import EnrolmentsEstablished
from shared.contracts.training.projects import RunTold
from shared.kernel.work import Work
from shared.store.bulk import insert_new, upsert
from shared.store.by_name import values_of


def record_project(work: Work, event: Event[ProjectApproved]) -> None:
    """Keeps what a claim is decided by, as fixed at approval (INT-1, INT-24). A known project stays as it is."""
    told, plan = event.data, event.data.plan
    if work.session.get(Project, told.project_id) is None:
        planned = {name: getattr(plan, name) for name in ("entrusted_employer_id", "level", "term_years")}
        work.session.add(Project(**values_of(Project, told, **planned)))


def record_enrolments(work: Work, event: Event[EnrolmentsEstablished]) -> None:
    """Keeps the enrolments that may be claimed for."""
    told = event.data
    place = {"project_id": told.project_id, "enrolled_on": told.enrolled_on}
    insert_new(work.session, ProjectEnrolment, (values_of(ProjectEnrolment, one, **place) for one in told.enrolments))


def record_completed_run(work: Work, event: Event[RunTold]) -> None:
    """Training is over: from now on a final claim is awaited."""
    told = event.data
    work.session.merge(CompletedRun(project_id=told.project_id, programme=told.programme, completed_on=told.on))


def record_block(work: Work, event: Event[BlockTold]) -> None:
    """No money moves on the project until it is lifted (X-11)."""
    _record_block(work, event.data, opened_on=event.data.on)


def lift_block(work: Work, event: Event[BlockTold]) -> None:
    """Fraud that was confirmed about named persons may be heard after this: `persons` holds the money until then."""
    told = event.data
    _record_block(work, told, lifted_on=told.on, inquiry_id=told.inquiry_id, persons=told.persons)


def _record_block(work: Work, told: BlockTold, **heard: Any) -> None:
    lock_project(work.session, told.project_id)
    row = upsert(work.session, Block).values(
        block_id=told.block_id, project_id=told.project_id, kind=told.kind, **heard
    )
    work.session.execute(row.on_conflict_do_update(index_elements=[Block.block_id], set_=heard))
