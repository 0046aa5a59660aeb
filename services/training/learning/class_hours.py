"""Class hours: recorded in lists, summed by the database (APP-15, APP-31, APP-33)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.learning.training_days import days_of
from services.training.models import CreditHours, Enrolment, Project
from services.training.projects import activity_log
from services.training.projects.access import project_in_reach
from shared.contracts.common import RowResults
from shared.contracts.row_answers import RowAnswers
from shared.contracts.training.credits import CreditRow, RecordCredits
from shared.kernel.work import Work
from shared.store.bulk import insert_each
from shared.store.types import new_id

NO_ENROLMENT = ("enrolment_id", "本项目没有这个学籍，请核对学籍编号")
NOT_IN_TRAINING = ("enrolment_id", "该学籍已有考核结果、已退出或已作废，不能再登记；如有遗漏请联系属地人社部门")
_OTHER_HOURS = "当日同类课程已登记过其他学时数，请核对；同一天同一课程请合并为一行"
_TAKEN = dict.fromkeys(("uq_credit_hours_enrolment_id_session", "credit_hours.enrolment_id"), _OTHER_HOURS)

Session_ = tuple[str, date, str, str, str, str]
"""What makes hours the same ones: enrolment, day, part, content, mode, topic."""


def enrolments_of(session: Session, project: Project, ids: Sequence[str]) -> dict[str, Enrolment]:
    """Those of the project among these ids."""
    found = session.scalars(select(Enrolment).where(Enrolment.project_id == project.id, Enrolment.id.in_(ids)))
    return {enrolment.id: enrolment for enrolment in found}


def record_credits(work: Work, request: RecordCredits) -> RowResults:
    """Hours of a day, by employer or provider. The same row again is `unchanged`."""
    project = project_in_reach(work.session, work.speaker, request.project_id)
    known = enrolments_of(work.session, project, [row.enrolment_id for row in request.rows])
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(_session, "topic")
    rows.refuse_where(lambda row: _fault(row, known, work.today))
    _answer_recorded(work.session, rows)
    days = days_of(work.session, project, work.policies.by_identity(project.document), known.values())
    rows.refuse_where(lambda row: days.fault("on", known[row.enrolment_id], row.on, row.part))
    new = rows.waiting()
    values = [
        {
            "id": new_id(),
            "enrolment_id": row.enrolment_id,
            "held_on": row.on,
            "part": row.part,
            "content": row.content,
            "mode": row.mode,
            "topic": row.topic,
            "class_hours": row.class_hours,
            "media": row.media,
        }
        for _, row in new
    ]
    refused = insert_each(work.session, CreditHours, values, _TAKEN)
    for place, (at, _) in enumerate(new):
        if place in refused:
            rows.refuse(at, "topic", refused[place])
        else:
            rows.accept(at, str(values[place]["id"]))
    activity_log.keep(work, project.id, "credits_recorded", len(rows.accepted()))
    return rows.results()


def _session(row: CreditRow) -> Session_:
    return (row.enrolment_id, row.on, row.part, row.content, row.mode, row.topic)


def _fault(row: CreditRow, known: Mapping[str, Enrolment], today: date) -> tuple[str, str] | None:
    enrolment = known.get(row.enrolment_id)
    if enrolment is None:
        return NO_ENROLMENT
    if enrolment.state != "in_training":
        return NOT_IN_TRAINING
    if row.on > today:
        return "on", f"上课日期晚于今天（{today}），请在上课后登记"
    if row.on < enrolment.starts_on:
        return "on", f"上课日期早于学籍开始日（{enrolment.starts_on}），请核对日期"
    return None


def _answer_recorded(session: Session, rows: RowAnswers[CreditRow]) -> None:
    waiting = rows.waiting()
    recorded = session.scalars(
        select(CreditHours).where(
            CreditHours.enrolment_id.in_({row.enrolment_id for _, row in waiting}),
            CreditHours.held_on.in_({row.on for _, row in waiting}),
        )
    )
    known = {
        (hours.enrolment_id, hours.held_on, hours.part, hours.content, hours.mode, hours.topic): hours
        for hours in recorded
    }
    for at, row in waiting:
        hours = known.get(_session(row))
        if hours is None:
            continue
        if hours.class_hours == row.class_hours:
            rows.unchanged(at, hours.id)
        else:
            rows.refuse(at, "class_hours", _OTHER_HOURS)
