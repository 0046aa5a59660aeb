"""Enrolments are established and training starts (APP-2, 10, 11, 14, 16, 24, 25); X-1 is the database's word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.training.decisions import blocking, refused, shown
from services.training.enrolments.course_run import open_run, run_is_over, tell_opened
from services.training.enrolments.eligibility import on_file
from services.training.enrolments.prior_enrolments import Period, PriorEnrolments
from services.training.enrolments.registry_answers import NO_WAGE, RegistryAnswers
from services.training.events import tell_of_people
from services.training.learning.progress import Progress, credit_facts
from services.training.list_rows import refuse_taken
from services.training.mentors.two_roles import GUIDES, guiding_now
from services.training.models import OVERLAP, Enrolment, Project
from services.training.projects.access import admitted, lock_project, own_project
from services.training.projects.activity_log import log_activity
from services.training.rules.completion import agreed_split
from services.training.rules.enrolment import REVIEWED_AGAIN
from shared.calendar import MONTHS_A_YEAR, after_months
from shared.contracts.common import RowResults
from shared.contracts.row_answers import RowAnswers
from shared.contracts.training.enrolments import ENROLMENTS_ESTABLISHED, EnrolledPerson, EnrolRow, EstablishEnrolments
from shared.errors import InvalidRequest, PolicyNotMet
from shared.kernel.work import Work
from shared.policy.decisions import Decision, decide
from shared.policy.document import Document
from shared.store.bulk import insert_each
from shared.store.by_name import values_of
from shared.store.types import new_id

_ENROLLED_ELSEWHERE = (
    "该人员在重叠期间已有享受补贴的学籍，不得重复（X-1）；请核对名单，确已转到本企业的，待原学籍办理退出后再申报"
)
_ENROLLED_HERE = "该人员在本期已有学籍（X-1），请勿重复申报"
_ROSTER_USED = "此人按该名单建立过学籍，再次建立学籍须重新提交名单审核"
_FORBIDDEN = {
    OVERLAP: _ENROLLED_ELSEWHERE,
    "uq_enrolments_live_in_run": _ENROLLED_HERE,
    "enrolments.run_id": _ENROLLED_HERE,
    "uq_enrolments_once_by_roster": _ROSTER_USED,
    "enrolments.project_id": _ROSTER_USED,
}
JOINT_GROUP = "joint"
"""The group of all programmes whose documents forbid overlaps with others. No programme is called so."""


@dataclass(frozen=True)
class Intake:
    """Who is enrolled under what: the project, its document, and the period of all its new enrolments."""

    project: Project
    document: Document
    period: Period

    @property
    def group(self) -> str:
        """Programmes of one group exclude each other in time, by the database (X-1b).

        Each is a group of its own, unless its document forbids overlaps with others (INT-73): those share one.
        """
        forbidden = self.document.reading("other_programmes") == "forbidden"
        return JOINT_GROUP if forbidden else self.document.programme


def establish_enrolments(
    work: Work, request: EstablishEnrolments, registry: RegistryAnswers, prior_enrolments: PriorEnrolments
) -> RowResults:
    """Decides each row, enrols whom nothing forbids, and opens the run with the first of them; a result per row.

    Raises Conflict where the run is over, InvalidRequest for a day before the approval, PolicyNotMet where the agreed
    credits don't suffice.
    """
    project = own_project(work.session, work.speaker, request.project_id)
    lock_project(work.session, project.id)  # fraud confirmed at this moment comes before or after, never between
    ends_on = after_months(request.starts_on, MONTHS_A_YEAR * project.term_years)
    intake = Intake(project, work.policies.by_identity(project.document), (request.starts_on, ends_on))
    _check_start(intake)
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: row.person_id, "person_id")
    _answer_enrolled(work, intake, rows, prior_enrolments)
    guiding = guiding_now(work.session, project.programme, [row.person_id for _, row in rows.waiting()])
    rows.refuse_where(lambda row: ("person_id", GUIDES) if row.person_id in guiding else None)
    decided = _decide(work, intake, rows, registry, prior_enrolments)
    enrolled = _enrol(work, intake, rows, decided, registry)
    work.store_decisions(
        [(enrolled.get(id, id), decision) for id, decisions in decided.items() for decision in decisions]
    )
    people = [EnrolledPerson(enrolment_id, person_id) for person_id, enrolment_id in enrolled.items()]
    tell_of_people(work, ENROLMENTS_ESTABLISHED, project, people, enrolled_on=request.starts_on)
    log_activity(work, project.id, "enrolments_established", len(enrolled))
    return rows.results()


def _check_start(intake: Intake) -> None:
    project, (starts_on, _) = intake.project, intake.period
    if project.state == "completed":
        raise run_is_over()
    if starts_on < project.approved_on:
        raise InvalidRequest.of(("starts_on", f"开班日期早于项目获批日（{project.approved_on}），请改为获批之后"))
    split = agreed_split(credit_facts(project, Progress()), intake.document)
    if split is not None and split.blocks:
        raise PolicyNotMet.of("项目约定的学分不符合要求，不能开班", [split.to_json()])


def _answer_enrolled(work: Work, intake: Intake, rows: RowAnswers[EnrolRow], prior: PriorEnrolments) -> None:
    """A kind word before the database's: who is enrolled here is unchanged, who is enrolled elsewhere is refused."""
    starts_on, ends_on = intake.period
    live = prior.in_group(work.session, intake.group, [row.person_id for _, row in rows.waiting()])
    here = {enrolment.person_id: enrolment.id for enrolment in live if enrolment.project_id == intake.project.id}
    elsewhere = {one.person_id for one in live if one.starts_on < ends_on and starts_on < one.ends_on}
    for at, row in rows.waiting():
        if row.person_id in here:
            rows.unchanged(at, here[row.person_id])
        elif row.person_id in elsewhere:
            rows.refuse(at, "person_id", _ENROLLED_ELSEWHERE)


