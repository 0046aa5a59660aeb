"""Trainings that departed from the approved plan: found with the result, taken up by the district (APP-26)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from services.training.list_rows import finish
from services.training.models import Enrolment, PlanDeparture
from services.training.projects.access import project_in_reach
from shared.contracts.common import RowResults
from shared.contracts.row_answers import RowAnswers
from shared.contracts.training.results import DepartureRow, TakeUpDepartures
from shared.kernel.work import Work
from shared.policy.decisions import Decision
from shared.policy.document import Document
from shared.store.database import execute_count

_NONE = "该学籍没有与计划的偏差，无需认定；请核对学籍编号"
_OTHER_REASON = "该偏差已由属地人社部门认定，理由不再更改"


def keep_departures(work: Work, document: Document, decided: Mapping[str, Sequence[Decision]]) -> None:
    """What the decisions about these enrolments found of it; the district sees each until it is taken up."""
    asking = {entry.id for entry, name in document.rules_by_function() if name == "training.as_planned"}
    values = [
        {"enrolment_id": enrolment_id, "compared": finding.compared, "found_on": work.today}
        for enrolment_id, decisions in decided.items()
        for decision in decisions
        if decision.name == "training.plan"
        for finding in decision.findings
        if finding.rule in asking and finding.awaits_reason
    ]
    if values:
        work.session.execute(insert(PlanDeparture), values)


def departures_of(session: Session, enrolment_ids: Iterable[str]) -> dict[str, PlanDeparture]:
    """By enrolment; who kept to the plan is missing."""
    found = session.scalars(select(PlanDeparture).where(PlanDeparture.enrolment_id.in_(list(enrolment_ids))))
    return {departure.enrolment_id: departure for departure in found}


def take_up_departures(work: Work, request: TakeUpDepartures) -> RowResults:
    """By the district, each with its reason, a result per row; one that was taken up before stays as it is."""
    project = project_in_reach(work.session, work.speaker, request.project_id)
    known = {
        departure.enrolment_id: departure
        for departure in work.session.scalars(
            select(PlanDeparture)
            .join(Enrolment, Enrolment.id == PlanDeparture.enrolment_id)
            .where(Enrolment.project_id == project.id)
            .where(PlanDeparture.enrolment_id.in_([row.enrolment_id for row in request.rows]))
        )
    }
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: row.enrolment_id, "enrolment_id")
    for at, row in rows.waiting():
        departure = known.get(row.enrolment_id)
        if departure is None:
            rows.refuse(at, "enrolment_id", _NONE)
        elif departure.taken_up_by is None and _take_up(work, row):
            rows.accept(at, row.enrolment_id)
        elif departure.reason == row.reason:
            rows.unchanged(at, row.enrolment_id)
        else:
            rows.refuse(at, "reason", _OTHER_REASON)
    return finish(work, project, rows, "departures_taken_up")


def _take_up(work: Work, row: DepartureRow) -> bool:
    """Whoever takes it up first stays on record."""
    waiting = update(PlanDeparture).where(
        PlanDeparture.enrolment_id == row.enrolment_id, PlanDeparture.taken_up_by.is_(None)
    )
    values = {"reason": row.reason, "taken_up_by": work.speaker.person, "taken_up_on": work.today}
    return execute_count(work.session, waiting.values(**values)) == 1
