"""The table of templates: version, kind, headline, and whether a letter passes quiet hours.

A template whose words change gets the next version here. Each database remembers the body of every version that it
has seen, so that a message can always say which words it was written with: a changed body under a known version
refuses to start. A template that was ever sent keeps its line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from services.notify.models import TemplateRow
from shared.clock import now
from shared.contracts.notify.channels import Kind
from shared.settings import SettingsError
from shared.store.database import Database

TEMPLATES = Path(__file__).parents[1] / "templates"


@dataclass(frozen=True)
class Template:
    """`headline`: what a webhook says instead of the title, which may name organisations and sums.

    `urgent`: leaves in quiet hours, too: money refused or to be paid back, training stopped.
    """

    kind: Kind
    headline: str
    version: int = 1
    urgent: bool = False


LETTERS: Mapping[str, Template] = {
    "budget_exhausted": Template("money", "年度预算不足"),
    "budget_exhausted_district": Template("money", "预算不足，申请未能列支"),
    "case_rejected": Template("case", "申请未通过审核"),
    "case_returned": Template("case", "申请已退回，请补正"),
    "case_returned_to_employer": Template("case", "共同申请的项目已退回补正"),
    "case_to_join": Template("case", "请确认是否共同申请"),
    "case_waiting": Template("case", "有案件待办理"),
    "case_withdrawn": Template("case", "案件已撤回"),
    "case_withdrawn_provider": Template("case", "共同申请的项目已撤回"),
    "catalogue_published": Template("catalogue", "目录有新版本"),
    "circumstances_changed": Template("training", "有学籍异动"),
    "claim_approved": Template("money", "补贴申请已批准"),
    "claim_closed": Template("money", "补贴申请已办结，无应付金额"),
    "claim_held": Template("money", "拨付前核对发现疑点，待核实"),
    "claim_rejected": Template("money", "补贴申请未批准", urgent=True),
    "claim_returned": Template("money", "补贴申请已退回，请补正"),
    "claim_to_pay": Template("money", "有已批准的补贴待拨付"),
    "claim_voided": Template("money", "补贴申请已作废", version=2, urgent=True),
    "claim_waiting": Template("money", "有补贴申请待审核"),
    "clawback_noticed": Template("money", "追回通知，请按期退还", urgent=True),
    "clawback_opened": Template("money", "应退回补贴", version=3, urgent=True),
    "clawback_reduced": Template("money", "追回款有变动"),
    "clawback_settled": Template("money", "追回已了结"),
    "clawback_settled_finance": Template("money", "追回已了结"),
    "clawback_to_collect": Template("money", "有应追回的补贴", version=2),
    "deadline_near": Template("deadline", "有事项即将到期"),
    "deadline_passed": Template("deadline", "有事项已过期限"),
    "employer_summoned": Template("oversight", "请单位负责人接受约谈"),
    "enrolments_established": Template("training", "已建立学籍"),
    "fraud_confirmed": Template("oversight", "查实骗取补贴，资金将予追回", urgent=True),
    "fraud_confirmed_district": Template("oversight", "查实骗取补贴"),
    "fraud_confirmed_provider": Template("oversight", "承担培训的项目查实骗取补贴"),
    "fraud_to_collect": Template("money", "查实骗取补贴，请追回资金"),
    "hits_cleared": Template("money", "疑点已核实放行，可以制单"),
    "inspection_recorded": Template("oversight", "检查结果通报"),
    "learners_assessed": Template("training", "考核结果已登记"),
    "notice_closed": Template("oversight", "公示已结束或撤回"),
    "notice_closed_district": Template("oversight", "辖区项目公示已结束或撤回"),
    "notice_opened": Template("oversight", "项目正在公示"),
    "notice_opened_district": Template("oversight", "辖区项目正在公示"),
    "objection_to_answer": Template("oversight", "收到异议，待核查答复"),
    "payment_blocked": Template("oversight", "项目暂停拨付"),
    "payment_blocked_district": Template("oversight", "辖区项目暂停拨付"),
    "payment_blocked_finance": Template("oversight", "请暂停拨付", urgent=True),
    "payment_confirmed": Template("money", "补贴已到账"),
    "payment_failed": Template("money", "补贴拨付未成功，请核对收款账户", urgent=True),
    "payment_instructed": Template("money", "补贴已送国库拨付"),
    "payment_to_confirm": Template("money", "拨付批次待回执确认"),
    "payment_to_repeat": Template("money", "有拨付被银行拒付或退回"),
    "payment_unblocked": Template("oversight", "暂停拨付的事项已了结"),
    "payment_unblocked_district": Template("oversight", "辖区项目暂停拨付的事项已了结"),
    "payment_unblocked_finance": Template("oversight", "暂停拨付的事项已了结"),
    "period_closed": Template("money", "账目已结"),
    "project_approved": Template("case", "项目已批准，请组织报名"),
    "project_approved_district": Template("case", "辖区项目已批准"),
    "project_approved_provider": Template("case", "承担培训的项目已批准"),
    "project_evaluated": Template("oversight", "绩效评价已有结论"),
    "project_evaluated_district": Template("oversight", "辖区项目绩效评价已有结论"),
    "refusal_reported": Template("oversight", "有拒不整改的项目待决定"),
    "remedy_recorded": Template("oversight", "整改情况已登记"),
    "remedy_recorded_employer": Template("oversight", "整改情况已登记"),
    "roster_approved": Template("case", "名单已审核"),
    "roster_approved_provider": Template("case", "承担培训的名单已审核"),
    "run_completed": Template("training", "培训已结束，可申请尾款"),
    "run_completed_district": Template("training", "辖区项目已结束"),
    "run_completed_provider": Template("training", "承担培训的项目已结束"),
    "run_opened": Template("training", "项目已开班，请按时记录教学"),
    "run_opened_district": Template("training", "辖区项目已开班"),
    "training_resumed": Template("oversight", "可恢复培训"),
    "training_resumed_provider": Template("oversight", "承担培训的项目可恢复培训"),
    "training_suspended": Template("oversight", "项目停训整改", urgent=True),
    "training_suspended_provider": Template("oversight", "承担培训的项目停训整改", urgent=True),
}
"""By name: the file `templates/<name>.j2`."""

FRAMES: Mapping[str, int] = {"mail": 1}
"""Versions of the templates around a letter."""


def record_templates(database: Database, folder: Path = TEMPLATES, letters: Mapping[str, Template] = LETTERS) -> None:
    """Remembers each version's body. Raises SettingsError where a known version has another one."""
    versions = {name: letter.version for name, letter in letters.items()} | dict(FRAMES)
    with database.transaction() as session:
        known = {(row.template, row.version): row.content_hash for row in session.scalars(select(TemplateRow))}
        for name, version in versions.items():
            content_hash = hashlib.sha256((folder / f"{name}.j2").read_bytes()).hexdigest()
            if (name, version) not in known:
                session.add(TemplateRow(template=name, version=version, content_hash=content_hash, seen_at=now()))
            elif known[name, version] != content_hash:
                raise SettingsError(
                    f"templates/{name}.j2: its words have changed since this service first saw version {version}; "
                    "restore them, or raise its version in services/notify/letters/template_table.py"
                )
