"""Approved projects in reach, filtered, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from services.training.models import CourseRun, Enrolment, Project
from services.training.projects.blocks import is_blocked
from shared.contracts.training.learning import ListProjects, ProjectLine, ProjectPage
from shared.kernel.work import Look
from shared.store.access_filter import filters_by_name, in_reach
from shared.store.by_name import shape_of
from shared.store.cursors import read_rows


def list_projects(look: Look, request: ListProjects) -> ProjectPage:
    """In the order of their ids. Raises InvalidRequest for a wrong cursor."""
    chosen = (
        select(Project, CourseRun.starts_on, is_blocked())
        .outerjoin(CourseRun, CourseRun.project_id == Project.id)
        .where(in_reach(look.speaker, Project.district, Project.employer_id, Project.provider_id))
        .where(*_conditions(request))
    )
    found, cursor = read_rows(look.session, chosen, request, Project.id)
    enrolled = _enrolled(look.session, [project.id for project, _, _ in found])
    lines = tuple(
        shape_of(
            ProjectLine,
            project,
            project_id=project.id,
            starts_on=starts_on,
            enrolled=enrolled.get(project.id, 0),
            blocked=blocked,
        )
        for project, starts_on, blocked in found
    )
    return ProjectPage(lines, cursor)


def _conditions(request: ListProjects) -> Iterator[ColumnElement[bool]]:
    names = ("state", "programme", "district", "employer_id", "provider_id", "occupation", "level")
    yield from filters_by_name(Project, request, *names)
    if request.started_from is not None:
        yield CourseRun.starts_on >= request.started_from
    if request.started_to is not None:
        yield CourseRun.starts_on <= request.started_to
    if request.blocked is not None:
        yield is_blocked() if request.blocked else ~is_blocked()


def _enrolled(session: Session, project_ids: Sequence[str]) -> dict[str, int]:
    """Enrolments that stand, by project."""
    rows = session.execute(
        select(Enrolment.project_id, func.count())
        .where(Enrolment.project_id.in_(project_ids), Enrolment.state != "annulled")
        .group_by(Enrolment.project_id)
    )
    return {project_id: int(number) for project_id, number in rows}
