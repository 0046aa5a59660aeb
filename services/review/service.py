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
from shared.contracts.review import applications, audits_and_inspections, oversight, summons_and_suspension
from shared.contracts.review import cases as contract
from shared.contracts.review import notices as notices_contract
from shared.contracts.review import papers as review_papers
from shared.kernel.service import Service, handles
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

    serves = (
        handles(applications.SUBMIT_PROJECT, projects.submit, ask=projects.ask_organisations),
        handles(applications.JOIN_PROJECT, projects.join, ask=projects.ask_parties_at_joining),
        handles(applications.RESUBMIT_PROJECT, projects.resubmit, ask=projects.ask_parties_at_resubmitting),
        handles(applications.SUBMIT_ROSTER, rosters.submit, ask=rosters.ask_about_people),
        handles(applications.REVIEW_CASE, review_step.review, ask=review_step.ask),
        handles(applications.WITHDRAW_CASE, withdrawals.withdraw),
        handles(contract.GET_CASE, queries.get_case),
        handles(contract.LIST_CASES, queries.list_cases),
        handles(contract.LIST_WAITING, worklist.list_waiting),
        handles(contract.GET_HISTORY, history.get_history),
        # oversight
        handles(oversight.LODGE_OBJECTION, objections.lodge),
        handles(oversight.ANSWER_OBJECTION, objections.answer),
        handles(audits_and_inspections.RECORD_AUDIT, audits.record),
        handles(audits_and_inspections.SETTLE_AUDIT, audits.settle),
        handles(audits_and_inspections.EVALUATE_PROJECT, audits.evaluate),
        handles(audits_and_inspections.RECORD_INSPECTION, inspections.record),
        handles(audits_and_inspections.ACKNOWLEDGE_INSPECTION, inspections.acknowledge),
        handles(summons_and_suspension.SUMMON_EMPLOYER, summonses.call),
        handles(summons_and_suspension.RECORD_INTERVIEW, summonses.interview),
        handles(summons_and_suspension.REPORT_REFUSAL, summonses.report),
        handles(summons_and_suspension.SUSPEND_TRAINING, summonses.suspend),
        handles(summons_and_suspension.RECORD_REMEDY, summonses.remedy),
        handles(summons_and_suspension.LIFT_SUSPENSION, summonses.lift),
        handles(oversight.OPEN_FRAUD_INQUIRY, fraud.open_inquiry),
        handles(oversight.CONCLUDE_FRAUD_INQUIRY, fraud.conclude),
        handles(oversight.GET_OVERSIGHT, oversight_reading.get_oversight),
        # public notices
        handles(notices_contract.OPEN_NOTICE, publication.open_notice),
        handles(notices_contract.CLOSE_NOTICE, publication.close),
        handles(notices_contract.WITHDRAW_NOTICE, publication.withdraw),
        handles(notices_contract.GET_NOTICE, notice_pages.get_notice),
        handles(notices_contract.LIST_NOTICES, notice_pages.list_notices),
        # papers
        handles(review_papers.MAKE_FORM, case_papers.keep, ask=case_papers.ask),
    )
