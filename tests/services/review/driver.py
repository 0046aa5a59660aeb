"""Review driven from outside: who acts, and the steps that tests take, from the application to fraud.

Who acts may be given, what is peculiar to a test too. The district's officers are of the project's district, unless a
test says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from services.review.service import ReviewService
from shared.contracts.common import AcceptedReason, FindingShape, Opinion
from shared.contracts.review import cases as contract
from shared.contracts.review import notices, oversight
from shared.contracts.schema.declare import Method
from shared.contracts.schema.shapes import Json
from shared.errors import InvalidRequest
from shared.security.speaker import Role, Speaker
from tests.services.harness import CHAOYANG, KernelHarness
from tests.services.review.neighbours import EMPLOYER, PROVIDER, Neighbours

Req = TypeVar("Req")
Ans = TypeVar("Ans")

APPLIED_ON = date(2022, 6, 6)
DAY = timedelta(days=1)
LAST_DAY = date(2022, 6, 13)
"""Of a notice of five working days from Monday, 6 June 2022."""
WITH_DEPARTMENTS = Opinion("同意", ("区财政局",))

PLAN = contract.ProjectPlan(
    occupation="6-31-01-02",
    level="advanced",
    term_years=2,
    starts_on=date(2022, 7, 1),
    head_count=30,
    standard="示例职业技能标准",
    classroom_credits=32,
    workplace_credits=48,
    general_hours=80,
    theory_hours=240,
    practice_hours=480,
)


class Driver:
    """The service on a harness, its neighbours, and every step as most tests take it."""

    def __init__(self, url: str, folder: Path, *, policy_path: str = "", today: date = APPLIED_ON) -> None:
        self.harness = KernelHarness(ReviewService, url, folder, policy_path=policy_path)
        self.harness.move_clock(today)
        self.neighbours = Neighbours()
        self.neighbours.answer(self.harness)

    def call(self, speaker: Speaker, method: Method[Req, Ans], request: Req) -> Ans:
        return self.harness.call(speaker, method, request)

    # --- who acts ------------------------------------------------------------------------------------------------

    def employer(self, organisation: str = EMPLOYER, subject: str = "clerk-1") -> Speaker:
        return self.harness.speaker(Role.EMPLOYER, subject, organisation=organisation)

    def provider(self, organisation: str = PROVIDER, subject: str = "clerk-2") -> Speaker:
        return self.harness.speaker(Role.TRAINING_PROVIDER, subject, organisation=organisation)

    def district(self, subject: str = "officer-1", district: str = CHAOYANG) -> Speaker:
        return self.harness.speaker(Role.DISTRICT_OFFICER, subject, district=district)

    def city(self, subject: str = "officer-2") -> Speaker:
        return self.harness.speaker(Role.CITY_OFFICER, subject)

    # --- the road ------------------------------------------------------------------------------------------------

    def submit(self, *, consent: contract.Consent = "given", **changes: Any) -> contract.CaseAnswer:
        request = contract.SubmitProject("apprenticeship", PROVIDER, replace(PLAN, **changes), consent)
        return self.call(self.employer(), contract.SUBMIT_PROJECT, request)

    def join(self, case_id: str, *, consent: contract.Consent = "given", agreement: bool = True) -> contract.CaseAnswer:
        return self.call(self.provider(), contract.JOIN_PROJECT, contract.JoinProject(case_id, consent, agreement))

    def joined(self, **changes: Any) -> str:
        """A project at its first station."""
        case_id = self.submit(**changes).case_id
        self.join(case_id)
        return case_id

    def approved(self, **changes: Any) -> str:
        """A project that passed every station."""
        case_id = self.joined(**changes)
        self.review(self.district(), case_id, "approve", WITH_DEPARTMENTS)
        self.review(self.city(), case_id, "approve")
        return case_id

    def resubmit(self, case_id: str, **changes: Any) -> contract.CaseAnswer:
        request = contract.ResubmitProject(case_id, replace(PLAN, **changes), "given")
        return self.call(self.employer(), contract.RESUBMIT_PROJECT, request)

    def sign_up(self, project_id: str, people: Iterable[str]) -> contract.CaseAnswer:
        rows = tuple(contract.RosterRow(number, person) for number, person in enumerate(people, start=1))
        return self.call(self.employer(), contract.SUBMIT_ROSTER, contract.SubmitRoster(project_id, rows))

    def review(
        self,
        speaker: Speaker,
        case_id: str,
        outcome: Any,
        opinion: Opinion = Opinion("已审"),  # noqa: B008 - frozen
        *,
        accepted: Mapping[str, str] | None = None,
        refused: Mapping[str, str] | None = None,
    ) -> contract.CaseAnswer:
        request = contract.ReviewCase(
            case_id,
            outcome,
            opinion,
            tuple(AcceptedReason(rule, reason) for rule, reason in (accepted or {}).items()),
            tuple(contract.RefusedPerson(person, reason) for person, reason in (refused or {}).items()),
        )
        return self.call(speaker, contract.REVIEW_CASE, request)

    def case(self, case_id: str, speaker: Speaker | None = None, **page: Any) -> contract.CaseShape:
        return self.call(speaker or self.employer(), contract.GET_CASE, contract.GetCase(case_id, **page))

    def waiting(self, speaker: Speaker) -> list[str]:
        page = self.call(speaker, contract.LIST_CASES, contract.ListCases(waiting_for_me=True))
        return [case.case_id for case in page.cases]

    def asked(self, route: str) -> list[Any]:
        return [request for asked, request in self.harness.asked if asked == route]

    @property
    def today(self) -> date:
        return self.harness.today

    def project_with(self, *people: str, **changes: Any) -> str:
        """An approved project with one approved roster of these people."""
        project_id = self.approved(**changes)
        roster = self.sign_up(project_id, people)
        self.review(self.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
        return project_id

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
        request = oversight.RecordAudit(project_id, "示例会计师事务所", on or self.today, opinion)
        return self.call(self.city(), oversight.RECORD_AUDIT, request)

    def settle(self, audit_id: str) -> oversight.Blocked:
        request = oversight.SettleAudit(audit_id, "台账已补齐")
        return self.call(self.city(), oversight.SETTLE_AUDIT, request)

    def evaluate(self, project_id: str, proposed: Any = "passed") -> oversight.Evaluated:
        request = oversight.EvaluateProject(project_id, proposed, "各项指标均已完成")
        return self.call(self.district(), oversight.EVALUATE_PROJECT, request)

    def inspect(self, project_id: str, **changes: Any) -> oversight.InspectionRecorded:
        fields: dict[str, Any] = {
            "way": "on_site",
            "held_on": self.today,
            "inspectors": ("检查员甲",),
            "result": "in_order",
            "found": "培训按计划开展",
        }
        request = oversight.RecordInspection(project_id, **(fields | changes))
        return self.call(self.district(), oversight.RECORD_INSPECTION, request)

    def acknowledge(self, inspection_id: str, by: Speaker) -> oversight.InspectionRecorded:
        request = oversight.AcknowledgeInspection(inspection_id)
        return self.call(by, oversight.ACKNOWLEDGE_INSPECTION, request)

    # --- summons ---------------------------------------------------------------------------------------------------

    def summon(self, project_id: str, by: Speaker | None = None, **changes: Any) -> str:
        fields: dict[str, Any] = {
            "grounds": ("high_attrition",),
            "words": "一季度流失率偏高",
            "meet_on": self.today,
            "place": "区人力资源和社会保障局",
        }
        request = oversight.SummonEmployer(project_id, **(fields | changes))
        return self.call(by or self.district(), oversight.SUMMON_EMPLOYER, request).summons_id

    def interview(
        self, summons_id: str, outcome: Any = "refused", *, by: Speaker | None = None, **changes: Any
    ) -> oversight.SummonsAnswer:
        fields: dict[str, Any] = {
            "held_on": self.today,
            "superior": "示例集团有限公司",
            "superior_present": True,
            "head_present": True,
            "minutes": "企业负责人说明了情况",
            "remedy_due_on": self.today + 30 * DAY if outcome == "agreed" else None,
        }
        request = oversight.RecordInterview(summons_id, outcome=outcome, **(fields | changes))
        return self.call(by or self.district(), oversight.RECORD_INTERVIEW, request)

    def report(self, summons_id: str, by: Speaker | None = None) -> oversight.SummonsAnswer:
        request = oversight.ReportRefusal(summons_id, "企业拒不改正，请市级研究停训")
        return self.call(by or self.district(), oversight.REPORT_REFUSAL, request)

    def suspend(
        self, summons_id: str, by: Speaker | None = None, from_on: date | None = None
    ) -> oversight.SummonsAnswer:
        request = oversight.SuspendTraining(summons_id, from_on or self.today, "停训整改")
        return self.call(by or self.city(), oversight.SUSPEND_TRAINING, request)

    def remedy(self, summons_id: str, by: Speaker | None = None, on: date | None = None) -> oversight.SummonsAnswer:
        request = oversight.RecordRemedy(summons_id, on or self.today, "已配齐导师并恢复出勤")
        return self.call(by or self.district(), oversight.RECORD_REMEDY, request)

    def lift(self, summons_id: str, by: Speaker | None = None) -> oversight.SummonsAnswer:
        request = oversight.LiftSuspension(summons_id, "同意恢复培训")
        return self.call(by or self.city(), oversight.LIFT_SUSPENSION, request)

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


def outcomes(findings: Iterable[FindingShape | Json]) -> set[tuple[str, str]]:
    """(rule, outcome) of findings, as a case or an error carries them."""
    return {
        (each.rule, each.outcome) if isinstance(each, FindingShape) else (each["rule"], each["outcome"])
        for each in findings
    }


def path_of(act: Callable[[], Any]) -> str:
    """The field for which a request is refused."""
    with pytest.raises(InvalidRequest) as refused:
        act()
    [fault] = refused.value.details["fields"]
    return str(fault["path"])
