"""The joint assessment (APP-13): credits, hours and result of each person, decided, kept and shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from services.training.decisions import blocking, refused, shown
from services.training.learning.media_and_incentives import incentives_of
from services.training.learning.progress import Progress, credit_facts, plan_facts, progress_of
from services.training.learning.training_days import days_of
from services.training.list_rows import Fault, finish, refuse_taken
from services.training.lookup import NO_ENROLMENT, NOT_IN_TRAINING, enrolments_of, fault_of_day, results_of
from services.training.models import Enrolment, Project
from services.training.projects.access import lock_project
from services.training.results.assessment_halves import Halves, halves_for, project_of_side, store_halves
from services.training.results.ended import tell_ended
from services.training.results.outcome_store import (
    OTHER_RESULT,
    Days,
    Occupations,
    ask_occupations,
    result_values,
    store_results,
)
from services.training.results.plan_departures import keep_departures
from services.training.rules.completion import AssessmentFacts
from shared.contracts.common import RowResults
from shared.contracts.row_answers import RowAnswers
from shared.contracts.training.results import AssessmentRow, RecordAssessments
from shared.kernel.work import Asks, Work
from shared.policy.decisions import Decision, Verdict, decide
from shared.policy.document import Document


def ask(asks: Asks, request: RecordAssessments) -> Occupations:
    """Whether the occupation can be appraised, once for each pair of days that the rows have (INT-24)."""
    with asks.reading() as session:
        project = project_of_side(session, asks.speaker, request.project_id)
        known = enrolments_of(session, project, [row.enrolment_id for row in request.rows])
    days = {_days(row, known) for row in request.rows if _fault(row, known, asks.today) is None}
    return ask_occupations(asks, project, days)


def record_assessments(work: Work, request: RecordAssessments, occupations: Occupations) -> RowResults:
    """One party's half for each enrolment; with the other's equal half it is the result, once for ever.

    A pass without its credits is refused with every finding, whichever half comes first.
    """
    project = project_of_side(work.session, work.speaker, request.project_id)
    document = work.policies.by_identity(project.document)
    lock_project(work.session, project.id)  # of two halves at this moment the later one meets the earlier
    known = enrolments_of(work.session, project, [row.enrolment_id for row in request.rows])
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: row.enrolment_id, "enrolment_id")
    rows.refuse_where(lambda row: _fault(row, known, work.today))
    rows.refuse_where(lambda row: None if _days(row, known) in occupations else NO_ENROLMENT)
    _answer_assessed(work.session, rows, known)
    halves = halves_for(work, document, [row for _, row in rows.waiting()])
    rows.refuse_where(lambda row: halves.fault(row, work.speaker.person))
    days = days_of(work.session, project, document, known.values())
    rows.refuse_where(lambda row: days.fault("assessed_on", known[row.enrolment_id], row.assessed_on, "assessment"))
    decided = _decide(work.session, project, document, rows, known)
    halved = _keep_halves(work, rows, halves)
    _store(work.session, rows, known, occupations)
    stored = rows.waiting()
    for at, row in stored:
        rows.accept(at, row.enrolment_id, shown(decided[row.enrolment_id]))
    work.store_decisions(
        [(id, decision) for id, decisions in decided.items() if id not in halved for decision in decisions]
    )
    passed = [row.enrolment_id for _, row in stored if row.result == "passed"]
    keep_departures(work, document, {id: decided[id] for id in passed})
    tell_ended(work, project, [row.enrolment_id for _, row in stored])
    return finish(work, project, rows, "assessments_recorded")


def _keep_halves(work: Work, rows: RowAnswers[AssessmentRow], halves: Halves) -> set[str]:
    """Every waiting row is kept as its side's half; the enrolments of those that make no result yet, answered."""
    halved = {row.enrolment_id for _, row in rows.waiting() if not halves.stands(row)}
    for at, row in rows.waiting():
        if halves.is_repeated(row):
            rows.unchanged(at, row.enrolment_id)
    store_halves(work, halves.side, [row for _, row in rows.waiting()])
    for at, row in rows.waiting():
        if row.enrolment_id in halved:
            rows.accept(at, row.enrolment_id, halves.waiting(row))
    return halved


