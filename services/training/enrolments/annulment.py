"""Fraud, as review confirms it (APP-27): enrolments are annulled, and nobody it names is enrolled there anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.orm import Session

from services.training.enrolments.events import tell_changed
from services.training.models import Annulment, Enrolment, FraudFinding, Project
from services.training.models.oversight import EVERYBODY
from services.training.projects import activity_log
from services.training.projects.access import hold
from shared.bus.wire import Event
from shared.contracts.review.oversight import FraudConfirmed
from shared.contracts.training.enrolments import EnrolledPerson
from shared.kernel.work import Work
from shared.store.database import execute_count


def confirmed(work: Work, event: Event[FraudConfirmed]) -> None:
    """One part of it. It may be heard before the project, and before the people it names are enrolled."""
    told = event.data
    hold(work.session, told.project_id)
    people = [EVERYBODY] if told.whole_project else list(dict.fromkeys(told.person_ids))
    _keep(work, told, people)
    named = [] if told.whole_project else [Enrolment.person_id.in_(people)]
    standing = work.session.scalars(
        select(Enrolment)
        .where(Enrolment.project_id == told.project_id, Enrolment.state != "annulled", *named)
        .order_by(Enrolment.id)
    ).all()
    if standing:
        _annul(work, told, standing)
    activity_log.keep(work, told.project_id, "enrolments_annulled", len(standing), told.inquiry_id)


def _keep(work: Work, told: FraudConfirmed, people: Iterable[str]) -> None:
    known = set(
        work.session.scalars(select(FraudFinding.person_id).where(FraudFinding.inquiry_id == told.inquiry_id)).all()
    )
    common = {"inquiry_id": told.inquiry_id, "project_id": told.project_id, "confirmed_on": told.on}
    new = [{**common, "person_id": person_id} for person_id in people if person_id not in known]
    if new:
        work.session.execute(insert(FraudFinding), new)


def _annul(work: Work, told: FraudConfirmed, enrolments: Sequence[Enrolment]) -> None:
    work.session.execute(
        insert(Annulment),
        [
            {
                "enrolment_id": enrolment.id,
                "inquiry_id": told.inquiry_id,
                "confirmed_on": told.on,
                "state_before": enrolment.state,
            }
            for enrolment in enrolments
        ],
    )
    ids = [enrolment.id for enrolment in enrolments]
    execute_count(work.session, update(Enrolment).where(Enrolment.id.in_(ids)).values(state="annulled"))
    project = work.session.get_one(Project, told.project_id)
    people = [EnrolledPerson(enrolment.id, enrolment.person_id) for enrolment in enrolments]
    tell_changed(work, project, "annulled", people)


def confirmed_about(session: Session, project_id: str, person_ids: Sequence[str]) -> set[str]:
    """Those of these people about whom fraud is confirmed in the project: named, or everybody."""
    about: ColumnElement[bool] = or_(FraudFinding.person_id == EVERYBODY, FraudFinding.person_id.in_(person_ids))
    named = set(
        session.scalars(select(FraudFinding.person_id).where(FraudFinding.project_id == project_id, about)).all()
    )
    return set(person_ids) if EVERYBODY in named else named