def _decide(
    work: Work, intake: Intake, rows: RowAnswers[EnrolRow], registry: RegistryAnswers, prior: PriorEnrolments
) -> dict[str, list[Decision]]:
    """The decisions about every waiting row, by person; rows that a clause forbids are refused."""
    people = [row.person_id for _, row in rows.waiting()]
    known = on_file(work.session, intake.project, people)
    elsewhere = prior.in_other_programmes(work.session, intake.project.programme, people, intake.period)
    decided: dict[str, list[Decision]] = {}
    for at, row in rows.waiting():
        facts = known.facts(row.person_id, work.today, intake.period[0], elsewhere.get(row.person_id, ()))
        decisions = [decide("training.enrolment", facts, intake.document)]
        is_admitted = row.person_id in known.admissions
        ineligible = registry.eligibility_fault(row.person_id) if is_admitted else None
        if registry.minimum.asked and is_admitted:
            wage = registry.wages.get(row.person_id)
            if wage is None:
                rows.refuse(at, "person_id", "；".join(filter(None, (ineligible, NO_WAGE))))
                continue
            decisions.append(decide("training.wage", registry.minimum.facts(wage), intake.document))
        decided[row.person_id] = decisions
        if ineligible or refused(decisions):
            rows.refuse(at, "person_id", "；".join(filter(None, (ineligible, blocking(decisions)))))
    return decided


def _enrol(
    work: Work,
    intake: Intake,
    rows: RowAnswers[EnrolRow],
    decided: Mapping[str, Sequence[Decision]],
    registry: RegistryAnswers,
) -> dict[str, str]:
    """Inserts what the rules allow, person by person in one order, so that two batches never wait for each other.

    Returns enrolment ids by person. A run that this would open stays closed where the database refuses everybody.
    """
    waiting = sorted(rows.waiting(), key=lambda entry: entry[1].person_id)
    if not waiting:
        return {}
    opening = work.session.begin_nested()
    run = open_run(work, intake.project, intake.period[0])
    rosters = _rosters(work, intake, [row.person_id for _, row in waiting])
    values = [
        _values(intake, run.id, row, rosters.get(row.person_id), registry.eligibility_decision(row.person_id))
        for _, row in waiting
    ]
    refuse_taken(rows, waiting, insert_each(work.session, Enrolment, values, _FORBIDDEN), "person_id")
    inserted = zip(waiting, values, strict=True)
    enrolled: dict[str, str] = {row.person_id: value["id"] for (at, row), value in inserted if rows.waits(at)}
    if not enrolled:
        opening.rollback()
        return {}
    opening.commit()
    for at, row in rows.waiting():
        rows.accept(at, enrolled[row.person_id], shown(decided[row.person_id]))
    if run.is_new:
        tell_opened(work, intake.project, run, intake.period[0])
    return enrolled


def _rosters(work: Work, intake: Intake, people: Sequence[str]) -> Mapping[str, str]:
    """By person, the roster that admits to one enrolment; none where INT-90 is read otherwise."""
    if intake.document.reading("second_enrolment") != REVIEWED_AGAIN:
        return {}
    known = admitted(work.session, intake.project.id, tuple(people))
    return {person_id: admission.case_id for person_id, admission in known.items()}


def _values(
    intake: Intake, run_id: str, row: EnrolRow, roster_case: str | None, eligibility_decision: str | None
) -> dict[str, Any]:
    starts_on, ends_on = intake.period
    return values_of(
        Enrolment,
        row,
        id=new_id(),
        run_id=run_id,
        project_id=intake.project.id,
        programme=intake.project.programme,
        exclusion_group=intake.group,
        funded=True,
        starts_on=starts_on,
        ends_on=ends_on,
        state="in_training",
        roster_case=roster_case,
        eligibility_decision=eligibility_decision,
    )
