"""Enrolments are established and training starts (APP-10, 11, 14, 16, 24, 25); X-1 is the database's word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update

from services.training.decisions import blocking, names_rules_of, refused, shown
from services.training.enrolments.eligibility import standing
from services.training.enrolments.events import run_told
from services.training.learning.progress import Progress, credit_facts
from services.training.models import LIVE, OVERLAP, CourseRun, Enrolment, Project
from services.training.projects import activity_log, deadlines
from services.training.projects.access import admitted, hold, own_project
from services.training.rules.completion import agreed_split
from services.training.rules.programme import MinimumWage, WageFacts
from shared.batching import slices
from shared.calendar import MONTHS_A_YEAR, add_months
from shared.contracts.common import RowResults
from shared.contracts.registry.catalogues import ASK_MINIMUM_WAGE, AskMinimumWage
from shared.contracts.registry.evidence import ASK_WAGES, AskWages
from shared.contracts.row_answers import RowAnswers
from shared.contracts.schema.shapes import IDS_PER_EVENT
from shared.contracts.training.enrolments import (
    ENROLMENTS_ESTABLISHED,
    EnrolledPerson,
    EnrolmentsEstablished,
    EnrolRow,
    EstablishEnrolments,
)
from shared.contracts.training.projects import COURSE_RUN_OPENED
from shared.errors import Conflict, InvalidRequest, PolicyNotMet
from shared.kernel.work import Asks, Work
from shared.money import Money
from shared.policy.decisions import Decision, decide
from shared.policy.document import Document
from shared.store.bulk import insert_each
from shared.store.database import execute_count
from shared.store.types import new_id

_ENROLLED_ELSEWHERE = (
    "该人员在重叠期间已有享受补贴的学籍，不得重复（X-1）；请核对名单，确已转到本企业的，待原学籍办理退出后再申报"
)
_ENROLLED_HERE = "该人员在本期已有学籍（X-1），请勿重复申报"
_FORBIDDEN = {
    OVERLAP: _ENROLLED_ELSEWHERE,
    "uq_enrolments_live_in_run": _ENROLLED_HERE,
    "enrolments.run_id": _ENROLLED_HERE,
}


@dataclass(frozen=True)
class Wages:
    """What registry says for APP-25. `minimum`: None where operators entered none for `month_on`."""

    month_on: date
    minimum: Money | None
    by_person: Mapping[str, Money | None]


def ask(asks: Asks, request: EstablishEnrolments) -> Wages | None:
    """The wages of those on the roster; None where the document has no rule about wages."""
    with asks.reading() as session:
        project = own_project(session, asks.speaker, request.project_id)
        people = admitted(session, project.id, tuple({row.person_id for row in request.rows}))
    document = asks.policies.by_identity(project.document)
    if not names_rules_of(document, "training.wage"):
        return None
    month_on = request.starts_on.replace(day=1)
    if not people:  # whoever is admitted a moment later has no wage here, and is refused for it
        return Wages(month_on, None, {})
    minimum = asks.ask(ASK_MINIMUM_WAGE, AskMinimumWage(document.jurisdiction, month_on)).amount
    answer = asks.ask(ASK_WAGES, AskWages(project.employer_id, tuple(sorted(people))))
    return Wages(month_on, minimum, {wage.person_id: wage.monthly_wage for wage in answer.wages})


def establish(work: Work, request: EstablishEnrolments, wages: Wages | None) -> RowResults:
    """Decides each row, enrols whom nothing forbids, and opens the run with the first of them."""
    project = own_project(work.session, work.speaker, request.project_id)
    hold(work.session, project.id)  # fraud that is confirmed at this moment comes before or after, never between
    document = work.policies.by_identity(project.document)
    _check_start(project, document, request.starts_on)
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: row.person_id, "person_id")
    period = (request.starts_on, add_months(request.starts_on, MONTHS_A_YEAR * project.term_years))
    group = exclusion_group(document)
    _answer_enrolled(work, project, group, period, rows)
    decided = _decide(work, project, document, period, rows, wages)
    enrolled = _enrol(work, project, group, period, rows, decided)
    work.keep_all(
        [
            (enrolled.get(person_id, person_id), decision)
            for person_id, decisions in decided.items()
            for decision in decisions
        ]
    )
    _tell_established(work, project, request.starts_on, enrolled)
    activity_log.keep(work, project.id, "enrolments_established", len(enrolled))
    return rows.results()


def _check_start(project: Project, document: Document, starts_on: date) -> None:
    if project.state == "completed":
        raise _over()
    if starts_on < project.approved_on:
        raise InvalidRequest.of(("starts_on", f"开班日期早于项目获批日（{project.approved_on}），请改为获批之后"))
    split = agreed_split(credit_facts(project, Progress()), document)
    if split is not None and split.blocks:
        raise PolicyNotMet.of("项目约定的学分不符合要求，不能开班", [split.to_json()])


def _over() -> Conflict:
    return Conflict("本项目的培训已经结束，不能再建立学籍；新的学员请另行申请项目")


def _answer_enrolled(
    work: Work, project: Project, group: str, period: tuple[date, date], rows: RowAnswers[EnrolRow]
) -> None:
    """A kind word before the database's: who is enrolled here is unchanged, who is enrolled elsewhere is refused."""
    starts_on, ends_on = period
    live = work.session.scalars(
        select(Enrolment).where(
            Enrolment.person_id.in_([row.person_id for _, row in rows.waiting()]),
            Enrolment.state.in_(LIVE),
            Enrolment.funded,
            Enrolment.exclusion_group == group,
        )
    ).all()
    here = {enrolment.person_id: enrolment.id for enrolment in live if enrolment.project_id == project.id}
    elsewhere = {
        enrolment.person_id for enrolment in live if enrolment.starts_on < ends_on and starts_on < enrolment.ends_on
    }
    for at, row in rows.waiting():
        if row.person_id in here:
            rows.unchanged(at, here[row.person_id])
        elif row.person_id in elsewhere:
            rows.refuse(at, "person_id", _ENROLLED_ELSEWHERE)


