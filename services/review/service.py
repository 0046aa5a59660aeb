"""The review service on the bus: each body is one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import services.review.rules  # noqa: F401 - they register themselves
from services.review.applications import projects, rosters, withdrawals
from services.review.models import Case, Matter
from services.review.notices import objections, publication
from services.review.notices import queries as notice_pages
from services.review.oversight import audits, fraud, inspections, summonses
from services.review.papers import case_papers
from services.review.stations import review_step
from services.review.views import history, queries, worklist
from services.review.views import oversight as oversight_reading
from shared.calendar import WorkingDays, load_holidays
from shared.contracts.common import GetHistory, HistoryPage, ListWaiting, WaitingPage
from shared.contracts.kernel import FileKept
from shared.contracts.review import cases as contract
from shared.contracts.review import notices as notices_contract
from shared.contracts.review import oversight
from shared.contracts.review import papers as review_papers
from shared.kernel.service import Service, handles
from shared.kernel.work import Look, Work
from shared.security.keys import Keys
from shared.settings import Settings

_ON_A_ROSTER = "名单中有人员刚刚被列入本项目的另一份名单，请重新提交本名单"
_ACTED_ON = "案件刚刚由他人办理，请刷新后按最新状态办理"
_SUMMONED = "本项目已有尚未了结的约谈，请在该约谈中继续办理"
_PUBLISHED = "该案件正在公示，请在公示结束或撤回后再发起"


class ReviewService(Service):
    """See services/review/README.md."""

    name = "review"
    conflicts: ClassVar[Mapping[str, str]] = {
        # PostgreSQL names the constraint, SQLite the columns.
        "uq_roster_persons_live": _ON_A_ROSTER,
        "roster_persons.project_id, roster_persons.person_id": _ON_A_ROSTER,
        "pk_case_steps": _ACTED_ON,
        "case_steps.case_id, case_steps.number": _ACTED_ON,
        "uq_oversight_matters_open_summons": _SUMMONED,
        "oversight_matters.project_id": _SUMMONED,
        "uq_notices_open": _PUBLISHED,
        "notices.case_id": _PUBLISHED,
    }
    decided_about = ((Case.case_id, Case.project_id), (Matter.matter_id, Matter.project_id))
    calendar: ClassVar[WorkingDays]

    @classmethod
    def prepare(cls, settings: Settings, keys: Keys) -> None:  # noqa: ARG003 - it seals nothing of its own
        """Raises HolidayFault where the calendar can't be read."""
        cls.calendar = load_holidays(settings.holiday_path)

    @handles(contract.SUBMIT_PROJECT, ask=projects.ask_organisations)
    def submit_project(
        self, work: Work, request: contract.SubmitProject, known: projects.Organisations
    ) -> contract.CaseAnswer:
        return projects.submit(work, request, known)

    @handles(contract.JOIN_PROJECT, ask=projects.ask_parties_at_joining)
    def join_project(
        self, work: Work, request: contract.JoinProject, known: projects.Parties | None
    ) -> contract.CaseAnswer:
        return projects.join(work, request, known)

    @handles(contract.RESUBMIT_PROJECT, ask=projects.ask_parties_at_resubmitting)
    def resubmit_project(
        self, work: Work, request: contract.ResubmitProject, known: projects.Parties
    ) -> contract.CaseAnswer:
        return projects.resubmit(work, request, known)

    @handles(contract.SUBMIT_ROSTER, ask=rosters.ask_about_people)
    def submit_roster(
        self, work: Work, request: contract.SubmitRoster, known: rosters.Decisions
    ) -> contract.CaseAnswer:
        return rosters.submit(work, request, known)

    @handles(contract.REVIEW_CASE, ask=review_step.ask)
    def review_case(self, work: Work, request: contract.ReviewCase, asked: review_step.Asked) -> contract.CaseAnswer:
        return review_step.review(work, request, asked)

    @handles(contract.WITHDRAW_CASE)
    def withdraw_case(self, work: Work, request: contract.WithdrawCase) -> contract.CaseAnswer:
        return withdrawals.withdraw(work, request)

    @handles(contract.GET_CASE)
    def get_case(self, look: Look, request: contract.GetCase) -> contract.CaseShape:
        return queries.get_case(look, request)

    @handles(contract.LIST_CASES)
    def list_cases(self, look: Look, request: contract.ListCases) -> contract.CasePage:
        return queries.list_cases(look, request)

    @handles(contract.LIST_WAITING)
    def list_waiting(self, look: Look, request: ListWaiting) -> WaitingPage:
        return worklist.list_waiting(look, request)

    @handles(contract.GET_HISTORY)
    def get_history(self, look: Look, request: GetHistory) -> HistoryPage:
        return history.get_history(look, request)

    # --- oversight ----------------------------------------------------------------------------------------------

    @handles(oversight.LODGE_OBJECTION)
    def lodge_objection(self, work: Work, request: oversight.LodgeObjection) -> oversight.Blocked:
        return objections.lodge(work, request)

    @handles(oversight.ANSWER_OBJECTION)
    def answer_objection(self, work: Work, request: oversight.AnswerObjection) -> oversight.Blocked:
        return objections.answer(work, request)

    @handles(oversight.RECORD_AUDIT)
    def record_audit(self, work: Work, request: oversight.RecordAudit) -> oversight.Blocked:
        return audits.record(work, request)

    @handles(oversight.SETTLE_AUDIT)
    def settle_audit(self, work: Work, request: oversight.SettleAudit) -> oversight.Blocked:
        return audits.settle(work, request)

    @handles(oversight.EVALUATE_PROJECT)
    def evaluate_project(self, work: Work, request: oversight.EvaluateProject) -> oversight.Evaluated:
        return audits.evaluate(work, request)

    @handles(oversight.RECORD_INSPECTION)
    def record_inspection(self, work: Work, request: oversight.RecordInspection) -> oversight.InspectionRecorded:
        return inspections.record(work, request)

    @handles(oversight.ACKNOWLEDGE_INSPECTION)
    def acknowledge_inspection(
        self, work: Work, request: oversight.AcknowledgeInspection
    ) -> oversight.InspectionRecorded:
        return inspections.acknowledge(work, request)

    @handles(oversight.SUMMON_EMPLOYER)
    def summon_employer(self, work: Work, request: oversight.SummonEmployer) -> oversight.SummonsAnswer:
        return summonses.call(work, request)

    @handles(oversight.RECORD_INTERVIEW)
    def record_interview(self, work: Work, request: oversight.RecordInterview) -> oversight.SummonsAnswer:
        return summonses.interview(work, request)

    @handles(oversight.REPORT_REFUSAL)
    def report_refusal(self, work: Work, request: oversight.ReportRefusal) -> oversight.SummonsAnswer:
        return summonses.report(work, request)

    @handles(oversight.SUSPEND_TRAINING)
    def suspend_training(self, work: Work, request: oversight.SuspendTraining) -> oversight.SummonsAnswer:
        return summonses.suspend(work, request)

    @handles(oversight.RECORD_REMEDY)
    def record_remedy(self, work: Work, request: oversight.RecordRemedy) -> oversight.SummonsAnswer:
        return summonses.remedy(work, request)

    @handles(oversight.LIFT_SUSPENSION)
    def lift_suspension(self, work: Work, request: oversight.LiftSuspension) -> oversight.SummonsAnswer:
        return summonses.lift(work, request)

    @handles(oversight.OPEN_FRAUD_INQUIRY)
    def open_fraud_inquiry(self, work: Work, request: oversight.OpenFraudInquiry) -> oversight.Blocked:
        return fraud.open_inquiry(work, request)

    @handles(oversight.CONCLUDE_FRAUD_INQUIRY)
    def conclude_fraud_inquiry(self, work: Work, request: oversight.ConcludeFraudInquiry) -> oversight.Blocked:
        return fraud.conclude(work, request)

    @handles(oversight.GET_OVERSIGHT)
    def get_oversight(self, look: Look, request: oversight.GetOversight) -> oversight.OversightShape:
        return oversight_reading.get_oversight(look, request)

    # --- public notices -----------------------------------------------------------------------------------------

    @handles(notices_contract.OPEN_NOTICE)
    def open_notice(self, work: Work, request: notices_contract.OpenNotice) -> notices_contract.NoticeShape:
        return publication.open_notice(work, request, self.calendar)

    @handles(notices_contract.CLOSE_NOTICE)
    def close_notice(self, work: Work, request: notices_contract.CloseNotice) -> notices_contract.NoticeShape:
        return publication.close(work, request)

    @handles(notices_contract.WITHDRAW_NOTICE)
    def withdraw_notice(self, work: Work, request: notices_contract.WithdrawNotice) -> notices_contract.NoticeShape:
        return publication.withdraw(work, request)

    @handles(notices_contract.GET_NOTICE)
    def get_notice(self, look: Look, request: notices_contract.GetNotice) -> notices_contract.NoticeShape:
        return notice_pages.get_notice(look, request)

    @handles(notices_contract.LIST_NOTICES)
    def list_notices(self, look: Look, request: notices_contract.ListNotices) -> notices_contract.NoticePage:
        return notice_pages.list_notices(look, request)

    # --- papers --------------------------------------------------------------------------------------------------

    @handles(review_papers.MAKE_FORM, ask=case_papers.ask)
    def make_form(self, work: Work, request: review_papers.MakeReviewPaper, paper: case_papers.Paper) -> FileKept:
        return case_papers.keep(work, request, paper)
