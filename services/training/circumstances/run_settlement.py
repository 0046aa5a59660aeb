"""A run that its employer leaves open, settled by the district (INT-88): silent after the term, or gone for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.circumstances import breaks
from services.training.events import tell_of_people
from services.training.models import Circumstance, Enrolment, Project
from services.training.projects.access import project_in_reach
from services.training.projects.activity_log import log_activity
from services.training.results.conduct import decide_conduct
from services.training.results.ended import tell_ended
from services.training.results.outcome_store import Days, Occupations, ask_occupations, result_values, store_results
from services.training.results.run_completion import end_run, take_running
from shared.contracts.training.circumstances import CIRCUMSTANCES_CHANGED
from shared.contracts.training.enrolments import EnrolledPerson
from shared.contracts.training.projects import RunCompleted, SettleRun
from shared.errors import Conflict, InvalidRequest
from shared.kernel.work import Asks, Work
from shared.security.permissions import check_place
from shared.store.bulk import insert_all
from shared.store.types import new_id


def ask(asks: Asks, request: SettleRun) -> Occupations:
    """Whether the occupation can be appraised, as for every other result (INT-24)."""
    with asks.reading() as session:
        project = project_in_reach(session, asks.speaker, request.project_id)
        unfinished = _unfinished(session, project)
    return ask_occupations(asks, project, {_days(one, request) for one in unfinished if _began(one, request)})


def settle_run(work: Work, request: SettleRun, occupations: Occupations) -> RunCompleted:
    """Whoever has no result is recorded as left on that day, with the officer's words; the run is then over.

    What was advanced for them is asked back. Raises Conflict where no run is open, or its employer still has time;
    InvalidRequest for a day after today, or before somebody began.
    """
    project = project_in_reach(work.session, work.speaker, request.project_id)
    check_place(work.speaker, project.district)
    take_running(work, project)
    unfinished = _unfinished(work.session, project)
    _check(work, request, unfinished)
    if any(_days(one, request) not in occupations for one in unfinished):
        raise Conflict("项目学籍刚刚有变化，未办理；请刷新后重新提交")
    _leave(work, request, unfinished, occupations)
    decision = decide_conduct(work.session, project, work.policies.by_identity(project.document), request.ended_on)
    work.store_decision(decision, project.id)
    people = [EnrolledPerson(one.id, one.person_id) for one in unfinished]
    tell_of_people(work, CIRCUMSTANCES_CHANGED, project, people, kind="withdrawal")
    tell_ended(work, project, [one.id for one in unfinished])
    log_activity(work, project.id, "run_settled", max(1, len(unfinished)))
    return end_run(work, project, request.ended_on)


def _unfinished(session: Session, project: Project) -> Sequence[Enrolment]:
    wanted = select(Enrolment).where(Enrolment.project_id == project.id, Enrolment.state == "in_training")
    return session.scalars(wanted.order_by(Enrolment.id)).all()


def _days(enrolment: Enrolment, request: SettleRun) -> Days:
    return enrolment.starts_on, request.ended_on


def _began(enrolment: Enrolment, request: SettleRun) -> bool:
    return enrolment.starts_on <= request.ended_on


def _check(work: Work, request: SettleRun, unfinished: Sequence[Enrolment]) -> None:
    if request.ended_on > work.today:
        raise InvalidRequest.of(("ended_on", f"结算日期晚于今天（{work.today}），请核对日期"))
    if not all(_began(one, request) for one in unfinished):
        raise InvalidRequest.of(("ended_on", "结算日期早于部分学员的学籍开始日，请核对日期"))
    over_on = max((one.ends_on for one in unfinished), default=request.ended_on)
    if request.ground == "silent" and over_on > request.ended_on:
        raise Conflict(f"培训期限至 {over_on - timedelta(days=1)} 届满，届满前不能因单位未办理而结算；请先督促单位办理")


def _leave(work: Work, request: SettleRun, unfinished: Sequence[Enrolment], occupations: Occupations) -> None:
    results = [
        result_values(one.id, "left", request.ended_on, occupations[_days(one, request)], leaving_reason="other")
        for one in unfinished
    ]
    store_results(work.session, results)
    breaks.end_on(work.session, [one.id for one in unfinished], request.ended_on)
    recorded = {
        "kind": "withdrawal",
        "happened_on": request.ended_on,
        "until": None,
        "reason": "other",
        "words": request.words,
        "recorded_on": work.today,
        "recorded_by": work.speaker.person,
    }
    rows = ({"id": new_id(), "enrolment_id": one.id, **recorded} for one in unfinished)
    insert_all(work.session, Circumstance, rows)