JOINT_GROUP = "joint"
"""The group of all programmes whose documents forbid overlaps with others. No programme is called so."""


def exclusion_group(document: Document) -> str:
    """Programmes of one group exclude each other in time, by the database (X-1b).

    Each is a group of its own, unless its document forbids overlaps with others (INT-73): those share one.
    """
    forbidden = document.reading("other_programmes") == "forbidden"
    return JOINT_GROUP if forbidden else document.programme


def _decide(
    work: Work,
    project: Project,
    document: Document,
    period: tuple[date, date],
    rows: RowAnswers[EnrolRow],
    wages: Wages | None,
) -> dict[str, list[Decision]]:
    """The decisions about every waiting row, by person; rows that a clause forbids are refused."""
    people = [row.person_id for _, row in rows.waiting()]
    known = standing(work.session, project, people, period)
    decided: dict[str, list[Decision]] = {}
    for at, row in rows.waiting():
        facts = known.facts(row.person_id, work.today, period[0])
        decisions = [decide("training.enrolment", facts, document)]
        if wages is not None and row.person_id in known.admissions:
            wage = wages.by_person.get(row.person_id)
            if wage is None:
                rows.refuse(at, "person_id", "没有该人员的工资记录，请先登记用工信息再建立学籍")
                continue
            decisions.append(decide("training.wage", _wage_facts(wages, wage), document))
        decided[row.person_id] = decisions
        if refused(decisions):
            rows.refuse(at, "person_id", blocking(decisions))
    return decided


def _wage_facts(wages: Wages, wage: Money) -> WageFacts:
    minimum = () if wages.minimum is None else (MinimumWage(wages.month_on, wages.minimum),)
    return WageFacts(wages.month_on, wage, minimum)


def _enrol(
    work: Work,
    project: Project,
    group: str,
    period: tuple[date, date],
    rows: RowAnswers[EnrolRow],
    decided: Mapping[str, Sequence[Decision]],
) -> dict[str, str]:
    """Inserts what the rules allow, person by person in one order, so that two batches never wait for each other.

    Returns enrolment ids by person. A run that this would open stays closed where the database refuses everybody.
    """
    waiting = sorted(rows.waiting(), key=lambda entry: entry[1].person_id)
    if not waiting:
        return {}
    opening = work.session.begin_nested()
    run_id, opened = _open_run(work, project, period[0])
    values = [_values(project, group, run_id, row.person_id, period) for _, row in waiting]
    forbidden = insert_each(work.session, Enrolment, values, _FORBIDDEN)
    enrolled: dict[str, str] = {}
    for place, (at, row) in enumerate(waiting):
        if place in forbidden:
            rows.refuse(at, "person_id", forbidden[place])
            continue
        enrolled[row.person_id] = values[place]["id"]
        rows.accept(at, values[place]["id"], shown(decided[row.person_id]))
    if not enrolled:
        opening.rollback()
        return {}
    opening.commit()
    if opened:
        work.tell(COURSE_RUN_OPENED, project.id, run_told(project, period[0]), district=project.district)
        deadlines.set_for(work, project, period[0])
        activity_log.keep(work, project.id, "run_opened", of_id=run_id)
    return enrolled


def _open_run(work: Work, project: Project, starts_on: date) -> tuple[str, bool]:
    """The project's run, opened by whoever comes first; holds the project's row, so that nobody ends it meanwhile."""
    here = update(Project).where(Project.id == project.id)
    if execute_count(work.session, here.where(Project.state == "approved").values(state="running")):
        run = CourseRun(id=new_id(), project_id=project.id, starts_on=starts_on)
        work.session.add(run)
        work.session.flush()
        return run.id, True
    if not execute_count(work.session, here.where(Project.state == "running").values(state="running")):
        raise _over()
    return work.session.scalars(select(CourseRun.id).where(CourseRun.project_id == project.id)).one(), False


def _values(project: Project, group: str, run_id: str, person_id: str, period: tuple[date, date]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "run_id": run_id,
        "project_id": project.id,
        "person_id": person_id,
        "programme": project.programme,
        "exclusion_group": group,
        "funded": True,
        "starts_on": period[0],
        "ends_on": period[1],
        "state": "in_training",
    }


def _tell_established(work: Work, project: Project, enrolled_on: date, enrolled: Mapping[str, str]) -> None:
    people = [EnrolledPerson(enrolment_id, person_id) for person_id, enrolment_id in enrolled.items()]
    for part in slices(people, IDS_PER_EVENT):
        told = EnrolmentsEstablished(
            project_id=project.id,
            programme=project.programme,
            district=project.district,
            employer_id=project.employer_id,
            enrolled_on=enrolled_on,
            enrolments=part,
        )
        work.tell(ENROLMENTS_ESTABLISHED, project.id, told, district=project.district)
