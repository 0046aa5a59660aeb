"""The history of a project in training, page by page."""

from __future__ import annotations

from sqlalchemy import select

from services.training.models import Act
from services.training.projects.access import project_in_reach
from shared.contracts.common import GetHistory, HistoryLine, HistoryPage
from shared.kernel.work import Look
from shared.store.cursors import read_page

TITLES = {
    "project_approved": "项目获批",
    "people_admitted": "名单审核通过",
    "training_agreement_recorded": "登记培训协议",
    "cooperation_agreement_recorded": "登记培训合作协议",
    "textbooks_filed": "教材存档",
    "mentors_assigned": "配备导师",
    "mentors_released": "导师不再任教",
    "run_opened": "开班",
    "enrolments_established": "建立学籍",
    "credits_recorded": "登记学时",
    "extra_credits_proposed": "申报互认、奖励学分",
    "extra_credits_approved": "批准互认、奖励学分",
    "circumstances_recorded": "登记学籍异动",
    "wages_recorded": "登记工资",
    "media_recorded": "登记照片、视频",
    "incentives_recorded": "登记激励措施",
    "assessments_recorded": "登记考核结果",
    "certificates_recorded": "登记证书",
    "run_completed": "培训结束",
    "run_settled": "区级办理结算：单位未办理或已不存在",
    "block_opened": "拨付受阻（异议、审计、停训或核查）",
    "block_lifted": "阻碍解除",
    "enrolments_annulled": "查实骗取套取，学籍作废",
}
"""Every act that training knows, as officials read it."""


def get_history(look: Look, request: GetHistory) -> HistoryPage:
    """What happened to a project here, the oldest first. Raises InvalidRequest for a wrong cursor."""
    project = project_in_reach(look.session, look.speaker, request.project_id)
    acts, cursor = read_page(look.session, select(Act).where(Act.project_id == project.id), request, Act.number)
    return HistoryPage(tuple(map(_line, acts)), cursor)


def _line(act: Act) -> HistoryLine:
    return HistoryLine(
        at=act.acted_at,
        on=act.acted_on,
        action=act.action,
        title=TITLES[act.action],
        by=act.person,
        role=act.role,
        of_id=act.of_id,
        words="" if act.count == 1 else f"{act.count} 项",
    )
