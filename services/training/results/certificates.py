"""Occupational certificates (APP-13): one number counts once in a programme (X-1c)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.list_rows import Fault, answer_known, finish, insert_waiting
from services.training.lookup import NO_ENROLMENT, enrolments_of
from services.training.models import LIVE, Certificate, Enrolment, Project
from services.training.projects.access import project_in_reach
from shared.contracts.common import RowResults
from shared.contracts.registry.catalogues import ASK_SELF_EVALUATION, AskSelfEvaluation
from shared.contracts.row_answers import RowAnswers
from shared.contracts.training.results import CertificateRow, RecordCertificates
from shared.kernel.work import Asks, Work
from shared.number_keys import number_fault, number_key
from shared.policy.document import Document
from shared.store.by_name import values_of
from shared.store.types import new_id

Issue = tuple[str, str, date]
"""What an employer issued itself: occupation, level, day."""

Registered = Mapping[Issue, bool]

_NO_LEVEL = "该种证书分等级颁发，没有等级的不计入，请按证书填写等级"
_COUNTED = "这个证书编号在同类项目中已登记过（X-1），一本证书只计一次；请核对编号"
_TAKEN = dict.fromkeys(("uq_certificates_programme_number_key", "certificates.programme"), _COUNTED)


def ask(asks: Asks, request: RecordCertificates) -> Registered:
    """Whether the employer was registered for what it issued itself, on the day (APP-34)."""
    with asks.reading() as session:
        project = project_in_reach(session, asks.speaker, request.project_id)
    issues = sorted({_issue(row) for row in request.rows if row.self_issued and row.level})
    return {
        issue: asks.ask(ASK_SELF_EVALUATION, AskSelfEvaluation(project.employer_id, *issue)).registered
        for issue in issues
    }


def record_certificates(work: Work, request: RecordCertificates, registered: Registered) -> RowResults:
    """By employer or provider, for people who are enrolled, a result per row; the same one again is `unchanged`."""
    project = project_in_reach(work.session, work.speaker, request.project_id)
    known = enrolments_of(work.session, project, [row.enrolment_id for row in request.rows])
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: number_key(row.number), "number")
    rows.refuse_where(lambda row: _fault(row, known.get(row.enrolment_id), work.today))
    levelled = _kinds_by_level(work.policies.by_identity(project.document), project.submitted_on)
    rows.refuse_where(lambda row: ("level", _NO_LEVEL) if row.kind in levelled and row.level is None else None)
    _answer_recorded(work.session, project, rows)
    insert_waiting(work.session, Certificate, rows, lambda row: _values(project, row, registered), ("number", _TAKEN))
    return finish(work, project, rows, "certificates_recorded")


def _kinds_by_level(document: Document, on: date) -> tuple[str, ...]:
    """Kinds of which one without a level stands for none (APP-19)."""
    key = "certificate.kinds_by_level"
    return document.codes(key, on) if key in document.values else ()


def _issue(row: CertificateRow) -> Issue:
    return (row.occupation, row.level or "", row.issued_on)


def _fault(row: CertificateRow, enrolment: Enrolment | None, today: date) -> Fault | None:
    if enrolment is None:
        return NO_ENROLMENT
    if enrolment.state not in LIVE:
        return "enrolment_id", "该学籍考核不合格、已退出或已作废，不登记证书；请核对学籍编号"
    if fault := number_fault(row.number):
        return "number", fault
    if row.issued_on > today:
        return "issued_on", f"发证日期晚于今天（{today}），请核对日期"
    if row.self_issued and row.level is None:
        return "level", "本企业自主评价发放的证书请填写等级，以便核对备案"
    return None


def _answer_recorded(session: Session, project: Project, rows: RowAnswers[CertificateRow]) -> None:
    keys = [number_key(row.number) for _, row in rows.waiting()]
    recorded = select(Certificate).where(Certificate.programme == project.programme, Certificate.number_key.in_(keys))
    known = {certificate.number_key: certificate for certificate in session.scalars(recorded)}
    answer_known(
        rows,
        lambda row: known.get(number_key(row.number)),
        lambda row, certificate: _content(row) == _content(certificate),
        ("number", _COUNTED),
    )


def _content(of: Certificate | CertificateRow) -> tuple[Any, ...]:
    return (of.enrolment_id, of.kind, of.occupation, of.level, of.issued_on, of.self_issued)


def _values(project: Project, row: CertificateRow, registered: Registered) -> dict[str, Any]:
    return values_of(
        Certificate,
        row,
        id=new_id(),
        programme=project.programme,
        number_key=number_key(row.number),
        issuer_registered=row.self_issued and registered.get(_issue(row), False),
    )
