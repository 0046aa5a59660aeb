"""The run of a project: opened by whoever is enrolled first, and told of once."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import select, update

from services.training.events import tell_of_project
from services.training.models import CourseRun, Project
from services.training.projects import deadlines
from services.training.projects.activity_log import log_activity
from shared.contracts.training.projects import COURSE_RUN_OPENED
from shared.errors import Conflict
from shared.kernel.work import Work
from shared.store.database import execute_count


class OpenRun(NamedTuple):
    """`is_new`: opened by this very call, which tells of it once somebody is enrolled."""

    id: str
    is_new: bool


def open_run(work: Work, project: Project, starts_on: date) -> OpenRun:
    """The project's run, opened by whoever comes first; holds the project's row, so that nobody ends it meanwhile.

    Raises Conflict where it is over.
    """
    here = update(Project).where(Project.id == project.id)
    if execute_count(work.session, here.where(Project.state == "approved").values(state="running")):
        run = work.add(CourseRun(project_id=project.id, starts_on=starts_on))
        return OpenRun(run.id, is_new=True)
    if not execute_count(work.session, here.where(Project.state == "running").values(state="running")):
        raise run_is_over()
    run_id = work.session.scalars(select(CourseRun.id).where(CourseRun.project_id == project.id)).one()
    return OpenRun(run_id, is_new=False)


def tell_opened(work: Work, project: Project, run: OpenRun, starts_on: date) -> None:
    """That training has started; its deadlines are counted from that day."""
    tell_of_project(work, COURSE_RUN_OPENED, project, on=starts_on)
    deadlines.set_for(work, project, starts_on)
    log_activity(work, project.id, "run_opened", of_id=run.id)


def run_is_over() -> Conflict:
    """The error for whoever would still enrol people."""
    return Conflict("本项目的培训已经结束，不能再建立学籍；新的学员请另行申请项目")
