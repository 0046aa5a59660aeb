"""Fraud, as review confirms it (APP-27): enrolments are annulled, and nobody it names is enrolled there anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from services.training.events import tell_of_people
from services.training.models import EVERYBODY, Annulment, Enrolment, FraudFinding, Project
from services.training.projects.access import lock_project
from services.training.projects.activity_log import log_activity
from shared.bus.wire import Event
from shared.contracts.review.oversight import FraudConfirmed
from shared.contracts.training.circumstances import CIRCUMSTANCES_CHANGED
from shared.contracts.training.enrolments import EnrolledPerson
from shared.kernel.work import Work
from shared.store.bulk import insert_all
from shared.store.by_name import values_of
from shared.store.database import execute_count


def fraud_confirmed(work: Work, event: Event[FraudConfirmed]) -> None:
    """One part of it. It may be heard before the project, and before the people it names are enrolled."""
    told = event.data
    lock_project(work.session, told.project_id)
    people = [EVERYBODY] if told.whole_project else list(dict.fromkeys(told.person_ids))
    _store_findings(work, told, people)
    named = [] if told.whole_project else [Enrolment.person_id.in_(people)]
    enrolled = work.session.scalars(
        select(Enrolment)
        .where(Enrolment.project_id == told.project_id, Enrolment.state != "annulled", *named)
        .order_by(Enrolment.id)
    ).all()
    if enrolled:
        _annul(work, told, enrolled)
    log_activity(work, told.project_id, "enrolments_annulled", len(enrolled), told.inquiry_id)


def _store_findings(work: Work, told: FraudConfirmed, people: Iterable[str]) -> None:
    known = set(work.session.scalars(select(FraudFinding.person_id).where(FraudFinding.inquiry_id == told.inquiry_id)))
    new = (person_id for person_id in people if person_id not in known)
    findings = (values_of(FraudFinding, told, person_id=person_id, confirmed_on=told.on) for person_id in new)
    insert_all(work.session, FraudFinding, findings)


def _annul(work: Work, told: FraudConfirmed, enrolments: Sequence[Enrolment]) -> None:
    annulled = {"inquiry_id": told.inquiry_id, "confirmed_on": told.on}
    values = [{"enrolment_id": one.id, "state_before": one.state, **annulled} for one in enrolments]
    insert_all(work.session, Annulment, values)
    ids = [enrolment.id for enrolment in enrolments]
    execute_count(work.session, update(Enrolment).where(Enrolment.id.in_(ids)).values(state="annulled"))
    project = work.session.get_one(Project, told.project_id)
    people = [EnrolledPerson(enrolment.id, enrolment.person_id) for enrolment in enrolments]
    tell_of_people(work, CIRCUMSTANCES_CHANGED, project, people, kind="annulled")


def confirmed_about(session: Session, project_id: str, person_ids: Sequence[str]) -> set[str]:
    """Those of these people about whom fraud is confirmed in the project: named, or everybody."""
    about: ColumnElement[bool] = or_(FraudFinding.person_id == EVERYBODY, FraudFinding.person_id.in_(person_ids))
    named = set(session.scalars(select(FraudFinding.person_id).where(FraudFinding.project_id == project_id, about)))
    return set(person_ids) if EVERYBODY in named else named
