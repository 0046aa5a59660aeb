"""The letter about a decided case: every finding that stands behind the decision, and what to do next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from sqlalchemy.orm import Session

from services.review.applications import roster_people
from services.review.cases import cases, held_decisions
from services.review.models import Case
from services.review.papers.draft import PaperDraft, basis
from services.review.rules.workflow import STATE_WORDS
from shared.contracts.schema.shapes import Json
from shared.errors import Conflict
from shared.jurisdictions import places
from shared.kernel.work import Asks
from shared.policy.document import Document
from shared.policy.findings import Finding
from shared.security.speaker import Role

MATTERS = {cases.PROJECT: "培训项目申请", cases.ROSTER: "培训人员名单审核"}
NEXT_STEPS = {
    "approved": "请按批准的内容办理后续事项。",
    "returned": "请按认定情况和审核意见补正后重新提交。",
    "rejected": "如对本决定有异议，请向作出决定的部门提出。",
}


def decision_letter(session: Session, asks: Asks, case_id: str) -> PaperDraft:
    """Drafts the letter about a case in reach. Raises Conflict while it isn't decided."""
    case = cases.case_in_reach(session, asks.speaker, case_id)
    if case.state not in NEXT_STEPS:
        raise Conflict("本案尚未作出决定，请在审核结束后再制作决定书", state=case.state)
    document = cases.document_of(asks.policies, case)
    findings = _findings(held_decisions.decisions_of(session, case))
    amounts = _counts(session, case)
    decided_at = _decided_at(session, case, document)

    def write(employer: str, form: ModuleType) -> bytes:
        letter = form.Letter(
            number=case.case_id,
            addressee=employer,
            matter=MATTERS[case.kind],
            outcome=f"{STATE_WORDS[case.state]}。",
            basis=basis(document),
            findings=findings,
            next_step=NEXT_STEPS[case.state],
            office=places().bureau(decided_at),
            document=document.identity,
            amounts=amounts,
        )
        made: bytes = form.write_decision_letter(letter)
        return made

    return PaperDraft(case, write)


def _findings(held: Sequence[held_decisions.HeldDecision]) -> list[Json]:
    """Each finding once. What was found of many people alike is one line that counts them: nobody is named."""
    alike: defaultdict[tuple[Any, ...], list[Finding]] = defaultdict(list)
    for finding in (finding for each in held for finding in each.findings):
        alike[finding.rule, finding.clause, finding.outcome, finding.message].append(finding)
    return [
        same[0].to_json() if len(same) == 1 else same[0].to_json() | {"compared": f"{len(same)} 人"}
        for same in alike.values()
    ]


def _counts(session: Session, case: Case) -> list[tuple[str, str]]:
    if case.kind != cases.ROSTER:
        return []
    accepted, refused = roster_people.accepted(session, case), roster_people.refused(session, case)
    return [("通过人数", f"{len(accepted)} 人"), ("不予通过人数", f"{len(refused)} 人")]


def _decided_at(session: Session, case: Case, document: Document) -> str:
    """The place whose officer took the last step: the city's, where the station was the city's."""
    last = next((step for step in reversed(cases.history(session, case.case_id)) if step.station), None)
    return document.jurisdiction if last and last.role == Role.CITY_OFFICER else case.district
