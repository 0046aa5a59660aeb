"""Class hours: recorded in lists, summed by the database (APP-15, APP-31, APP-33)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.training.learning.pictures import pictures_of
from services.training.learning.training_days import Days, Hours, days_of
from services.training.list_rows import Fault, answer_known, finish, insert_waiting
from services.training.lookup import NOT_IN_TRAINING, enrolments_of, fault_of_day
from services.training.models import CreditHours, Enrolment
from services.training.projects.access import lock_project, project_in_reach
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
    lock_project(work.session, project.id)  # who records at this moment too counts these hours, or is counted here
    known = enrolments_of(work.session, project, [row.enrolment_id for row in request.rows])
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: _session(row, row.on), "topic")
    rows.refuse_where(lambda row: _fault(row, known.get(row.enrolment_id), work.today))
    pictures = pictures_of(work, [row.media for _, row in rows.waiting()])
    rows.refuse_where(lambda row: pictures.fault("media", row.media, "photo", "video"))
    _answer_recorded(work, rows)
    days = days_of(work.session, project, work.policies.by_identity(project.document), known.values())
    _refuse_forbidden(work.session, rows, known, days)
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


def _refuse_forbidden(
    session: Session, rows: RowAnswers[CreditRow], known: Mapping[str, Enrolment], days: Days
) -> None:
    """Each row with all that its learner has on the day: recorded before, or by rows before it that stand."""
    waiting = rows.waiting()
    so_far = _hours_recorded(
        session, {known[row.enrolment_id].person_id for _, row in waiting}, {row.on for _, row in waiting}
    )
    for at, row in waiting:
        enrolment = known[row.enrolment_id]
        day = (enrolment.person_id, row.on)
        hours = Hours(so_far.get(day, 0) + row.class_hours, bool(row.reason))
        if fault := days.fault("on", enrolment, row.on, row.part, hours):
            rows.refuse(at, *fault)
        else:
            so_far[day] = hours.total


def _hours_recorded(session: Session, people: Collection[str], days: Collection[date]) -> dict[tuple[str, date], int]:
    """Class hours by person and day, in whatever enrolments."""
    sums = session.execute(
        select(Enrolment.person_id, CreditHours.held_on, func.sum(CreditHours.class_hours))
        .join(Enrolment, Enrolment.id == CreditHours.enrolment_id)
        .where(Enrolment.person_id.in_(people), CreditHours.held_on.in_(days))
        .group_by(Enrolment.person_id, CreditHours.held_on)
    )
    return {(person_id, day): int(total) for person_id, day, total in sums}
