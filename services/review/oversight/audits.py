"""Third-party audits and the evaluations that they may veto (APP-23)."""

from __future__ import annotations

from typing import Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.review import events
from services.review.cases import cases
from services.review.models import Matter
from services.review.oversight import blocks, matters
from services.review.rules.oversight import EvaluationFacts
from shared.contracts.review.audits_and_inspections import Evaluated, EvaluateProject, RecordAudit, SettleAudit
from shared.contracts.review.oversight import PROJECT_EVALUATED, Blocked
from shared.errors import Conflict
from shared.kernel.work import Work
from shared.policy.decisions import decide

DECISION = "review.evaluation"


def record_audit(work: Work, request: RecordAudit) -> Blocked:
    """Records what the auditor found; a failed audit blocks payment until it is settled."""
    project = matters.project_at_hand(work, request.project_id)
    matters.check_past(work, "audited_on", request.audited_on)
    failed = request.opinion == "failed"
    block_id = blocks.open_block(work, project, "audit_finding") if failed else None
    words = request.issues or f"{request.auditor}：审计{'不合格' if failed else '合格'}"
    matter = matters.open_matter(
        work, project, "audit", request.opinion, words, block_id=block_id, happened_on=request.audited_on
    )
    details = {"auditor": request.auditor, "report": request.report}
    matters.add_act(work, matter, request.opinion, words, details)
    return Blocked(matter.matter_id, block_id, standing=failed)


def settle_audit(work: Work, request: SettleAudit) -> Blocked:
    """What a failed audit found was put right: its block is lifted, its veto stays."""
    matter, project = matters.matter_in_reach(work.session, work.speaker, request.audit_id, "audit")
    if matter.state != "failed":
        raise Conflict("该审计没有待整改的问题，无需办理", state=matter.state)
    matter.state = "settled"
    matters.add_act(work, matter, "settle", request.remedy, {"evidence": list(request.evidence)})
    blocks.lift_block(work, project, matter.block_id)
    return Blocked(matter.matter_id, matter.block_id, standing=False)


def evaluate_project(work: Work, request: EvaluateProject) -> Evaluated:
    """Concludes an evaluation; raises PolicyNotMet for a passing one that the newest audit vetoes."""
    project = matters.project_at_hand(work, request.project_id)
    matter = matters.open_matter(work, project, "evaluation", request.proposed, request.indicators)
    facts = EvaluationFacts(work.today, _audit_of(work.session, project.case_id), request.proposed)
    decision = decide(DECISION, facts, cases.document_of(work.policies, project))
    decided = matters.store_met_decision(work, matter, decision)
    matters.add_act(work, matter, "evaluate", request.indicators, {"proposed": request.proposed})
    events.tell_matter(work, PROJECT_EVALUATED, matter, project, outcome=request.proposed)
    return Evaluated(matter.matter_id, decided)


def _audit_of(session: Session, project_id: str) -> Literal["passed", "failed", "none"]:
    """What the latest audit says of the project, by the day of the audit. A settled failure stays a failure."""
    audits = select(Matter.state).where(Matter.project_id == project_id, Matter.kind == "audit")
    newest = session.scalar(audits.order_by(Matter.happened_on.desc(), Matter.opened_at.desc()).limit(1))
    return "failed" if newest == "settled" else cast('Literal["passed", "failed"] | None', newest) or "none"
