"""The end of a run: every enrolment has its result, pictures are kept; the final claim may come (APP-24, 33, 35)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select, update

from services.training.decisions import refused
from services.training.events import tell_of_project
from services.training.models import Assessment, CourseRun, Enrolment, Project
from services.training.projects import deadlines
from services.training.projects.access import own_project
from services.training.projects.activity_log import log_activity
from services.training.results.conduct import count_states, decide_conduct
from shared.contracts.training.projects import COURSE_RUN_COMPLETED, CompleteRun, RunCompleted
from shared.contracts.training.results import LEARNERS_ASSESSED
from shared.errors import Conflict, InvalidRequest, PolicyNotMet
from shared.kernel.work import Work
from shared.store.database import execute_count


def complete_run(work: Work, request: CompleteRun) -> RunCompleted:
    """Ends the run once. The project's row is taken first, so that nobody is enrolled between counting and ending.

    Raises Conflict where there is no running run or a result is missing, InvalidRequest for a day before the last
    result or after today, PolicyNotMet where a clause about the conduct forbids it.
    """
    project = own_project(work.session, work.speaker, request.project_id)
    take_running(work, project)
    counts = count_states(work.session, project.id)
    missing = counts.get("in_training", 0)
    if missing:
        raise Conflict(f"还有 {missing} 名学员没有考核结果，请先登记其考核结果或退出", missing=missing)
    _check_day(work, request)
    decision = decide_conduct(work.session, project, work.policies.by_identity(project.document), request.ended_on)
    if refused([decision]):
        raise PolicyNotMet.of("培训过程尚不符合要求，不能办理结束", [each.to_json() for each in decision.findings])
    work.store_decision(decision, project.id)
    return end_run(work, project, request.ended_on)


def take_running(work: Work, project: Project) -> None:
    """Holds the project's row and ends it, once for whoever comes first. Raises Conflict where no run is open."""
    running = update(Project).where(Project.id == project.id, Project.state == "running")
    if not execute_count(work.session, running.values(state="completed")):
        raise Conflict("本项目尚未开班或已经结束，请先查看项目状态", state=project.state)


def end_run(work: Work, project: Project, ended_on: date) -> RunCompleted:
    """The day of the run's end, and what is told and no longer due; the project's state is the caller's."""
    counts = count_states(work.session, project.id)
    work.session.execute(update(CourseRun).where(CourseRun.project_id == project.id).values(ended_on=ended_on))
    results = {state: counts.get(state, 0) for state in ("passed", "failed", "left")}
    tell_of_project(work, LEARNERS_ASSESSED, project, **results)
    tell_of_project(work, COURSE_RUN_COMPLETED, project, on=ended_on)
    deadlines.drop_all(work, project)
    log_activity(work, project.id, "run_completed")
    return RunCompleted(project.id, **results)


def _check_day(work: Work, request: CompleteRun) -> None:
    last = work.session.scalar(
        select(func.max(Assessment.assessed_on))
        .join(Enrolment, Enrolment.id == Assessment.enrolment_id)
        .where(Enrolment.project_id == request.project_id)
    )
    if request.ended_on > work.today:
        raise InvalidRequest.of(("ended_on", f"结束日期晚于今天（{work.today}），请在结束后办理"))
    if last is not None and request.ended_on < last:
        raise InvalidRequest.of(("ended_on", f"结束日期早于最后一次考核（{last}），请核对日期"))
