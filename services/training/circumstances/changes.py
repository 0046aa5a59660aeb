"""Changes of circumstances (APP-14): breaks, returns and withdrawals, each recorded on the day it happened or after.

A break stays open until the return; a withdrawal ends the enrolment, whose result is then `left` (INT-30, INT-31).
"""

from __future__ import annotations

from datetime import date

from services.training.circumstances import breaks
from services.training.circumstances.permitted_changes import History, history_of, out_of_turn, row_fault
from services.training.events import tell_of_people
from services.training.list_rows import answer_known, insert_waiting, refuse_taken
from services.training.lookup import NO_ENROLMENT, NOT_IN_TRAINING, enrolments_of
from services.training.models import Circumstance, Project
from services.training.projects.access import own_project
from services.training.projects.activity_log import log_activity
from services.training.results.ended import tell_ended
from services.training.results.outcome_store import Occupations, ask_occupations, result_values, store_results
from shared.contracts.common import RowResults
from shared.contracts.row_answers import RowAnswers
from shared.contracts.training.circumstances import CIRCUMSTANCES_CHANGED, CircumstanceRow, RecordCircumstances
from shared.contracts.training.enrolments import EnrolledPerson
from shared.kernel.work import Asks, Work
from shared.store.by_name import values_of
from shared.store.types import new_id

TOLD_APART = {"death", "illness", "conscription"}
"""What INT-30 tells apart among the reasons of a withdrawal; every other one is `other`."""


def ask(asks: Asks, request: RecordCircumstances) -> Occupations:
    """Whether the occupation can be appraised on the day of each withdrawal, as for every other result (INT-24)."""
    with asks.reading() as session:
        project = own_project(session, asks.speaker, request.project_id)
        known = enrolments_of(session, project, [row.enrolment_id for row in request.rows])
    leaving = [row for row in request.rows if row.kind == "withdrawal" and row_fault(row, known, asks.today) is None]
    in_training = [row for row in leaving if known[row.enrolment_id].state == "in_training"]
    return ask_occupations(asks, project, {(known[row.enrolment_id].starts_on, row.on) for row in in_training})


def record_circumstances(work: Work, request: RecordCircumstances, occupations: Occupations) -> RowResults:
    """A result per row; one change of an enrolment in a list."""
    project = own_project(work.session, work.speaker, request.project_id)
    history = history_of(work.session, project, request)
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: row.enrolment_id, "enrolment_id")
    rows.refuse_where(lambda row: row_fault(row, history.enrolments, work.today))
    _answer_left(rows, history)
    rows.refuse_where(lambda row: out_of_turn(row, history))
    _answer_known_breaks(rows, history)
    _begin_and_move(work, rows, history)
    _leave(work, rows, history, occupations)
    _end(work, rows)
    _store_changes(work, project, rows, history)
    return rows.results()


def _answer_left(rows: RowAnswers[CircumstanceRow], history: History) -> None:
    """The same withdrawal again is `unchanged`; nothing else is recorded of who isn't in training any more."""
    answer_known(
        rows,
        lambda row: history.left.get(row.enrolment_id),
        lambda row, left: (row.kind, row.on, row.reason) == ("withdrawal", left.happened_on, left.reason),
    )
    rows.refuse_where(
        lambda row: None if history.enrolments[row.enrolment_id].state == "in_training" else NOT_IN_TRAINING
    )


def _answer_known_breaks(rows: RowAnswers[CircumstanceRow], history: History) -> None:
    for at, row in rows.waiting():
        pause = history.open_break(row.enrolment_id)
        if row.kind == "break" and pause and row.until == pause.until:
            rows.unchanged(at, row.enrolment_id)


def _begin_and_move(work: Work, rows: RowAnswers[CircumstanceRow], history: History) -> None:
    """New breaks begin; of those that are open already the expected end moves."""
    waiting = [(at, row) for at, row in rows.waiting() if row.kind == "break"]
    new = [(at, row) for at, row in waiting if history.open_break(row.enrolment_id) is None]
    refuse_taken(rows, new, breaks.begin(work.session, [row for _, row in new]), "kind")
    breaks.move(work.session, [row for _, row in waiting if history.open_break(row.enrolment_id) is not None])


def _end(work: Work, rows: RowAnswers[CircumstanceRow]) -> None:
    """Who returns or leaves is on no break any more."""
    breaks.end(work.session, [row for _, row in rows.waiting() if row.kind != "break"])


def _leave(work: Work, rows: RowAnswers[CircumstanceRow], history: History, occupations: Occupations) -> None:
    """A withdrawal is the enrolment's result; whoever got another result at the same moment keeps that one."""
    leaving = [(at, row) for at, row in rows.waiting() if row.kind == "withdrawal"]
    days = {row.enrolment_id: (history.enrolments[row.enrolment_id].starts_on, row.on) for _, row in leaving}
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
            leaving_reason=row.reason if row.reason and row.reason in TOLD_APART else "other",
        )
        for _, row in leaving
    ]
    refuse_taken(rows, leaving, store_results(work.session, values), "enrolment_id")


def _store_changes(work: Work, project: Project, rows: RowAnswers[CircumstanceRow], history: History) -> None:
    """The facts, the answers, the history and the tellings of whatever is left of the list."""
    changes = [row for _, row in rows.waiting()]
    recorded = {"recorded_on": work.today, "recorded_by": work.speaker.person}
    insert_waiting(
        work.session,
        Circumstance,
        rows,
        lambda row: values_of(Circumstance, row, id=new_id(), happened_on=row.on, **recorded),
        message=lambda row: _late(row.on, work.today),
    )
    for kind in ("break", "return", "withdrawal"):
        ids = [row.enrolment_id for row in changes if row.kind == kind]
        people = [EnrolledPerson(id, history.enrolments[id].person_id) for id in ids]
        tell_of_people(work, CIRCUMSTANCES_CHANGED, project, people, kind=kind)
    tell_ended(work, project, [row.enrolment_id for row in changes if row.kind == "withdrawal"])
    log_activity(work, project.id, "circumstances_recorded", len(changes))


def _late(on: date, today: date) -> str | None:
    """No clause says how soon; how late it was is shown (APP-14)."""
    days = (today - on).days
    return f"发生 {days} 天后登记；学籍异动请及时登记" if days else None
