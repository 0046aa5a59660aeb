"""A project's whole story: every step of its cases and every act of oversight, the oldest first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, String, cast, null, select, union_all

from services.review.cases import cases
from services.review.models import Act, Case, Matter, Step
from services.review.rules.workflow import MOVE_WORDS, workflow_of
from services.review.views.project_oversight import OF_OFFICERS
from shared.contracts.common import PARTIES, GetHistory, HistoryLine, HistoryPage
from shared.kernel.work import Look
from shared.policy.policies import Policies
from shared.security.speaker import Speaker
from shared.store.by_name import shape_of
from shared.store.cursors import read_rows

STEP_WORDS = {"submit": "提交"} | {str(move): words for move, words in MOVE_WORDS.items()}
ACT_WORDS = {
    ("objection", "lodge"): "受理异议",
    ("objection", "upheld"): "答复异议：成立",
    ("objection", "dismissed"): "答复异议：不成立",
    ("audit", "passed"): "第三方审计：合格",
    ("audit", "failed"): "第三方审计：不合格",
    ("audit", "settle"): "审计问题整改完成",
    ("evaluation", "evaluate"): "绩效评价",
    ("inspection", "inspect"): "检查",
    ("inspection", "acknowledge"): "确认收到检查结果",
    ("summons", "summon"): "约谈通知",
    ("summons", "agree"): "约谈：同意整改",
    ("summons", "refuse"): "约谈：拒绝整改",
    ("summons", "report"): "报市级",
    ("summons", "suspend"): "停训",
    ("summons", "remedy"): "整改记录",
    ("summons", "lift"): "恢复培训",
    ("fraud_inquiry", "open"): "发起骗取、套取补贴核查",
    ("fraud_inquiry", "confirmed"): "核查结论：属实",
    ("fraud_inquiry", "cleared"): "核查结论：不属实",
    ("public_notice", "open"): "公示",
    ("public_notice", "close"): "公示结束",
    ("public_notice", "withdraw"): "撤回公示",
}


def get_history(look: Look, request: GetHistory) -> HistoryPage:
    """One page of what happened to a project in reach. The parties don't read what officers noted among themselves."""
    project = cases.project_in_reach(look.session, look.speaker, request.project_id)
    lines = union_all(_steps(project), _acts(project)).subquery()
    rows, cursor = read_rows(look.session, select(lines), request, lines.c.at, lines.c.of_id, lines.c.number)
    return HistoryPage(tuple(_line(row, look.speaker, look.policies) for row in rows), cursor)


def _steps(project: Case) -> Select[*tuple[Any, ...]]:
    """The first of the union: it says which types its columns have."""
    when = (Step.acted_at.label("at"), Step.case_id.label("of_id"), Step.number, Step.acted_on.label("on"))
    what = (Case.kind, Step.move, Step.person, Step.role, Step.opinion.label("words"), Case.document, Step.station)
    return select(*when, *what).join(Case, Case.case_id == Step.case_id).where(Case.project_id == project.case_id)


def _acts(project: Case) -> Select[*tuple[Any, ...]]:
    when = (Act.acted_at, Act.matter_id, Act.number, Act.acted_on)
    what = (Matter.kind, Act.move, Act.person, Act.role, Act.words, cast(null(), String), cast(null(), String))
    chosen = select(*when, *what).join(Matter, Matter.matter_id == Act.matter_id)
    return chosen.where(Act.project_id == project.case_id)


def _line(row: Row[Any], speaker: Speaker, policies: Policies) -> HistoryLine:
    hidden = speaker.acting_role in PARTIES and (row.kind, row.move) in OF_OFFICERS
    return shape_of(
        HistoryLine,
        row,
        action=f"{row.kind}.{row.move}",
        title=ACT_WORDS.get((row.kind, row.move)) or _step_title(row, policies),
        by=row.person,
        words="" if hidden else row.words,
    )


def _step_title(row: Row[Any], policies: Policies) -> str:
    """What was done to a case, in the words of its document: 项目申请：区级审核，通过."""
    workflow = workflow_of(policies.by_identity(row.document), row.kind)
    station = next((f"{each.label}，" for each in workflow.stations if each.id == row.station), "")
    return f"{workflow.label}：{station}{STEP_WORDS[row.move]}"
