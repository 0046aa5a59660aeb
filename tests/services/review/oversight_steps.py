"""Acts of oversight as most tests take them; who acts may be given, what is peculiar to a test too.

The district's officers are of the project's district, unless a test says otherwise.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from shared.contracts.review import notices, oversight
from shared.contracts.review.audits_and_inspections import (
    ACKNOWLEDGE_INSPECTION,
    EVALUATE_PROJECT,
    RECORD_AUDIT,
    RECORD_INSPECTION,
    SETTLE_AUDIT,
    AcknowledgeInspection,
    Evaluated,
    EvaluateProject,
    InspectionRecorded,
    RecordAudit,
    RecordInspection,
    SettleAudit,
)
from shared.contracts.review.summons_and_suspension import (
    LIFT_SUSPENSION,
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
    SummonsAnswer,
    SuspendTraining,
)
from shared.security.speaker import Speaker
from tests.services.review.caller import Caller


class OversightSteps(Caller):
    """Every act of oversight as a method."""

    # --- objections, audits, inspections -------------------------------------------------------------------------

    def lodge(
        self, project_id: str, by: Speaker | None = None, about: str = "学时记录有误", notice_id: str | None = None
    ) -> oversight.Blocked:
        request = oversight.LodgeObjection(project_id, "person", about, notice_id=notice_id)
        return self.call(by or self.district(), oversight.LODGE_OBJECTION, request)

    def answer(self, objection_id: str, by: Speaker | None = None, *, upheld: bool = False) -> oversight.Blocked:
        request = oversight.AnswerObjection(objection_id, upheld, "经核实，记录属实")
        return self.call(by or self.district("officer-5"), oversight.ANSWER_OBJECTION, request)

    def publish(self, case_id: str, by: Speaker | None = None, **changes: Any) -> notices.NoticeShape:
        """A public notice of five working days from today."""
        fields: dict[str, Any] = {
            "title": "示例项目公示",
            "text": "现将该项目予以公示。",
            "published_at": "区政府网站（示例）",
            "working_days": 5,
        }
        request = notices.OpenNotice(case_id, **(fields | changes))
        return self.call(by or self.district(), notices.OPEN_NOTICE, request)

    def close_notice(self, notice_id: str, by: Speaker | None = None) -> notices.NoticeShape:
        request = notices.CloseNotice(notice_id, "公示期满")
        return self.call(by or self.district("officer-5"), notices.CLOSE_NOTICE, request)

    def withdraw_notice(self, notice_id: str, by: Speaker | None = None) -> notices.NoticeShape:
        request = notices.WithdrawNotice(notice_id, "公示内容有误")
        return self.call(by or self.district(), notices.WITHDRAW_NOTICE, request)

    def notice(self, notice_id: str, by: Speaker | None = None) -> notices.NoticeShape:
        return self.call(by or self.city(), notices.GET_NOTICE, notices.GetNotice(notice_id))

    def audit(self, project_id: str, opinion: Any, on: date | None = None) -> oversight.Blocked:
        request = RecordAudit(project_id, "示例会计师事务所", on or self.today, opinion)
        return self.call(self.city(), RECORD_AUDIT, request)

    def settle(self, audit_id: str) -> oversight.Blocked:
        request = SettleAudit(audit_id, "台账已补齐")
        return self.call(self.city(), SETTLE_AUDIT, request)

    def evaluate(self, project_id: str, proposed: Any = "passed") -> Evaluated:
        request = EvaluateProject(project_id, proposed, "各项指标均已完成")
        return self.call(self.district(), EVALUATE_PROJECT, request)

    def inspect(self, project_id: str, **changes: Any) -> InspectionRecorded:
        fields: dict[str, Any] = {
            "way": "on_site",
            "held_on": self.today,
            "inspectors": ("检查员甲",),
            "result": "in_order",
            "found": "培训按计划开展",
        }
        request = RecordInspection(project_id, **(fields | changes))
        return self.call(self.district(), RECORD_INSPECTION, request)

    def acknowledge(self, inspection_id: str, by: Speaker) -> InspectionRecorded:
        request = AcknowledgeInspection(inspection_id)
        return self.call(by, ACKNOWLEDGE_INSPECTION, request)

    # --- summons ---------------------------------------------------------------------------------------------------

    def summon(self, project_id: str, by: Speaker | None = None, **changes: Any) -> str:
        fields: dict[str, Any] = {
            "grounds": ("high_attrition",),
            "words": "一季度流失率偏高",
            "meet_on": self.today,
            "place": "区人力资源和社会保障局",
        }
        request = SummonEmployer(project_id, **(fields | changes))
        return self.call(by or self.district(), SUMMON_EMPLOYER, request).summons_id

    def interview(
        self, summons_id: str, outcome: Any = "refused", *, by: Speaker | None = None, **changes: Any
    ) -> SummonsAnswer:
        fields: dict[str, Any] = {
            "held_on": self.today,
            "superior": "示例集团有限公司",
            "superior_present": True,
            "head_present": True,
            "minutes": "企业负责人说明了情况",
            "remedy_due_on": self.today + timedelta(days=30) if outcome == "agreed" else None,
        }
        request = RecordInterview(summons_id, outcome=outcome, **(fields | changes))
        return self.call(by or self.district(), RECORD_INTERVIEW, request)

    def report(self, summons_id: str, by: Speaker | None = None) -> SummonsAnswer:
        request = ReportRefusal(summons_id, "企业拒不改正，请市级研究停训")
        return self.call(by or self.district(), REPORT_REFUSAL, request)

    def suspend(self, summons_id: str, by: Speaker | None = None, from_on: date | None = None) -> SummonsAnswer:
        request = SuspendTraining(summons_id, from_on or self.today, "停训整改")
        return self.call(by or self.city(), SUSPEND_TRAINING, request)

    def remedy(self, summons_id: str, by: Speaker | None = None, on: date | None = None) -> SummonsAnswer:
        request = RecordRemedy(summons_id, on or self.today, "已配齐导师并恢复出勤")
        return self.call(by or self.district(), RECORD_REMEDY, request)

    def lift(self, summons_id: str, by: Speaker | None = None) -> SummonsAnswer:
        request = LiftSuspension(summons_id, "同意恢复培训")
        return self.call(by or self.city(), LIFT_SUSPENSION, request)

    def suspended(self, project_id: str) -> str:
        """A summons that went as far as a suspension from today."""
        summons_id = self.summon(project_id)
        self.interview(summons_id)
        self.report(summons_id)
        self.suspend(summons_id)
        return summons_id

    # --- fraud, reading --------------------------------------------------------------------------------------------

    def inquire(self, project_id: str, *people: str, by: Speaker | None = None) -> oversight.Blocked:
        request = oversight.OpenFraudInquiry(project_id, "签到记录疑似伪造", people)
        return self.call(by or self.district(), oversight.OPEN_FRAUD_INQUIRY, request)

    def conclude(
        self,
        inquiry_id: str,
        outcome: Any,
        by: Speaker | None = None,
        referred_to: tuple[Any, ...] = ("discipline_inspection",),
    ) -> oversight.Blocked:
        referred = referred_to if outcome == "confirmed" else ()
        request = oversight.ConcludeFraudInquiry(inquiry_id, outcome, "核查结论", referred)
        return self.call(by or self.district("officer-5"), oversight.CONCLUDE_FRAUD_INQUIRY, request)

    def oversight(self, project_id: str, by: Speaker | None = None, **page: Any) -> oversight.OversightShape:
        request = oversight.GetOversight(project_id, **page)
        return self.call(by or self.city(), oversight.GET_OVERSIGHT, request)

    def standing(self, project_id: str) -> list[str]:
        """Kinds of the blocks that stand."""
        return [block.kind for block in self.oversight(project_id).blocks if block.lifted_on is None]