def _store(
    session: Session, rows: RowAnswers[AssessmentRow], known: Mapping[str, Enrolment], occupations: Occupations
) -> None:
    """The results of all waiting rows; whoever got another one at the same moment keeps that."""
    new = rows.waiting()
    values = [
        result_values(
            row.enrolment_id,
            row.result,
            row.assessed_on,
            occupations[_days(row, known)],
            pass_certificate=row.pass_certificate,
        )
        for _, row in new
    ]
    refuse_taken(rows, new, store_results(session, values), "enrolment_id")


def _days(row: AssessmentRow, known: Mapping[str, Enrolment]) -> Days:
    return known[row.enrolment_id].starts_on, row.assessed_on


def _fault(row: AssessmentRow, known: Mapping[str, Enrolment], today: date) -> Fault | None:
    if fault := fault_of_day(known.get(row.enrolment_id), "assessed_on", row.assessed_on, today, "考核"):
        return fault
    if row.result != "passed" and row.pass_certificate is not None:
        return "pass_certificate", "考核不合格的不发合格证书，请删除或改正结果"
    return None


def _answer_assessed(session: Session, rows: RowAnswers[AssessmentRow], enrolments: Mapping[str, Enrolment]) -> None:
    """Who has a result keeps it; who has none and isn't in training any more gets none."""
    ids = [row.enrolment_id for _, row in rows.waiting()]
    known = results_of(session, ids)
    for at, row in rows.waiting():
        assessment = known.get(row.enrolment_id)
        if assessment is None:
            if enrolments[row.enrolment_id].state != "in_training":
                rows.refuse(at, *NOT_IN_TRAINING)
            continue
        if (assessment.result, assessment.assessed_on) == (row.result, row.assessed_on):
            rows.unchanged(at, row.enrolment_id)
        else:
            rows.refuse(at, "result", OTHER_RESULT)


def _decide(
    session: Session,
    project: Project,
    document: Document,
    rows: RowAnswers[AssessmentRow],
    known: Mapping[str, Enrolment],
) -> dict[str, list[Decision]]:
    """Decisions by enrolment. A row that a clause forbids is refused."""
    assessed = rows.waiting()
    progress = _progress(session, [row for _, row in assessed])
    incentives = incentives_of(session, project.id)
    decided: dict[str, list[Decision]] = {}
    for at, row in assessed:
        credits, *others = _decisions(
            project, document, row, known[row.enrolment_id], progress[row.enrolment_id], incentives
        )
        decided[row.enrolment_id] = [credits, *others]
        # Who fails may lack credits; who passes may not (APP-15).
        judged = [credits, *others] if row.result == "passed" else others
        if refused(judged):
            rows.refuse(at, "result", blocking(judged))
    return decided


def _progress(session: Session, rows: Sequence[AssessmentRow]) -> dict[str, Progress]:
    """As it stood on each person's day of assessment."""
    found: dict[str, Progress] = {}
    for day in {row.assessed_on for row in rows}:
        found |= progress_of(session, [row.enrolment_id for row in rows if row.assessed_on == day], day)
    return found


def _decisions(
    project: Project,
    document: Document,
    row: AssessmentRow,
    enrolment: Enrolment,
    progress: Progress,
    incentives: tuple[str, ...],
) -> list[Decision]:
    credits = decide("training.credits", credit_facts(project, progress), document)
    facts = AssessmentFacts(
        on=row.assessed_on,
        credits_done=credits.verdict is Verdict.MET,
        term_ended=row.assessed_on >= enrolment.ends_on - timedelta(days=1),
        # A half is decided as if the other were there and equal: nothing is kept that could never stand.
        assessed_by_employer=True,
        assessed_by_provider=True,
        passed=row.result == "passed",
        provider_kind=project.provider_kind,
        pass_certificate=row.pass_certificate,
    )
    return [
        credits,
        decide("training.assessment", facts, document),
        decide("training.plan", plan_facts(project, document, progress, incentives), document),
    ]
