"""What must be signed and filed before training: both agreements (APP-10) and the textbooks (APP-16)."""

from __future__ import annotations

from sqlalchemy import insert

from services.training.models import AgreementPerson, CooperationAgreementRow, TextbookFiling, TrainingAgreementRow
from services.training.projects import deadlines
from services.training.projects.access import own_project
from services.training.projects.activity_log import log_activity
from shared.contracts.training.preparation import CooperationAgreement, Filed, FileTextbooks, TrainingAgreement
from shared.errors import InvalidRequest
from shared.kernel.kept_files import check_here
from shared.kernel.work import Work
from shared.store.by_name import values_of


def record_training_agreement(work: Work, request: TrainingAgreement) -> Filed:
    """An agreement with one apprentice, or collectively with a batch; it counts from its signing.

    Raises InvalidRequest for a later day, a scan that isn't here, or an individual agreement with several people.
    """
    project = own_project(work.session, work.speaker, request.project_id)
    _check_signed(work, request)
    if request.kind == "individual" and len(request.person_ids) > 1:
        raise InvalidRequest.of(("person_ids", "单独签订的协议只对应一名学员；多人请登记为集体协议"))
    agreement = work.add(TrainingAgreementRow(**values_of(TrainingAgreementRow, request, items=list(request.items))))
    people = [{"agreement_id": agreement.id, "person_id": person_id} for person_id in dict.fromkeys(request.person_ids)]
    work.session.execute(insert(AgreementPerson), people)
    log_activity(work, project.id, "training_agreement_recorded", of_id=agreement.id)
    return Filed(agreement.id)


def record_cooperation_agreement(work: Work, request: CooperationAgreement) -> Filed:
    """The agreement with the provider; a later one replaces it. Raises InvalidRequest for a later day."""
    project = own_project(work.session, work.speaker, request.project_id)
    _check_signed(work, request)
    agreement = CooperationAgreementRow(**values_of(CooperationAgreementRow, request, items=list(request.items)))
    work.add(agreement)
    log_activity(work, project.id, "cooperation_agreement_recorded", of_id=agreement.id)
    return Filed(agreement.id)


def file_textbooks(work: Work, request: FileTextbooks) -> Filed:
    """A filing with the district: nobody approves it (APP-16)."""
    project = own_project(work.session, work.speaker, request.project_id)
    filing = work.add(TextbookFiling(project_id=project.id, titles=list(request.titles), filed_on=work.today))
    deadlines.close(work, project, deadlines.TEXTBOOKS)
    log_activity(work, project.id, "textbooks_filed", of_id=filing.id)
    return Filed(filing.id)


def _check_signed(work: Work, request: TrainingAgreement | CooperationAgreement) -> None:
    check_here(work.session, work.speaker, scan=request.scan)
    if request.signed_on > work.today:
        raise InvalidRequest.of(("signed_on", f"签订日期晚于今天（{work.today}），请在签订后再登记"))
