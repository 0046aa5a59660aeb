"""Papers about one enrolment: its credits with their sources (APP-15), its pass certificate (APP-13)."""

from __future__ import annotations

from decimal import Decimal
from types import ModuleType

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.learning.progress import Progress, credit_facts
from services.training.models import Assessment, CreditHours, Enrolment, ExtraCredit, Project
from services.training.papers.draft import Draft
from services.training.papers.names import Named
from services.training.rules.completion import credit_terms
from shared.contracts.training.papers import MakeTrainingPaper
from shared.errors import Conflict, InvalidRequest
from shared.policy.document import Document
from shared.security.permissions import not_found


def credit_record(session: Session, project: Project, document: Document, request: MakeTrainingPaper) -> Draft:
    """Every session in the order of days, then the credits that were recognised or awarded and approved."""
    enrolment = _enrolment(session, project, request)
    needed, per_credit = credit_terms(credit_facts(project, Progress()), document)
    hours = session.scalars(
        select(CreditHours)
        .where(CreditHours.enrolment_id == enrolment.id)
        .order_by(CreditHours.held_on, CreditHours.part, CreditHours.topic, CreditHours.id)
    ).all()
    approved = select(ExtraCredit).where(ExtraCredit.enrolment_id == enrolment.id, ExtraCredit.approved_on.is_not(None))
    extra = session.scalars(approved.order_by(ExtraCredit.approved_on, ExtraCredit.id)).all()

    def write(known: Named, form: ModuleType) -> bytes:
        person = known.person(enrolment.person_id)
        head = form.CreditHead(
            name=person.name,
            id_number=person.document_number,
            employer=known.organisation(project.employer_id),
            training_provider=known.organisation(project.provider_id),
            occupation=project.occupation,
            level=project.level,
            required=Decimal(needed),
        )
        entries = [_session(form, row, per_credit) for row in hours]
        made: bytes = form.write_credit_record(head, [*entries, *(_extra(form, row) for row in extra)])
        return made

    return Draft((enrolment.person_id,), write)


def pass_certificate(session: Session, project: Project, _document: Document, request: MakeTrainingPaper) -> Draft:
    """Raises Conflict where no pass with this very certificate was recorded."""
    enrolment = _enrolment(session, project, request)
    result = session.get(Assessment, enrolment.id)

    def write(known: Named, form: ModuleType) -> bytes:
        if result is None or (result.result, result.pass_certificate) != ("passed", form.CERTIFICATE):
            raise Conflict("该学籍没有登记考核合格并核发本证书，请先登记考核结果", enrolment_id=enrolment.id)
        person = known.person(enrolment.person_id)
        passed = form.Passed(
            name=person.name,
            id_number=person.document_number,
            employer=known.organisation(project.employer_id),
            training_provider=known.organisation(project.provider_id),
            occupation=project.occupation,
            level=project.level,
            enrolled_on=enrolment.starts_on.isoformat(),
            assessed_on=result.assessed_on.isoformat(),
            number=enrolment.id,
        )
        made: bytes = form.write_pass_certificate(passed)
        return made

    return Draft((enrolment.person_id,), write)


def _enrolment(session: Session, project: Project, request: MakeTrainingPaper) -> Enrolment:
    if request.enrolment_id is None:
        raise InvalidRequest.of(("enrolment_id", "请填写学籍编号，本表按人制作"))
    enrolment = session.get(Enrolment, request.enrolment_id)
    if enrolment is None or enrolment.project_id != project.id:
        raise not_found()
    return enrolment


def _session(form: ModuleType, row: CreditHours, per_credit: int) -> object:
    return form.Credit(
        earned_on=row.held_on.isoformat(),
        course=row.topic,
        part=row.part,
        class_hours=Decimal(row.class_hours),
        credits=Decimal(row.class_hours) / per_credit,
        source="training",
    )


def _extra(form: ModuleType, row: ExtraCredit) -> object:
    return form.Credit(
        earned_on=row.approved_on.isoformat() if row.approved_on else "",
        course="",
        part="extra",
        class_hours=Decimal(0),
        credits=Decimal(row.credits),
        source=row.kind,
        reason=row.reason,
    )
