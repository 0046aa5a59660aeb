"""What a side's offices have under way with its approved projects: one matter of each kind, at each of its stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from shared.contracts.review import notices
from shared.contracts.review import oversight as contract
from shared.contracts.review.audits_and_inspections import (
    RECORD_AUDIT,
    RECORD_INSPECTION,
    AcknowledgeInspection,
    EvaluateProject,
    RecordAudit,
    RecordInspection,
    SettleAudit,
)
from shared.contracts.review.summons_and_suspension import (
    RECORD_INTERVIEW,
    RECORD_REMEDY,
    REPORT_REFUSAL,
    SUMMON_EMPLOYER,
    SUSPEND_TRAINING,
    LiftSuspension,
    RecordInterview,
    RecordRemedy,
    ReportRefusal,
    SummonEmployer,
    SuspendTraining,
)
from shared.contracts.schema.declare import Method
from shared.security.speaker import Role
from tests.hostile.sides import Side
from tests.services.harness import KernelHarness

SUMMONED, REFUSED, REPORTED, SUSPENDED, REMEDIED = "summoned", "refused", "reported", "suspended", "remedied"
STAGES = (SUMMONED, REFUSED, REPORTED, SUSPENDED, REMEDIED)


class Overseen:
    """`approve`: makes one more approved project of the side."""

    def __init__(self, harness: KernelHarness, side: Side, today: date, approve: Callable[[], str]) -> None:
        self.harness, self.side, self.today = harness, side, today
        self.project = approve()
        self.objection = self._do(Role.DISTRICT_OFFICER, contract.LODGE_OBJECTION, self._objection()).id
        self.audit = self._do(Role.CITY_OFFICER, RECORD_AUDIT, self._audit("failed")).id
        inspected = self._do(Role.DISTRICT_OFFICER, RECORD_INSPECTION, self._inspection())
        self.inspection = inspected.inspection_id
        self.inquiry = self._do(Role.DISTRICT_OFFICER, contract.OPEN_FRAUD_INQUIRY, self._inquiry()).id
        self.notice = self._do(Role.DISTRICT_OFFICER, notices.OPEN_NOTICE, self._published(self.project)).notice_id
        self.unpublished = approve()
        self.summonses = {stage: self._summons(approve(), stage) for stage in STAGES}

    def requests(self) -> Mapping[str, Any]:
        words = "请按通知办理"
        return {
            "lodge_objection": self._objection_to_notice(),
            "answer_objection": contract.AnswerObjection(self.objection, False, words),
            "record_audit": self._audit("passed"),
            "settle_audit": SettleAudit(self.audit, words),
            "evaluate_project": EvaluateProject(self.project, "failed", words),
            "record_inspection": self._inspection(),
            "acknowledge_inspection": AcknowledgeInspection(self.inspection),
            "summon_employer": self._call_in(self.project),
            "record_interview": self._interview(self.summonses[SUMMONED]),
            "report_refusal": ReportRefusal(self.summonses[REFUSED], words),
            "suspend_training": SuspendTraining(self.summonses[REPORTED], self.today, words),
            "record_remedy": RecordRemedy(self.summonses[SUSPENDED], self.today, words),
            "lift_suspension": LiftSuspension(self.summonses[REMEDIED], words),
            "open_fraud_inquiry": self._inquiry(),
            "conclude_fraud_inquiry": contract.ConcludeFraudInquiry(self.inquiry, "cleared", words),
            "open_notice": self._published(self.unpublished),
            "close_notice": notices.CloseNotice(self.notice, words),
            "withdraw_notice": notices.WithdrawNotice(self.notice, words),
            "get_notice": notices.GetNotice(self.notice),
            "list_notices": notices.ListNotices(project_id=self.project, state="open"),
            "get_oversight": contract.GetOversight(self.project),
        }

    def _summons(self, project: str, until: str) -> str:
        """A summons, as far as it should come."""
        district, city = Role.DISTRICT_OFFICER, Role.CITY_OFFICER
        summons: str = self._do(district, SUMMON_EMPLOYER, self._call_in(project)).summons_id
        steps: tuple[tuple[Role, Method[Any, Any], Any], ...] = (
            (district, RECORD_INTERVIEW, self._interview(summons)),
            (district, REPORT_REFUSAL, ReportRefusal(summons, "拒不改正")),
            (city, SUSPEND_TRAINING, SuspendTraining(summons, self.today, "停训整改")),
            (district, RECORD_REMEDY, RecordRemedy(summons, self.today, "已配齐导师")),
        )
        for role, method, request in steps[: STAGES.index(until)]:
            self._do(role, method, request)
        return summons

    def _do(self, role: Role, method: Method[Any, Any], request: Any) -> Any:
        return self.harness.call(self.side.speaker(role, f"{role}-desk"), method, request)

    def _objection(self) -> contract.LodgeObjection:
        return contract.LodgeObjection(self.project, "person", "学时记录有误")

    def _objection_to_notice(self) -> contract.LodgeObjection:
        return replace(self._objection(), notice_id=self.notice)

    def _published(self, case_id: str) -> notices.OpenNotice:
        return notices.OpenNotice(case_id, "项目公示", "现将该项目予以公示", "区政府网站", working_days=5)

    def _audit(self, opinion: Any) -> RecordAudit:
        return RecordAudit(self.project, "示例会计师事务所", self.today, opinion)

    def _inspection(self) -> RecordInspection:
        return RecordInspection(self.project, "on_site", self.today, ("检查员甲",), "in_order", "培训按计划开展")

    def _inquiry(self) -> contract.OpenFraudInquiry:
        return contract.OpenFraudInquiry(self.project, "签到记录疑似伪造")

    def _call_in(self, project: str) -> SummonEmployer:
        return SummonEmployer(project, ("high_attrition",), "流失率偏高", self.today, "区人社局")

    def _interview(self, summons: str) -> RecordInterview:
        return RecordInterview(summons, self.today, "示例集团", True, True, "说明了情况", "refused")
