"""Class hours: recorded in lists, summed by the database (APP-15, APP-31, APP-33)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from services.training.learning.training_days import days_of
from services.training.list_rows import Fault, answer_known, finish, insert_waiting
from services.training.lookup import NOT_IN_TRAINING, enrolments_of, fault_of_day
from services.training.models import CreditHours, Enrolment
from services.training.projects.access import project_in_reach
from shared.contracts.common import RowResults
from shared.contracts.row_answers import RowAnswers
from shared.contracts.training.credits import CreditRow, RecordCredits
from shared.kernel.work import Work
from shared.store.by_name import values_of
from shared.store.types import new_id

_OTHER_HOURS = "当日同类课程已登记过其他学时数，请核对；同一天同一课程请合并为一行"
_TAKEN = dict.fromkeys(("uq_credit_hours_enrolment_id_session", "credit_hours.enrolment_id"), _OTHER_HOURS)


def record_credits(work: Work, request: RecordCredits) -> RowResults:
    """Hours of a day, by employer or provider, a result per row. The same row again is `unchanged`."""
    project = project_in_reach(work.session, work.speaker, request.project_id)
    known = enrolments_of(work.session, project, [row.enrolment_id for row in request.rows])
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: _session(row, row.on), "topic")
    rows.refuse_where(lambda row: _fault(row, known.get(row.enrolment_id), work.today))
    _answer_recorded(work, rows)
    days = days_of(work.session, project, work.policies.by_identity(project.document), known.values())
    rows.refuse_where(lambda row: days.fault("on", known[row.enrolment_id], row.on, row.part))
    insert_waiting(
        work.session,
        CreditHours,
        rows,
        lambda row: values_of(CreditHours, row, id=new_id(), held_on=row.on),
        ("topic", _TAKEN),
    )
    return finish(work, project, rows, "credits_recorded")


def _session(of: CreditRow | CreditHours, day: date) -> tuple[str, date, str, str, str, str]:
    """What makes hours the same ones."""
    return (of.enrolment_id, day, of.part, of.content, of.mode, of.topic)


def _fault(row: CreditRow, enrolment: Enrolment | None, today: date) -> Fault | None:
    if enrolment is not None and enrolment.state != "in_training":
        return NOT_IN_TRAINING
    return fault_of_day(enrolment, "on", row.on, today, "上课")


def _answer_recorded(work: Work, rows: RowAnswers[CreditRow]) -> None:
    waiting = rows.waiting()
    recorded = work.session.scalars(
        select(CreditHours).where(
            CreditHours.enrolment_id.in_({row.enrolment_id for _, row in waiting}),
            CreditHours.held_on.in_({row.on for _, row in waiting}),
        )
    )
    known = {_session(hours, hours.held_on): hours for hours in recorded}
    answer_known(
        rows,
        lambda row: known.get(_session(row, row.on)),
        lambda row, hours: hours.class_hours == row.class_hours,
        ("class_hours", _OTHER_HOURS),
    )
