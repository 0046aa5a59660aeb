"""The training service on the bus: each body is one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import services.training.rules  # noqa: F401 - they register themselves
from services.training.circumstances import changes
from services.training.enrolments import annulment, double_funding, establishment
from services.training.learning import class_hours, extra_credits, media_and_incentives, wages
from services.training.mentors import assignments, departures
from services.training.models import Enrolment
from services.training.papers import project_papers
from services.training.preparation import agreements
from services.training.projects import activity_log, approvals, blocks
from services.training.results import assessments, certificates, conduct, outcome_store, run_completion
from services.training.spreadsheets import blanks, imports
from services.training.views import figures, project_list, queries, worklist
from shared.bus.wire import Event
from shared.contracts import common
from shared.contracts.kernel import FileKept
from shared.contracts.review import cases, oversight
from shared.contracts.spreadsheets import SheetImported
from shared.contracts.training import enrolments as contract
from shared.contracts.training import learning, preparation
from shared.contracts.training import papers as training_papers
from shared.kernel.service import Service, handles, hears
from shared.kernel.work import Look, Work


class TrainingService(Service):
    """See services/training/README.md."""

    name = "training"
    conflicts: ClassVar[Mapping[str, str]] = {
        "uq_course_runs_project_id": "本项目已经开班，请刷新后在原班期中办理",
        "course_runs.project_id": "本项目已经开班，请刷新后在原班期中办理",
    }
    decided_about = ((Enrolment.id, Enrolment.project_id),)

    @hears(cases.PROJECT_APPROVED)
    def project_approved(self, work: Work, event: Event[cases.ProjectApproved]) -> None:
        approvals.project_approved(work, event)

    @hears(cases.ROSTER_APPROVED)
    def roster_approved(self, work: Work, event: Event[cases.RosterApproved]) -> None:
        approvals.roster_approved(work, event)

    @hears(oversight.CASE_BLOCKED)
    def case_blocked(self, work: Work, event: Event[oversight.BlockTold]) -> None:
        blocks.opened(work, event)

    @hears(oversight.CASE_UNBLOCKED)
    def case_unblocked(self, work: Work, event: Event[oversight.BlockTold]) -> None:
        blocks.lifted(work, event)

    @hears(oversight.FRAUD_CONFIRMED)
    def fraud_confirmed(self, work: Work, event: Event[oversight.FraudConfirmed]) -> None:
        annulment.confirmed(work, event)

    # --- before training starts --------------------------------------------------------------------------------------

    @handles(preparation.RECORD_TRAINING_AGREEMENT)
    def record_training_agreement(self, work: Work, request: preparation.TrainingAgreement) -> preparation.Filed:
        return agreements.record_training_agreement(work, request)

    @handles(preparation.RECORD_COOPERATION_AGREEMENT)
    def record_cooperation_agreement(self, work: Work, request: preparation.CooperationAgreement) -> preparation.Filed:
        return agreements.record_cooperation_agreement(work, request)

    @handles(preparation.FILE_TEXTBOOKS)
    def file_textbooks(self, work: Work, request: preparation.FileTextbooks) -> preparation.Filed:
        return agreements.file_textbooks(work, request)

    @handles(preparation.ASSIGN_MENTORS, ask=assignments.ask)
    def assign_mentors(
        self, work: Work, request: preparation.AssignMentors, teachers: assignments.Teachers
    ) -> common.RowResults:
        return assignments.assign(work, request, teachers)

    @handles(preparation.RELEASE_MENTORS)
    def release_mentors(self, work: Work, request: preparation.ReleaseMentors) -> common.RowResults:
        return departures.release(work, request)

    @handles(contract.ESTABLISH_ENROLMENTS, ask=establishment.ask)
    def establish_enrolments(
        self, work: Work, request: contract.EstablishEnrolments, wages: establishment.Wages | None
    ) -> common.RowResults:
        return establishment.establish(work, request, wages)

    # --- while people learn ------------------------------------------------------------------------------------------

    @handles(contract.RECORD_CIRCUMSTANCES, ask=changes.ask)
    def record_circumstances(
        self, work: Work, request: contract.RecordCircumstances, occupations: outcome_store.Occupations
    ) -> common.RowResults:
        return changes.record(work, request, occupations)

    @handles(learning.RECORD_WAGES, ask=wages.ask)
    def record_wages(self, work: Work, request: learning.RecordWages, minimum: wages.Minimum) -> common.RowResults:
        return wages.record(work, request, minimum)

    @handles(learning.RECORD_MEDIA)
    def record_media(self, work: Work, request: learning.RecordMedia) -> common.RowResults:
        return media_and_incentives.record_media(work, request)

    @handles(learning.RECORD_INCENTIVES)
    def record_incentives(self, work: Work, request: learning.RecordIncentives) -> common.RowResults:
        return media_and_incentives.record_incentives(work, request)

    @handles(contract.RECORD_CREDITS)
    def record_credits(self, work: Work, request: contract.RecordCredits) -> common.RowResults:
        return class_hours.record_credits(work, request)

    @handles(contract.RECORD_EXTRA_CREDITS)
    def record_extra_credits(self, work: Work, request: contract.RecordExtraCredits) -> common.RowResults:
        return extra_credits.propose(work, request)

    @handles(contract.APPROVE_EXTRA_CREDITS)
    def approve_extra_credits(self, work: Work, request: contract.ApproveExtraCredits) -> common.RowResults:
        return extra_credits.approve(work, request)

    # --- its end -----------------------------------------------------------------------------------------------------

    @handles(contract.RECORD_ASSESSMENTS, ask=assessments.ask)
    def record_assessments(
        self, work: Work, request: contract.RecordAssessments, occupations: outcome_store.Occupations
    ) -> common.RowResults:
        return assessments.record(work, request, occupations)

    @handles(contract.RECORD_CERTIFICATES, ask=certificates.ask)
    def record_certificates(
        self, work: Work, request: contract.RecordCertificates, registered: certificates.Registered
    ) -> common.RowResults:
        return certificates.record(work, request, registered)

    @handles(contract.COMPLETE_RUN)
    def complete_run(self, work: Work, request: contract.CompleteRun) -> contract.RunCompleted:
        return run_completion.complete(work, request)

    # --- questions ---------------------------------------------------------------------------------------------------

    @handles(contract.GET_PROJECT)
    def get_project(self, look: Look, request: contract.GetProject) -> contract.ProjectShape:
        return queries.get_project(look, request)

    @handles(contract.LIST_ENROLMENTS)
    def list_enrolments(self, look: Look, request: contract.ListEnrolments) -> contract.EnrolmentPage:
        return queries.list_enrolments(look, request)

    @handles(contract.ASK_OUTCOMES)
    def ask_outcomes(self, look: Look, request: contract.AskOutcomes) -> contract.OutcomePage:
        return queries.ask_outcomes(look, request)

    @handles(contract.ASK_FUNDED)
    def ask_funded(self, look: Look, request: contract.AskFunded) -> contract.FundedList:
        return queries.ask_funded(look, request)

    @handles(contract.ASK_DUPLICATES)
    def ask_duplicates(self, look: Look, request: contract.AskDuplicates) -> contract.DuplicateList:
        return double_funding.ask_duplicates(look, request)

    @handles(learning.GET_CONDUCT)
    def get_conduct(self, look: Look, request: learning.GetConduct) -> learning.ConductShape:
        return conduct.get_conduct(look, request)

    @handles(learning.GET_FIGURES)
    def get_figures(self, look: Look, request: common.GetFigures) -> learning.Figures:
        return figures.get_figures(look, request)

    @handles(learning.LIST_PROJECTS)
    def list_projects(self, look: Look, request: learning.ListProjects) -> learning.ProjectPage:
        return project_list.list_projects(look, request)

    @handles(learning.LIST_WAITING)
    def list_waiting(self, look: Look, request: common.ListWaiting) -> common.WaitingPage:
        return worklist.list_waiting(look, request)

    @handles(learning.GET_HISTORY)
    def get_history(self, look: Look, request: common.GetHistory) -> common.HistoryPage:
        return activity_log.get_history(look, request)

    @handles(training_papers.IMPORT_SHEET, ask=imports.ask)
    def import_sheet(self, work: Work, request: training_papers.ImportSheet, filled: imports.Filled) -> SheetImported:
        return imports.take_over(work, request, filled)

    @handles(training_papers.MAKE_SHEET, ask=blanks.ask)
    def make_sheet(
        self, work: Work, _request: training_papers.MakeSheet, sheet: blanks.Sheet
    ) -> training_papers.SheetMade:
        return blanks.keep(work, sheet)

    @handles(training_papers.MAKE_FORM, ask=project_papers.ask)
    def make_form(
        self, work: Work, request: training_papers.MakeTrainingPaper, paper: project_papers.Paper
    ) -> FileKept:
        return project_papers.keep(work, request, paper)
