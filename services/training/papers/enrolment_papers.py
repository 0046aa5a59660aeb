"""Papers about one enrolment: its credits with their sources (APP-15), its pass certificate (APP-13)."""

from __future__ import annotations

from decimal import Decimal
from types import ModuleType

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.learning.progress import Progress, credit_facts
from services.training.models import Assessment, CreditHours, Enrolment, ExtraCredit, Project
from services.training.named_files import PartyNames
from services.training.papers.draft import PaperDraft, parties_of
from services.training.rules.completion import credit_terms
from shared.contracts.training.papers import MakeTrainingPaper
from shared.errors import Conflict, InvalidRequest
from shared.policy.document import Document
from shared.security.permissions import not_found


def credit_record(session: Session, project: Project, document: Document, request: MakeTrainingPaper) -> PaperDraft:
    """Every session in the order of days, then the credits that were recognised or awarded and approved.

    Raises InvalidRequest without an enrolment, NotFound for another project's.
    """
    enrolment = _enrolment(session, project, request)
    needed, per_credit = credit_terms(credit_facts(project, Progress()), document)
    hours = session.scalars(
        select(CreditHours)
        .where(CreditHours.enrolment_id == enrolment.id)
        .order_by(CreditHours.held_on, CreditHours.part, CreditHours.topic, CreditHours.id)
    ).all()
    approved = select(ExtraCredit).where(ExtraCredit.enrolment_id == enrolment.id, ExtraCredit.approved_on.is_not(None))
    extra = session.scalars(approved.order_by(ExtraCredit.approved_on, ExtraCredit.id)).all()

    def write(known: PartyNames, form: ModuleType) -> bytes:
        head = form.CreditHead(required=Decimal(needed), **_learner(project, enrolment, known))
        entries = [_session(form, row, per_credit) for row in hours]
        made: bytes = form.write_credit_record(head, [*entries, *(_extra(form, row) for row in extra)])
        return made

    return PaperDraft((enrolment.person_id,), write)


def pass_certificate(session: Session, project: Project, _document: Document, request: MakeTrainingPaper) -> PaperDraft:
    """Raises Conflict where no pass with this very certificate was recorded, and otherwise as `credit_record`."""
    enrolment = _enrolment(session, project, request)
    result = session.get(Assessment, enrolment.id)

    def write(known: PartyNames, form: ModuleType) -> bytes:
        if result is None or (result.result, result.pass_certificate) != ("passed", form.CERTIFICATE):
            raise Conflict("该学籍没有登记考核合格并核发本证书，请先登记考核结果", enrolment_id=enrolment.id)
        passed = form.Passed(
            enrolled_on=enrolment.starts_on.isoformat(),
            assessed_on=result.assessed_on.isoformat(),
            number=enrolment.id,
            **_learner(project, enrolment, known),
        )
        made: bytes = form.write_pass_certificate(passed)
        return made

    return PaperDraft((enrolment.person_id,), write)


def _learner(project: Project, enrolment: Enrolment, known: PartyNames) -> dict[str, str]:
    """Who learns what with whom, as both forms call it."""
    person = known.person(enrolment.person_id)
    return {
        "name": person.name,
        "id_number": person.document_number,
        "occupation": project.occupation,
        "level": project.level,
        **parties_of(project, known),
    }


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
        reason=row.reason,
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
