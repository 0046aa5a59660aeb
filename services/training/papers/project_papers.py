"""Papers of a project to print, sign and stamp: agreements, the textbook filing, credit records, pass certificates.

A draft is loaded first, then names are asked from registry for this one paper, then it is written: all of that before
the transaction, which only keeps the file. How a paper looks is the programme's: `programmes/<code>/forms/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.models import Admission, CooperationAgreementRow, Project, TextbookFiling
from services.training.named_files import PartyNames, ask_names, file_for_speaker
from services.training.papers import enrolment_papers
from services.training.papers.draft import PaperDraft, agreement_head, parties_of, training_of
from services.training.projects.access import project_in_reach
from shared.contracts.kernel.files import FileKept
from shared.contracts.training.papers import MakeTrainingPaper
from shared.errors import TooLarge
from shared.forms.layouts import layout
from shared.forms.printed.documents import DOCX
from shared.jurisdictions import places
from shared.kernel.work import Asks, Work
from shared.policy.document import Document
from shared.security.permissions import not_found
from shared.security.speaker import Purpose

SIGNED_TOGETHER_MAX = 500
"""People on one collective agreement, on which each signs by hand."""


@dataclass(frozen=True)
class WrittenPaper:
    """A paper as it was written, before it is kept. `shown`: somebody stands on it unmasked."""

    content: bytes
    project: Project
    shown: bool


def ask(asks: Asks, request: MakeTrainingPaper) -> WrittenPaper:
    """Drafts the paper, has registry name whom it names, and writes it. Raises what its draft raises, and NotFound."""
    with asks.reading() as session:
        project = project_in_reach(session, asks.speaker, request.project_id)
        document = asks.policies.by_identity(project.document)
        draft = DRAFTS[request.form](session, project, document, request)
    known = ask_names(asks, project, draft.people)
    content = draft.write(known, layout(project.programme, request.form))
    return WrittenPaper(content, project, any(not one.masked for one in known.people.values()))


def file_paper(work: Work, request: MakeTrainingPaper, paper: WrittenPaper) -> FileKept:
    """Keeps it for whoever asked: the organisation, or the officer's district."""
    of_id = request.enrolment_id or request.person_id or paper.project.id
    name = f"{TITLES[request.form]}-{of_id[:8]}.docx"
    purpose = Purpose.DOCUMENTS.value if paper.shown else None
    return file_for_speaker(work, paper.project, paper.content, name, DOCX, purpose)


def _training_agreement(
    session: Session, project: Project, document: Document, request: MakeTrainingPaper
) -> PaperDraft:
    """With one admitted person, or with all of them together (APP-10). Raises TooLarge for a list nobody could sign."""
    admitted = select(Admission.person_id).where(Admission.project_id == project.id).order_by(Admission.person_id)
    if request.person_id:
        admitted = admitted.where(Admission.person_id == request.person_id)
    people = tuple(session.scalars(admitted.limit(SIGNED_TOGETHER_MAX + 1)))
    if not people:
        raise not_found()
    if len(people) > SIGNED_TOGETHER_MAX:
        cure = f"集体协议一份最多列 {SIGNED_TOGETHER_MAX} 人，请按人员编号逐人制作协议"
        raise TooLarge(cure, people_max=SIGNED_TOGETHER_MAX)
    return PaperDraft(
        people,
        lambda known, form: form.write_training_agreement(
            agreement_head(form, project, document, known),
            training_of(form, project),
            [form.Apprentice(one.name, one.document_number) for one in map(known.person, people)],
        ),
    )


def _cooperation_agreement(
    session: Session, project: Project, document: Document, _request: MakeTrainingPaper
) -> PaperDraft:
    filed = session.scalars(
        select(CooperationAgreementRow.fee)
        .where(CooperationAgreementRow.project_id == project.id)
        .order_by(CooperationAgreementRow.number.desc())
    ).first()
    return PaperDraft(
        (),
        lambda known, form: form.write_cooperation_agreement(
            agreement_head(form, project, document, known), training_of(form, project), project.plan.head_count, filed
        ),
    )


def _textbook_filing(
    session: Session, project: Project, _document: Document, _request: MakeTrainingPaper
) -> PaperDraft:
    """As filed last; before the filing with empty lines (APP-16)."""
    latest = select(TextbookFiling).where(TextbookFiling.project_id == project.id)
    filing = session.scalars(latest.order_by(TextbookFiling.number.desc())).first()

    def write(known: PartyNames, form: ModuleType) -> bytes:
        head = form.FilingHead(
            project=project.id,
            district=places().name(project.district),
            occupation=project.occupation,
            level=project.level,
            filed_on=filing.filed_on.isoformat() if filing else "",
            **parties_of(project, known),
        )
        made: bytes = form.write_textbook_filing(head, filing.titles if filing else ())
        return made

    return PaperDraft((), write)


DRAFTS: Mapping[str, Callable[[Session, Project, Document, MakeTrainingPaper], PaperDraft]] = {
    "training_agreement": _training_agreement,
    "cooperation_agreement": _cooperation_agreement,
    "textbook_filing": _textbook_filing,
    "credit_record": enrolment_papers.credit_record,
    "pass_certificate": enrolment_papers.pass_certificate,
}
TITLES = {
    "training_agreement": "培训协议",
    "cooperation_agreement": "合作协议",
    "textbook_filing": "教材备案表",
    "credit_record": "学分登记表",
    "pass_certificate": "培训合格证书",
}
