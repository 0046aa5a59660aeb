"""Wages while in training (APP-25): taken as facts month by month, each compared with that month's minimum wage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from services.training.decisions import blocking, names_rules_of
from services.training.learning.class_hours import NO_ENROLMENT, enrolments_of
from services.training.models import Assessment, Enrolment, WageRow
from services.training.projects import activity_log
from services.training.projects.access import own_project
from services.training.rules.programme import MinimumWage, WageFacts
from shared.contracts.common import RowResults
from shared.contracts.registry.catalogues import ASK_MINIMUM_WAGE, AskMinimumWage
from shared.contracts.row_answers import RowAnswers
from shared.contracts.training.learning import RecordWages, WageOfMonth
from shared.errors import InvalidRequest
from shared.kernel.work import Asks, Work
from shared.money import Money
from shared.policy.decisions import Decision, decide
from shared.store.types import new_id


@dataclass(frozen=True)
class Minimum:
    """What registry says of one month. `amount`: None where operators entered none, or the document doesn't ask."""

    month_on: date
    amount: Money | None
    asked: bool

    def facts(self, wage: Money) -> WageFacts:
        known = () if self.amount is None else (MinimumWage(self.month_on, self.amount),)
        return WageFacts(self.month_on, wage, known)


def ask(asks: Asks, request: RecordWages) -> Minimum:
    """The month's minimum wage, once; not asked where the document has no rule about wages."""
    with asks.reading() as session:
        project = own_project(session, asks.speaker, request.project_id)
    document = asks.policies.by_identity(project.document)
    month_on = _first_day(request)
    if not names_rules_of(document, "training.wage"):
        return Minimum(month_on, None, asked=False)
    answer = asks.ask(ASK_MINIMUM_WAGE, AskMinimumWage(document.jurisdiction, month_on))
    return Minimum(month_on, answer.amount, asked=True)


def _first_day(request: RecordWages) -> date:
    year, month = request.month.split("-")
    return date(int(year), int(month), 1)


def record(work: Work, request: RecordWages, minimum: Minimum) -> RowResults:
    """Every wage is kept; one that a clause finds too low says so. The newest row of a month is the one that counts."""
    project = own_project(work.session, work.speaker, request.project_id)
    document = work.policies.by_identity(project.document)
    if minimum.month_on > work.today:
        raise InvalidRequest.of(("month", f"{request.month} 尚未开始，请在发放工资后登记"))
    known = enrolments_of(work.session, project, [row.enrolment_id for row in request.rows])
    ended = _ended(work.session, list(known))
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: row.enrolment_id, "enrolment_id")
    rows.refuse_where(lambda row: _fault(row, minimum.month_on, known, ended))
    _leave_known(work.session, rows, minimum)
    new = rows.waiting()
    values = [_values(work, row, minimum) for _, row in new]
    if values:
        work.session.execute(insert(WageRow), values)
    decided: list[tuple[str, Decision]] = []
    for (at, row), value in zip(new, values, strict=True):
        unmet = ""
        if minimum.asked:
            decision = decide("training.wage", minimum.facts(row.wage), document)
            decided.append((row.enrolment_id, decision))
            unmet = blocking([decision])
        rows.accept(at, value["id"], unmet or None)
    work.keep_all(decided)
    activity_log.keep(work, project.id, "wages_recorded", len(new))
    return rows.results()


def _values(work: Work, row: WageOfMonth, minimum: Minimum) -> dict[str, Any]:
    return {
        "id": new_id(),
        "enrolment_id": row.enrolment_id,
        "month_on": minimum.month_on,
        "wage": row.wage,
        "minimum": minimum.amount,
        "recorded_on": work.today,
    }


def _fault(
    row: WageOfMonth, month_on: date, known: Mapping[str, Enrolment], ended: Mapping[str, date]
) -> tuple[str, str] | None:
    enrolment = known.get(row.enrolment_id)
    if enrolment is None:
        return NO_ENROLMENT
    if row.wage.fen < 0:
        return "wage", "工资不能为负数，请核对金额"
    last = ended.get(row.enrolment_id)
    if month_on < enrolment.starts_on.replace(day=1) or (last is not None and month_on > last):
        return "enrolment_id", "该月不在此学籍的培训期间，请核对月份"
    return None


def _ended(session: Session, enrolment_ids: Sequence[str]) -> dict[str, date]:
    """The days on which enrolments got their results."""
    rows = session.execute(
        select(Assessment.enrolment_id, Assessment.assessed_on).where(Assessment.enrolment_id.in_(enrolment_ids))
    )
    return dict(rows.all())


def _leave_known(session: Session, rows: RowAnswers[WageOfMonth], minimum: Minimum) -> None:
    """A wage that already stands for the month, compared with the same minimum, is `unchanged`."""
    standing = _newest(session, [row.enrolment_id for _, row in rows.waiting()], minimum.month_on)
    for at, row in rows.waiting():
        wage = standing.get(row.enrolment_id)
        if wage is not None and (wage.wage, wage.minimum) == (row.wage, minimum.amount):
            rows.unchanged(at, wage.id)


def _newest(session: Session, enrolment_ids: Sequence[str], month_on: date) -> dict[str, WageRow]:
    chosen = (
        select(WageRow)
        .where(WageRow.enrolment_id.in_(enrolment_ids), WageRow.month_on == month_on)
        .order_by(WageRow.number)
    )
    return {wage.enrolment_id: wage for wage in session.scalars(chosen)}


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
