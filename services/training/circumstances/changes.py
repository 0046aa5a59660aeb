"""Changes of circumstances (APP-14): breaks, returns and withdrawals, each recorded on the day it happened or after.

A break stays open until the return; a withdrawal ends the enrolment, whose result is then `left` (INT-30, INT-31).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert

from services.training.circumstances import breaks
from services.training.circumstances.permitted_changes import Standing, fault, load, out_of_turn
from services.training.enrolments.events import tell_changed
from services.training.learning.class_hours import NO_ENROLMENT, NOT_IN_TRAINING, enrolments_of
from services.training.models import Circumstance, Project
from services.training.projects import activity_log
from services.training.projects.access import own_project
from services.training.results.assessments import ask_occupations
from services.training.results.outcome_store import Occupations, result_values, store_results
from shared.contracts.common import RowResults
from shared.contracts.row_answers import RowAnswers
from shared.contracts.training.circumstances import CircumstanceRow, RecordCircumstances
from shared.contracts.training.enrolments import EnrolledPerson
from shared.kernel.work import Asks, Work
from shared.store.types import new_id

LEAVING = {"death": "death", "illness": "illness", "conscription": "conscription"}
"""What INT-30 tells apart among the reasons of a withdrawal; every other one is `other`."""


def ask(asks: Asks, request: RecordCircumstances) -> Occupations:
    """Whether the occupation can be appraised on the day of each withdrawal, as for every other result (INT-24)."""
    with asks.reading() as session:
        project = own_project(session, asks.speaker, request.project_id)
        known = enrolments_of(session, project, [row.enrolment_id for row in request.rows])
    leaving = [row for row in request.rows if row.kind == "withdrawal" and fault(row, known, asks.today) is None]
    in_training = [row for row in leaving if known[row.enrolment_id].state == "in_training"]
    return ask_occupations(asks, project, {(known[row.enrolment_id].starts_on, row.on) for row in in_training})


def record(work: Work, request: RecordCircumstances, occupations: Occupations) -> RowResults:
    """A result per row; one change of an enrolment in a list."""
    project = own_project(work.session, work.speaker, request.project_id)
    standing = load(work.session, project, request)
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: row.enrolment_id, "enrolment_id")
    rows.refuse_where(lambda row: fault(row, standing.enrolments, work.today))
    _answer_left(rows, standing)
    rows.refuse_where(lambda row: out_of_turn(row, standing))
    _answer_known_breaks(rows, standing)
    _begin_and_move(work, rows, standing)
    _leave(work, rows, standing, occupations)
    _end(work, rows)
    _keep(work, project, rows, standing)
    return rows.results()


def _answer_left(rows: RowAnswers[CircumstanceRow], standing: Standing) -> None:
    """The same withdrawal again is `unchanged`; nothing else is recorded of who isn't in training any more."""
    for at, row in rows.waiting():
        if standing.enrolments[row.enrolment_id].state == "in_training":
            continue
        before = standing.left.get(row.enrolment_id)
        if before and (row.kind, row.on, row.reason) == ("withdrawal", before.happened_on, before.reason):
            rows.unchanged(at, before.id)
        else:
            rows.refuse(at, *NOT_IN_TRAINING)


def _answer_known_breaks(rows: RowAnswers[CircumstanceRow], standing: Standing) -> None:
    for at, row in rows.waiting():
        pause = standing.open_break(row.enrolment_id)
        if row.kind == "break" and pause and row.until == pause.until:
            rows.unchanged(at, row.enrolment_id)


def _begin_and_move(work: Work, rows: RowAnswers[CircumstanceRow], standing: Standing) -> None:
    """New breaks begin; of those that are open already the expected end moves."""
    waiting = [(at, row) for at, row in rows.waiting() if row.kind == "break"]
    new = [(at, row) for at, row in waiting if standing.open_break(row.enrolment_id) is None]
    taken = breaks.begin(work.session, [row for _, row in new])
    for place, (at, _) in enumerate(new):
        if place in taken:
            rows.refuse(at, "kind", taken[place])
    breaks.move(work.session, [row for _, row in waiting if standing.open_break(row.enrolment_id) is not None])


def _end(work: Work, rows: RowAnswers[CircumstanceRow]) -> None:
    """Who returns or leaves is on no break any more."""
    breaks.end(work.session, [row for _, row in rows.waiting() if row.kind != "break"])


def _leave(work: Work, rows: RowAnswers[CircumstanceRow], standing: Standing, occupations: Occupations) -> None:
    """A withdrawal is the enrolment's result; whoever got another result at the same moment keeps that one."""
    leaving = [(at, row) for at, row in rows.waiting() if row.kind == "withdrawal"]
    days = {row.enrolment_id: (standing.enrolments[row.enrolment_id].starts_on, row.on) for _, row in leaving}
    for at, row in leaving:
        if days[row.enrolment_id] not in occupations:
            rows.refuse(at, *NO_ENROLMENT)
    leaving = [(at, row) for at, row in leaving if rows.waits(at)]
    values = [
        result_values(
            row.enrolment_id,
            "left",
            row.on,
            occupations[days[row.enrolment_id]],
            leaving_reason=LEAVING.get(row.reason or "", "other"),
        )
        for _, row in leaving
    ]
    taken = store_results(work.session, values)
    for place, (at, _) in enumerate(leaving):
        if place in taken:
            rows.refuse(at, "enrolment_id", taken[place])


def _keep(work: Work, project: Project, rows: RowAnswers[CircumstanceRow], standing: Standing) -> None:
    """The facts, the answers, the history and the tellings of whatever is left of the list."""
    changes = rows.waiting()
    values = [
        {
            "id": new_id(),
            "enrolment_id": row.enrolment_id,
            "kind": row.kind,
            "happened_on": row.on,
            "until": row.until,
            "reason": row.reason,
            "words": row.words,
            "recorded_on": work.today,
            "recorded_by": work.speaker.person,
        }
        for _, row in changes
    ]
    if values:
        work.session.execute(insert(Circumstance), values)
    for (at, row), value in zip(changes, values, strict=True):
        rows.accept(at, str(value["id"]), _late(row.on, work.today))
    for kind in ("break", "return", "withdrawal"):
        people = [
            EnrolledPerson(row.enrolment_id, standing.enrolments[row.enrolment_id].person_id)
            for _, row in changes
            if row.kind == kind
        ]
        tell_changed(work, project, kind, people)
    activity_log.keep(work, project.id, "circumstances_recorded", len(changes))


def _late(on: date, today: date) -> str | None:
    """No clause says how soon; how late it was is shown (APP-14)."""
    days = (today - on).days
    return f"发生 {days} 天后登记；学籍异动请及时登记" if days else None
