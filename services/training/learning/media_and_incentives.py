"""What is recorded besides the training itself: photos and videos (APP-33), scholarships and allowances (APP-32)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.learning.pictures import pictures_of
from services.training.list_rows import Fault, answer_known, day_fault, finish, insert_waiting
from services.training.models import Enrolment, Incentive, Media, MentorAssignment, Project
from services.training.projects.access import own_project, project_in_reach
from shared.contracts.common import RowResults
from shared.contracts.row_answers import RowAnswers
from shared.contracts.training.learning import IncentiveRow, MediaRow, RecordIncentives, RecordMedia
from shared.kernel.work import Work
from shared.store.by_name import values_of
from shared.store.types import new_id

_KEPT = "这份照片或视频已登记在本项目，请勿重复登记"
_TAKEN = dict.fromkeys(("uq_media_project_id_file", "media.project_id"), _KEPT)


def record_media(work: Work, request: RecordMedia) -> RowResults:
    """Photos and videos that either party uploaded, a result per row; a file counts once in a project."""
    project = project_in_reach(work.session, work.speaker, request.project_id)
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: row.file, "file")
    rows.refuse_where(lambda row: _day_fault(work, project, row))
    pictures = pictures_of(work, [row.file for _, row in rows.waiting()])
    rows.refuse_where(lambda row: pictures.fault("file", row.file, row.kind))
    files = [row.file for _, row in rows.waiting()]
    kept = work.session.scalars(select(Media).where(Media.project_id == project.id, Media.file.in_(files)))
    known = {media.file: media for media in kept}
    answer_known(rows, lambda row: known.get(row.file), lambda _row, _media: True)
    common = {"project_id": project.id, "recorded_on": work.today}
    insert_waiting(
        work.session,
        Media,
        rows,
        lambda row: values_of(Media, row, id=new_id(), taken_on=row.on, **common),
        ("file", _TAKEN),
    )
    return finish(work, project, rows, "media_recorded")


def record_incentives(work: Work, request: RecordIncentives) -> RowResults:
    """By the employer: what was given to whom, a result per row; nothing depends on it but what is shown (APP-32)."""
    project = own_project(work.session, work.speaker, request.project_id)
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: (row.kind, row.on, row.to_id, row.words), "to_id")
    rows.refuse_where(lambda row: _day_fault(work, project, row))
    named = [row.to_id for row in request.rows]
    learners, teachers = _learners(work.session, project, named), _teachers(work.session, project, named)
    rows.refuse_where(lambda row: _recipient_fault(row, learners, teachers))
    common = {"project_id": project.id, "recorded_on": work.today}
    insert_waiting(
        work.session, Incentive, rows, lambda row: values_of(Incentive, row, id=new_id(), given_on=row.on, **common)
    )
    return finish(work, project, rows, "incentives_recorded")


def _day_fault(work: Work, project: Project, row: MediaRow | IncentiveRow) -> Fault | None:
    return day_fault("on", row.on, work.today, "", since=("项目获批日", project.approved_on), after="发生")


def _learners(session: Session, project: Project, named: Collection[str]) -> set[str]:
    mine = select(Enrolment.id).where(Enrolment.project_id == project.id, Enrolment.id.in_(named))
    return set(session.scalars(mine))


def _teachers(session: Session, project: Project, named: Collection[str]) -> set[str]:
    pairs = MentorAssignment.project_id == project.id
    return {
        teacher
        for column in (MentorAssignment.workplace_mentor_id, MentorAssignment.instructor_id)
        for teacher in session.scalars(select(column).where(pairs, column.in_(named)).distinct())
    }


def _recipient_fault(row: IncentiveRow, learners: Collection[str], teachers: Collection[str]) -> Fault | None:
    if row.amount is not None and row.amount.fen <= 0:
        return "amount", "金额应大于 0；没有金额的请留空"
    if row.kind == "scholarship":
        return None if row.to_id in learners else ("to_id", "奖学金请填写本项目的学籍编号")
    return None if row.to_id in teachers else ("to_id", "聘任、津贴请填写本项目导师或教师的编号")


def incentives_of(session: Session, project_id: str) -> tuple[str, ...]:
    """The kinds that the project recorded, in one order."""
    kinds = select(Incentive.kind).where(Incentive.project_id == project_id).distinct()
    return tuple(session.scalars(kinds.order_by(Incentive.kind)))
