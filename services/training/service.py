"""The training service on the bus: each body is one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import services.training.rules  # noqa: F401 - they register themselves
from services.training import (
    agreements,
    assessing,
    certificates,
    completing,
    credits,
    enrolling,
    mentoring,
    projects,
    reading,
)
from services.training.models import Enrolment
from shared.bus.service import Service, handles, hears
from shared.bus.wire import Event
from shared.bus.work import Look, Work
from shared.contracts import common, review
from shared.contracts import training as contract


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
        projects.project_approved(work, event)

    @hears(review.ROSTER_APPROVED)
    def roster_approved(self, work: Work, event: Event[review.RosterApproved]) -> None:
        projects.roster_approved(work, event)

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

    @handles(contract.ESTABLISH_ENROLMENTS, ask=enrolling.ask)
    def establish_enrolments(
        self, work: Work, request: contract.EstablishEnrolments, wages: enrolling.Wages | None
    ) -> common.RowResults:
        return enrolling.establish(work, request, wages)

    @handles(contract.RECORD_CREDITS)
    def record_credits(self, work: Work, request: contract.RecordCredits) -> common.RowResults:
        return credits.record_credits(work, request)

    @handles(contract.RECORD_EXTRA_CREDITS)
    def record_extra_credits(self, work: Work, request: contract.RecordExtraCredits) -> common.RowResults:
        return credits.propose_extra(work, request)

    @handles(contract.APPROVE_EXTRA_CREDITS)
    def approve_extra_credits(self, work: Work, request: contract.ApproveExtraCredits) -> common.RowResults:
        return credits.approve_extra(work, request)

    @handles(contract.RECORD_ASSESSMENTS, ask=assessing.ask)
    def record_assessments(
        self, work: Work, request: contract.RecordAssessments, occupations: assessing.Occupations
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
