"""Wages while in training (APP-25): taken as facts month by month, each compared with that month's minimum wage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.training.decisions import blocking
from services.training.learning.minimum_wage import MonthMinimum, ask_minimum_wage
from services.training.list_rows import Fault, answer_known, finish, insert_waiting
from services.training.lookup import NO_ENROLMENT, enrolments_of, results_of
from services.training.models import Enrolment, WageRow
from services.training.projects.access import own_project
from shared.contracts.common import RowResults
from shared.contracts.row_answers import RowAnswers
from shared.contracts.training.learning import RecordWages, WageOfMonth
from shared.errors import InvalidRequest
from shared.kernel.work import Asks, Work
from shared.policy.decisions import Decision, decide
from shared.store.by_name import values_of
from shared.store.types import new_id


def ask(asks: Asks, request: RecordWages) -> MonthMinimum:
    """The month's minimum wage, once for the list."""
    with asks.reading() as session:
        project = own_project(session, asks.speaker, request.project_id)
    document = asks.policies.by_identity(project.document)
    return ask_minimum_wage(asks, document, date.fromisoformat(f"{request.month}-01"))


def record_wages(work: Work, request: RecordWages, minimum: MonthMinimum) -> RowResults:
    """Every wage is kept; one that a clause finds too low says so. The newest row of a month is the one that counts.

    Raises InvalidRequest for a month that hasn't begun.
    """
    project = own_project(work.session, work.speaker, request.project_id)
    if minimum.month_on > work.today:
        raise InvalidRequest.of(("month", f"{request.month} 尚未开始，请在发放工资后登记"))
    known = enrolments_of(work.session, project, [row.enrolment_id for row in request.rows])
    ended = {id: result.assessed_on for id, result in results_of(work.session, list(known)).items()}
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: row.enrolment_id, "enrolment_id")
    rows.refuse_where(lambda row: _fault(row, minimum.month_on, known, ended))
    _answer_recorded(work.session, rows, minimum)
    decided: dict[str, Decision] = {}
    if minimum.asked:
        document = work.policies.by_identity(project.document)
        decided = {
            row.enrolment_id: decide("training.wage", minimum.facts(row.wage), document) for _, row in rows.waiting()
        }
    common = {"month_on": minimum.month_on, "minimum": minimum.amount, "recorded_on": work.today}
    insert_waiting(
        work.session,
        WageRow,
        rows,
        lambda row: values_of(WageRow, row, id=new_id(), **common),
        message=lambda row: blocking([decided[row.enrolment_id]]) or None if decided else None,
    )
    work.store_decisions(list(decided.items()))
    return finish(work, project, rows, "wages_recorded")


def _fault(row: WageOfMonth, month_on: date, known: Mapping[str, Enrolment], ended: Mapping[str, date]) -> Fault | None:
    enrolment = known.get(row.enrolment_id)
    if enrolment is None:
        return NO_ENROLMENT
    if row.wage.fen < 0:
        return "wage", "工资不能为负数，请核对金额"
    last = ended.get(row.enrolment_id)
    if month_on < enrolment.starts_on.replace(day=1) or (last is not None and month_on > last):
        return "enrolment_id", "该月不在此学籍的培训期间，请核对月份"
    return None


def _answer_recorded(session: Session, rows: RowAnswers[WageOfMonth], minimum: MonthMinimum) -> None:
    """A wage that already stands for the month, compared with the same minimum, is `unchanged`."""
    ids = [row.enrolment_id for _, row in rows.waiting()]
    recorded = select(WageRow).where(WageRow.enrolment_id.in_(ids), WageRow.month_on == minimum.month_on)
    newest = {wage.enrolment_id: wage for wage in session.scalars(recorded.order_by(WageRow.number))}
    answer_known(
        rows,
        lambda row: newest.get(row.enrolment_id),
        lambda row, wage: (wage.wage, wage.minimum) == (row.wage, minimum.amount),
    )


def months_underpaid(session: Session, enrolment_ids: Sequence[str]) -> dict[str, int]:
    """By enrolment, how many recorded months stand below their minimum wage; who has none is missing (APP-25)."""
    newest = (
        select(func.max(WageRow.number))
        .where(WageRow.enrolment_id.in_(enrolment_ids))
        .group_by(WageRow.enrolment_id, WageRow.month_on)
    )
    rows = session.execute(
        select(WageRow.enrolment_id, func.count())
        .where(WageRow.number.in_(newest), WageRow.wage < WageRow.minimum)
        .group_by(WageRow.enrolment_id)
    )
    return {enrolment_id: int(months) for enrolment_id, months in rows}


def months_compared(session: Session, enrolment_ids: Sequence[str]) -> dict[str, set[date]]:
    """By enrolment, the months whose newest wage was compared with a minimum wage: no other says that it was kept."""
    newest = (
        select(func.max(WageRow.number))
        .where(WageRow.enrolment_id.in_(enrolment_ids))
        .group_by(WageRow.enrolment_id, WageRow.month_on)
    )
    rows = session.execute(
        select(WageRow.enrolment_id, WageRow.month_on).where(WageRow.number.in_(newest), WageRow.minimum.is_not(None))
    )
    found: dict[str, set[date]] = {}
    for enrolment_id, month_on in rows:
        found.setdefault(enrolment_id, set()).add(month_on)
    return found
