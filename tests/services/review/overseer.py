"""Acts of oversight as most tests take them; who acts may be given, what is peculiar to a test too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.contracts.review import notices
from shared.contracts.review import oversight as contract
from shared.security.speaker import Speaker
from tests.services.review.town import WITH_DEPARTMENTS, Town


@dataclass
class Overseer:
    """The offices of a town. The district's officers are of the project's district, unless a test says otherwise."""

    town: Town

    @property
    def today(self) -> date:
        return self.town.harness.today

    def project_with(self, *people: str, **changes: Any) -> str:
        """An approved project with one approved roster of these people."""
        project_id = self.town.approved(**changes)
        roster = self.town.sign_up(project_id, people)
        self.town.review(self.town.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
        return project_id

    # --- objections, audits, inspections -------------------------------------------------------------------------

    def lodge(
        self, project_id: str, by: Speaker | None = None, about: str = "学时记录有误", notice_id: str | None = None
    ) -> contract.Blocked:
        request = contract.LodgeObjection(project_id, "person", about, notice_id=notice_id)
        return self.town.harness.call(by or self.town.district(), contract.LODGE_OBJECTION, request)

    def answer(self, objection_id: str, by: Speaker | None = None, *, upheld: bool = False) -> contract.Blocked:
        request = contract.AnswerObjection(objection_id, upheld, "经核实，记录属实")
        return self.town.harness.call(by or self.town.district("officer-5"), contract.ANSWER_OBJECTION, request)

    def publish(self, case_id: str, by: Speaker | None = None, **changes: Any) -> notices.NoticeShape:
        """A public notice of five working days from today."""
        fields: dict[str, Any] = {
            "title": "示例项目公示",
            "text": "现将该项目予以公示。",
            "published_at": "区政府网站（示例）",
            "working_days": 5,
        }
        request = notices.OpenNotice(case_id, **(fields | changes))
        return self.town.harness.call(by or self.town.district(), notices.OPEN_NOTICE, request)

    def close_notice(self, notice_id: str, by: Speaker | None = None) -> notices.NoticeShape:
        request = notices.CloseNotice(notice_id, "公示期满")
        return self.town.harness.call(by or self.town.district("officer-5"), notices.CLOSE_NOTICE, request)

    def withdraw_notice(self, notice_id: str, by: Speaker | None = None) -> notices.NoticeShape:
        request = notices.WithdrawNotice(notice_id, "公示内容有误")
        return self.town.harness.call(by or self.town.district(), notices.WITHDRAW_NOTICE, request)

    def notice(self, notice_id: str, by: Speaker | None = None) -> notices.NoticeShape:
        return self.town.harness.call(by or self.town.city(), notices.GET_NOTICE, notices.GetNotice(notice_id))

    def audit(self, project_id: str, opinion: Any, on: date | None = None) -> contract.Blocked:
        request = contract.RecordAudit(project_id, "示例会计师事务所", on or self.today, opinion)
        return self.town.harness.call(self.town.city(), contract.RECORD_AUDIT, request)

    def settle(self, audit_id: str) -> contract.Blocked:
        request = contract.SettleAudit(audit_id, "台账已补齐")
        return self.town.harness.call(self.town.city(), contract.SETTLE_AUDIT, request)

    def evaluate(self, project_id: str, proposed: Any = "passed") -> contract.Evaluated:
        request = contract.EvaluateProject(project_id, proposed, "各项指标均已完成")
        return self.town.harness.call(self.town.district(), contract.EVALUATE_PROJECT, request)

    def inspect(self, project_id: str, **changes: Any) -> contract.InspectionRecorded:
        fields: dict[str, Any] = {
            "way": "on_site",
            "held_on": self.today,
            "inspectors": ("检查员甲",),
            "result": "in_order",
            "found": "培训按计划开展",
        }
        request = contract.RecordInspection(project_id, **(fields | changes))
        return self.town.harness.call(self.town.district(), contract.RECORD_INSPECTION, request)

    def acknowledge(self, inspection_id: str, by: Speaker) -> contract.InspectionRecorded:
        request = contract.AcknowledgeInspection(inspection_id)
        return self.town.harness.call(by, contract.ACKNOWLEDGE_INSPECTION, request)

    # --- summons ---------------------------------------------------------------------------------------------------

    def summon(self, project_id: str, by: Speaker | None = None, **changes: Any) -> str:
        fields: dict[str, Any] = {
            "grounds": ("high_attrition",),
            "words": "一季度流失率偏高",
            "meet_on": self.today,
            "place": "区人力资源和社会保障局",
        }
        request = contract.SummonEmployer(project_id, **(fields | changes))
        return self.town.harness.call(by or self.town.district(), contract.SUMMON_EMPLOYER, request).summons_id

    def interview(
        self, summons_id: str, outcome: Any = "refused", *, by: Speaker | None = None, **changes: Any
    ) -> contract.SummonsAnswer:
        fields: dict[str, Any] = {
            "held_on": self.today,
            "superior": "示例集团有限公司",
            "superior_present": True,
            "head_present": True,
            "minutes": "企业负责人说明了情况",
            "remedy_due_on": self.today + timedelta(days=30) if outcome == "agreed" else None,
        }
        request = contract.RecordInterview(summons_id, outcome=outcome, **(fields | changes))
        return self.town.harness.call(by or self.town.district(), contract.RECORD_INTERVIEW, request)

    def report(self, summons_id: str, by: Speaker | None = None) -> contract.SummonsAnswer:
        request = contract.ReportRefusal(summons_id, "企业拒不改正，请市级研究停训")
        return self.town.harness.call(by or self.town.district(), contract.REPORT_REFUSAL, request)

    def suspend(
        self, summons_id: str, by: Speaker | None = None, from_on: date | None = None
    ) -> contract.SummonsAnswer:
        request = contract.SuspendTraining(summons_id, from_on or self.today, "停训整改")
        return self.town.harness.call(by or self.town.city(), contract.SUSPEND_TRAINING, request)

    def remedy(self, summons_id: str, by: Speaker | None = None, on: date | None = None) -> contract.SummonsAnswer:
        request = contract.RecordRemedy(summons_id, on or self.today, "已配齐导师并恢复出勤")
        return self.town.harness.call(by or self.town.district(), contract.RECORD_REMEDY, request)

    def lift(self, summons_id: str, by: Speaker | None = None) -> contract.SummonsAnswer:
        request = contract.LiftSuspension(summons_id, "同意恢复培训")
        return self.town.harness.call(by or self.town.city(), contract.LIFT_SUSPENSION, request)

    def suspended(self, project_id: str) -> str:
        """A summons that went as far as a suspension from today."""
        summons_id = self.summon(project_id)
        self.interview(summons_id)
        self.report(summons_id)
        self.suspend(summons_id)
        return summons_id

    # --- fraud, reading --------------------------------------------------------------------------------------------

    def inquire(self, project_id: str, *people: str, by: Speaker | None = None) -> contract.Blocked:
        request = contract.OpenFraudInquiry(project_id, "签到记录疑似伪造", people)
        return self.town.harness.call(by or self.town.district(), contract.OPEN_FRAUD_INQUIRY, request)

    def conclude(
        self,
        inquiry_id: str,
        outcome: Any,
        by: Speaker | None = None,
        referred_to: tuple[Any, ...] = ("discipline_inspection",),
    ) -> contract.Blocked:
        referred = referred_to if outcome == "confirmed" else ()
        request = contract.ConcludeFraudInquiry(inquiry_id, outcome, "核查结论", referred)
        return self.town.harness.call(by or self.town.district("officer-5"), contract.CONCLUDE_FRAUD_INQUIRY, request)

    def oversight(self, project_id: str, by: Speaker | None = None, **page: Any) -> contract.OversightShape:
        request = contract.GetOversight(project_id, **page)
        return self.town.harness.call(by or self.town.city(), contract.GET_OVERSIGHT, request)

    def standing(self, project_id: str) -> list[str]:
        """Kinds of the blocks that stand."""
        return [block.kind for block in self.oversight(project_id).blocks if block.lifted_on is None]
