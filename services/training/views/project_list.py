"""Approved projects in reach, filtered, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from services.training.models import CourseRun, Enrolment, Project
from services.training.projects.blocks import is_blocked
from shared.contracts.training.learning import ListProjects, ProjectLine, ProjectPage
from shared.kernel.work import Look
from shared.store.access_filter import in_reach


def list_projects(look: Look, request: ListProjects) -> ProjectPage:
    """In the order of their ids; `cursor`: the last one seen."""
    chosen = (
        select(Project, CourseRun.starts_on, is_blocked())
        .outerjoin(CourseRun, CourseRun.project_id == Project.id)
        .where(
            in_reach(look.speaker, Project.district, Project.employer_id, Project.provider_id), *_conditions(request)
        )
        .order_by(Project.id)
        .limit(request.limit)
    )
    found = look.session.execute(chosen).all()
    enrolled = _enrolled(look.session, [project.id for project, _, _ in found])
    lines = tuple(
        ProjectLine(
            project_id=project.id,
            programme=project.programme,
            district=project.district,
            employer_id=project.employer_id,
            provider_id=project.provider_id,
            occupation=project.occupation,
            level=project.level,
            state=project.state,  # type: ignore[arg-type] # a CHECK holds it to the three
            approved_on=project.approved_on,
            starts_on=starts_on,
            enrolled=enrolled.get(project.id, 0),
            blocked=blocked,
        )
        for project, starts_on, blocked in found
    )
    return ProjectPage(lines, lines[-1].project_id if len(lines) == request.limit else None)


def _conditions(request: ListProjects) -> Iterator[ColumnElement[bool]]:
    for column, wanted in (
        (Project.state, request.state),
        (Project.programme, request.programme),
        (Project.district, request.district),
        (Project.employer_id, request.employer_id),
        (Project.provider_id, request.provider_id),
        (Project.occupation, request.occupation),
        (Project.level, request.level),
    ):
        if wanted is not None:
            yield column == wanted
    if request.started_from is not None:
        yield CourseRun.starts_on >= request.started_from
    if request.started_to is not None:
        yield CourseRun.starts_on <= request.started_to
    if request.blocked is not None:
        yield is_blocked() if request.blocked else ~is_blocked()
    if request.cursor is not None:
        yield Project.id > request.cursor


def _enrolled(session: Session, project_ids: Sequence[str]) -> dict[str, int]:
    """Enrolments that stand, by project."""
    rows = session.execute(
        select(Enrolment.project_id, func.count())
        .where(Enrolment.project_id.in_(project_ids), Enrolment.state != "annulled")
        .group_by(Enrolment.project_id)
    )
    return {project_id: int(number) for project_id, number in rows}
