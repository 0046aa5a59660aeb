"""What is recorded besides the training itself: photos and videos (APP-33), scholarships and allowances (APP-32)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from services.training.models import Enrolment, Incentive, Media, MentorAssignment, Project
from services.training.projects import activity_log
from services.training.projects.access import own_project, project_in_reach
from shared.contracts.common import RowResults
from shared.contracts.row_answers import RowAnswers
from shared.contracts.training.learning import IncentiveRow, MediaRow, RecordIncentives, RecordMedia
from shared.kernel.work import Work
from shared.store.bulk import insert_each
from shared.store.types import new_id

_KEPT = "这份照片或视频已登记在本项目，请勿重复登记"
_TAKEN = dict.fromkeys(("uq_media_project_id_file", "media.project_id"), _KEPT)


def record_media(work: Work, request: RecordMedia) -> RowResults:
    """Photos and videos by reference, from either party; a file counts once in a project."""
    project = project_in_reach(work.session, work.speaker, request.project_id)
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: row.file, "file")
    rows.refuse_where(lambda row: _day_fault(row, project, work.today))
    known = {
        media.file: media.id
        for media in work.session.scalars(
            select(Media).where(Media.project_id == project.id, Media.file.in_([row.file for _, row in rows.waiting()]))
        )
    }
    for at, row in rows.waiting():
        if row.file in known:
            rows.unchanged(at, known[row.file])
    new = rows.waiting()
    values = [
        {
            "id": new_id(),
            "project_id": project.id,
            "kind": row.kind,
            "taken_on": row.on,
            "file": row.file,
            "caption": row.caption,
            "recorded_on": work.today,
        }
        for _, row in new
    ]
    taken = insert_each(work.session, Media, values, _TAKEN)
    for place, (at, _) in enumerate(new):
        if place in taken:
            rows.refuse(at, "file", taken[place])
        else:
            rows.accept(at, str(values[place]["id"]))
    activity_log.keep(work, project.id, "media_recorded", len(rows.accepted()))
    return rows.results()


def _day_fault(row: MediaRow | IncentiveRow, project: Project, today: date) -> tuple[str, str] | None:
    if row.on > today:
        return "on", f"日期晚于今天（{today}），请在发生后登记"
    if row.on < project.approved_on:
        return "on", f"日期早于项目获批日（{project.approved_on}），请核对日期"
    return None


def record_incentives(work: Work, request: RecordIncentives) -> RowResults:
    """By the employer: what was given to whom. Nothing depends on it but what is shown (APP-32)."""
    project = own_project(work.session, work.speaker, request.project_id)
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: (row.kind, row.on, row.to_id, row.words), "to_id")
    rows.refuse_where(lambda row: _day_fault(row, project, work.today))
    learners, teachers = _learners(work.session, project, request), _teachers(work.session, project, request)
    rows.refuse_where(lambda row: _recipient_fault(row, learners, teachers))
    new = rows.waiting()
    values = [
        {
            "id": new_id(),
            "project_id": project.id,
            "kind": row.kind,
            "given_on": row.on,
            "to_id": row.to_id,
            "amount": row.amount,
            "words": row.words,
            "recorded_on": work.today,
        }
        for _, row in new
    ]
    if values:
        work.session.execute(insert(Incentive), values)
    for (at, _), value in zip(new, values, strict=True):
        rows.accept(at, str(value["id"]))
    activity_log.keep(work, project.id, "incentives_recorded", len(values))
    return rows.results()


def _learners(session: Session, project: Project, request: RecordIncentives) -> set[str]:
    named = [row.to_id for row in request.rows]
    mine = select(Enrolment.id).where(Enrolment.project_id == project.id, Enrolment.id.in_(named))
    return set(session.scalars(mine))


def _teachers(session: Session, project: Project, request: RecordIncentives) -> set[str]:
    named = [row.to_id for row in request.rows]
    pairs = MentorAssignment.project_id == project.id
    return {
        teacher
        for column in (MentorAssignment.workplace_mentor_id, MentorAssignment.instructor_id)
        for teacher in session.scalars(select(column).where(pairs, column.in_(named)).distinct())
    }


def _recipient_fault(row: IncentiveRow, learners: Collection[str], teachers: Collection[str]) -> tuple[str, str] | None:
    if row.amount is not None and row.amount.fen <= 0:
        return "amount", "金额应大于 0；没有金额的请留空"
    if row.kind == "scholarship":
        return None if row.to_id in learners else ("to_id", "奖学金请填写本项目的学籍编号")
    return None if row.to_id in teachers else ("to_id", "聘任、津贴请填写本项目导师或教师的编号")


def incentives_of(session: Session, project_id: str) -> tuple[str, ...]:
    """The kinds that the project recorded, in one order."""
    return tuple(
        session.scalars(
            select(Incentive.kind).where(Incentive.project_id == project_id).distinct().order_by(Incentive.kind)
        )
    )
