"""The review service: what it serves, and by which use case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import services.review.rules  # noqa: F401 - they register themselves
from services.review.applications import projects, rosters, withdrawals
from services.review.models import Case, Matter
from services.review.notices import objections, publication, queries
from services.review.oversight import audits, fraud, inspections, summonses
from services.review.papers import make_form
from services.review.stations import review_step
from services.review.views import case_lists, history, project_oversight, worklist
from shared.calendar import WorkingDays, load_holidays
from shared.contracts.review import (
    applications,
    audits_and_inspections,
    cases,
    notices,
    oversight,
    papers,
    summons_and_suspension,
)
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
        handles(applications.SUBMIT_PROJECT, projects.submit_project, ask=projects.ask_organisations),
        handles(applications.JOIN_PROJECT, projects.join_project, ask=projects.ask_parties_at_joining),
        handles(applications.RESUBMIT_PROJECT, projects.resubmit_project, ask=projects.ask_parties_at_resubmitting),
        handles(applications.SUBMIT_ROSTER, rosters.submit_roster, ask=rosters.ask_about_people),
        handles(applications.REVIEW_CASE, review_step.review_case, ask=review_step.ask_registry),
        handles(applications.WITHDRAW_CASE, withdrawals.withdraw_case),
        handles(cases.GET_CASE, case_lists.get_case),
        handles(cases.LIST_CASES, case_lists.list_cases),
        handles(cases.LIST_WAITING, worklist.list_waiting),
        handles(cases.GET_HISTORY, history.get_history),
        # oversight
        handles(oversight.LODGE_OBJECTION, objections.lodge_objection),
        handles(oversight.ANSWER_OBJECTION, objections.answer_objection),
        handles(audits_and_inspections.RECORD_AUDIT, audits.record_audit),
        handles(audits_and_inspections.SETTLE_AUDIT, audits.settle_audit),
        handles(audits_and_inspections.EVALUATE_PROJECT, audits.evaluate_project),
        handles(audits_and_inspections.RECORD_INSPECTION, inspections.record_inspection),
        handles(audits_and_inspections.ACKNOWLEDGE_INSPECTION, inspections.acknowledge_inspection),
        handles(summons_and_suspension.SUMMON_EMPLOYER, summonses.summon_employer),
        handles(summons_and_suspension.RECORD_INTERVIEW, summonses.record_interview),
        handles(summons_and_suspension.REPORT_REFUSAL, summonses.report_refusal),
        handles(summons_and_suspension.SUSPEND_TRAINING, summonses.suspend_training),
        handles(summons_and_suspension.RECORD_REMEDY, summonses.record_remedy),
        handles(summons_and_suspension.LIFT_SUSPENSION, summonses.lift_suspension),
        handles(oversight.OPEN_FRAUD_INQUIRY, fraud.open_fraud_inquiry),
        handles(oversight.CONCLUDE_FRAUD_INQUIRY, fraud.conclude_fraud_inquiry),
        handles(oversight.GET_OVERSIGHT, project_oversight.get_oversight),
        # public notices
        handles(notices.OPEN_NOTICE, publication.open_notice),
        handles(notices.CLOSE_NOTICE, publication.close_notice),
        handles(notices.WITHDRAW_NOTICE, publication.withdraw_notice),
        handles(notices.GET_NOTICE, queries.get_notice),
        handles(notices.LIST_NOTICES, queries.list_notices),
        # papers
        handles(papers.MAKE_FORM, make_form.file_paper, ask=make_form.write_paper),
    )
