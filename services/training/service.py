"""The training service on the bus: each body is one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import services.training.rules  # noqa: F401 - they register themselves
from services.training import (
    acts,
    agreements,
    approvals,
    assessing,
    blocks,
    certificates,
    circumstances,
    completing,
    conduct,
    credits,
    duplicates,
    enrolling,
    extra_credits,
    figures,
    fraud,
    incentives,
    lists,
    making_sheets,
    mentoring,
    papers,
    reading,
    releasing,
    results,
    sheets,
    wages,
    waiting,
)
from services.training.models import Enrolment
from shared.bus.service import Service, handles, hears
from shared.bus.wire import Event
from shared.bus.work import Look, Work
from shared.contracts import common, learning, oversight, review, training_papers
from shared.contracts import training as contract
from shared.contracts.kernel import FileKept
from shared.contracts.sheets import SheetImported


class TrainingService(Service):
    """See services/training/README.md."""

    name = "training"
    conflicts: ClassVar[Mapping[str, str]] = {
        "uq_course_runs_project_id": "本项目已经开班，请刷新后在原班期中办理",
        "course_runs.project_id": "本项目已经开班，请刷新后在原班期中办理",
    }
    decided_about = ((Enrolment.id, Enrolment.project_id),)

    @hears(review.PROJECT_APPROVED)
    def project_approved(self, work: Work, event: Event[review.ProjectApproved]) -> None:
        approvals.project_approved(work, event)

    @hears(review.ROSTER_APPROVED)
    def roster_approved(self, work: Work, event: Event[review.RosterApproved]) -> None:
        approvals.roster_approved(work, event)

    @hears(oversight.CASE_BLOCKED)
    def case_blocked(self, work: Work, event: Event[oversight.BlockTold]) -> None:
        blocks.opened(work, event)

    @hears(oversight.CASE_UNBLOCKED)
    def case_unblocked(self, work: Work, event: Event[oversight.BlockTold]) -> None:
        blocks.lifted(work, event)

    @hears(oversight.FRAUD_CONFIRMED)
    def fraud_confirmed(self, work: Work, event: Event[oversight.FraudConfirmed]) -> None:
        fraud.confirmed(work, event)

    # --- before training starts --------------------------------------------------------------------------------------

    @handles(contract.RECORD_TRAINING_AGREEMENT)
    def record_training_agreement(self, work: Work, request: contract.TrainingAgreement) -> contract.Filed:
        return agreements.record_training_agreement(work, request)

    @handles(contract.RECORD_COOPERATION_AGREEMENT)
    def record_cooperation_agreement(self, work: Work, request: contract.CooperationAgreement) -> contract.Filed:
        return agreements.record_cooperation_agreement(work, request)

    @handles(contract.FILE_TEXTBOOKS)
    def file_textbooks(self, work: Work, request: contract.FileTextbooks) -> contract.Filed:
        return agreements.file_textbooks(work, request)

    @handles(contract.ASSIGN_MENTORS, ask=mentoring.ask)
    def assign_mentors(
        self, work: Work, request: contract.AssignMentors, teachers: mentoring.Teachers
    ) -> common.RowResults:
        return mentoring.assign(work, request, teachers)

    @handles(contract.RELEASE_MENTORS)
    def release_mentors(self, work: Work, request: contract.ReleaseMentors) -> common.RowResults:
        return releasing.release(work, request)

    @handles(contract.ESTABLISH_ENROLMENTS, ask=enrolling.ask)
    def establish_enrolments(
        self, work: Work, request: contract.EstablishEnrolments, wages: enrolling.Wages | None
    ) -> common.RowResults:
        return enrolling.establish(work, request, wages)

    # --- while people learn ------------------------------------------------------------------------------------------

    @handles(contract.RECORD_CIRCUMSTANCES, ask=circumstances.ask)
    def record_circumstances(
        self, work: Work, request: contract.RecordCircumstances, occupations: results.Occupations
    ) -> common.RowResults:
        return circumstances.record(work, request, occupations)

    @handles(learning.RECORD_WAGES, ask=wages.ask)
    def record_wages(self, work: Work, request: learning.RecordWages, minimum: wages.Minimum) -> common.RowResults:
        return wages.record(work, request, minimum)

    @handles(learning.RECORD_MEDIA)
    def record_media(self, work: Work, request: learning.RecordMedia) -> common.RowResults:
        return incentives.record_media(work, request)

    @handles(learning.RECORD_INCENTIVES)
    def record_incentives(self, work: Work, request: learning.RecordIncentives) -> common.RowResults:
        return incentives.record_incentives(work, request)

    @handles(contract.RECORD_CREDITS)
    def record_credits(self, work: Work, request: contract.RecordCredits) -> common.RowResults:
        return credits.record_credits(work, request)

    @handles(contract.RECORD_EXTRA_CREDITS)
    def record_extra_credits(self, work: Work, request: contract.RecordExtraCredits) -> common.RowResults:
        return extra_credits.propose(work, request)

    @handles(contract.APPROVE_EXTRA_CREDITS)
    def approve_extra_credits(self, work: Work, request: contract.ApproveExtraCredits) -> common.RowResults:
        return extra_credits.approve(work, request)

    # --- its end -----------------------------------------------------------------------------------------------------

    @handles(contract.RECORD_ASSESSMENTS, ask=assessing.ask)
    def record_assessments(
        self, work: Work, request: contract.RecordAssessments, occupations: results.Occupations
    ) -> common.RowResults:
        return assessing.record(work, request, occupations)

    @handles(contract.RECORD_CERTIFICATES, ask=certificates.ask)
    def record_certificates(
        self, work: Work, request: contract.RecordCertificates, registered: certificates.Registered
    ) -> common.RowResults:
        return certificates.record(work, request, registered)

    @handles(contract.COMPLETE_RUN)
    def complete_run(self, work: Work, request: contract.CompleteRun) -> contract.RunCompleted:
        return completing.complete(work, request)

    # --- questions ---------------------------------------------------------------------------------------------------

    @handles(contract.GET_PROJECT)
    def get_project(self, look: Look, request: contract.GetProject) -> contract.ProjectShape:
        return reading.get_project(look, request)

    @handles(contract.LIST_ENROLMENTS)
    def list_enrolments(self, look: Look, request: contract.ListEnrolments) -> contract.EnrolmentPage:
        return reading.list_enrolments(look, request)

    @handles(contract.ASK_OUTCOMES)
    def ask_outcomes(self, look: Look, request: contract.AskOutcomes) -> contract.OutcomePage:
        return reading.ask_outcomes(look, request)

    @handles(contract.ASK_FUNDED)
    def ask_funded(self, look: Look, request: contract.AskFunded) -> contract.FundedList:
        return reading.ask_funded(look, request)

    @handles(contract.ASK_DUPLICATES)
    def ask_duplicates(self, look: Look, request: contract.AskDuplicates) -> contract.DuplicateList:
        return duplicates.ask_duplicates(look, request)

    @handles(learning.GET_CONDUCT)
    def get_conduct(self, look: Look, request: learning.GetConduct) -> learning.ConductShape:
        return conduct.get_conduct(look, request)

    @handles(learning.GET_FIGURES)
    def get_figures(self, look: Look, request: common.GetFigures) -> learning.Figures:
        return figures.get_figures(look, request)

    @handles(learning.LIST_PROJECTS)
    def list_projects(self, look: Look, request: learning.ListProjects) -> learning.ProjectPage:
        return lists.list_projects(look, request)

    @handles(learning.LIST_WAITING)
    def list_waiting(self, look: Look, request: common.ListWaiting) -> common.WaitingPage:
        return waiting.list_waiting(look, request)

    @handles(learning.GET_HISTORY)
    def get_history(self, look: Look, request: common.GetHistory) -> common.HistoryPage:
        return acts.get_history(look, request)

    @handles(training_papers.IMPORT_SHEET, ask=sheets.ask)
    def import_sheet(self, work: Work, request: training_papers.ImportSheet, filled: sheets.Filled) -> SheetImported:
        return sheets.take_over(work, request, filled)

    @handles(training_papers.MAKE_SHEET, ask=making_sheets.ask)
    def make_sheet(
        self, work: Work, _request: training_papers.MakeSheet, sheet: making_sheets.Sheet
    ) -> training_papers.SheetMade:
        return making_sheets.keep(work, sheet)

    @handles(training_papers.MAKE_FORM, ask=papers.ask)
    def make_form(self, work: Work, request: training_papers.MakeTrainingPaper, paper: papers.Paper) -> FileKept:
        return papers.keep(work, request, paper)
