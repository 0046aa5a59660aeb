"""Papers of review to print and stamp: the letter about a decided case, and those of oversight (`oversight/papers.py`).

How a paper looks is the programme's: `shared/forms/<programme>/`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, cast

from sqlalchemy.orm import Session

from services.review.applications import roster_people
from services.review.cases import cases, held_decisions
from services.review.models import Case
from services.review.papers import oversight_papers as of_oversight
from services.review.papers.draft import Draft, basis
from services.review.rules.workflow import STATE_WORDS, State
from shared import jurisdictions
from shared.contracts.kernel.files import FileKept
from shared.contracts.registry import organisations
from shared.contracts.review.papers import MakeReviewPaper
from shared.errors import Conflict
from shared.forms.layouts import layout
from shared.forms.printed.documents import DOCX
from shared.kernel.work import Asks, Work
from shared.policy.document import Document
from shared.security.speaker import Role

TITLES = {
    "decision_letter": "决定书",
    "interview_summons": "约谈通知书",
    "suspension_notice": "停训整改通知书",
    "public_notice": "公示",
}
MATTERS = {cases.PROJECT: "培训项目申请", cases.ROSTER: "培训人员名单审核"}
NEXT_STEPS = {
    "approved": "请按批准的内容办理后续事项。",
    "returned": "请按认定情况和审核意见补正后重新提交。",
    "rejected": "如对本决定有异议，请向作出决定的部门提出。",
}


@dataclass(frozen=True)
class Paper:
    """A paper as it was written, before it is kept."""

    content: bytes
    case: Case


def ask(asks: Asks, request: MakeReviewPaper) -> Paper:
    """Loads what stands on it, asks registry for the employer's name, writes it: all before the transaction."""
    with asks.reading() as session:
        draft = DRAFTS[request.form](session, asks, request.of_id)
    named = organisations.ListOrganisations((draft.case.employer_id,))
    found = asks.ask(organisations.LIST_ORGANISATIONS, named).organisations
    employer = found[0].name if found else draft.case.employer_id
    return Paper(draft.write(employer, layout(draft.case.programme, request.form)), draft.case)


def keep(work: Work, request: MakeReviewPaper, paper: Paper) -> FileKept:
    """Keeps it for whoever asked: the organisation, or the officer's district."""
    row = work.file_away(
        paper.content,
        name=f"{TITLES[request.form]}-{request.of_id[:8]}.docx",
        media_type=DOCX,
        district=paper.case.district,
        organisation=work.speaker.organisation or "",
    )
    work.note(f"case:{paper.case.case_id}", f"file:{row.id}")
    return FileKept(row.file, row.name, row.media_type, row.size)


def _decision_letter(session: Session, asks: Asks, case_id: str) -> Draft:
    """Every finding that stands behind the decision. Raises Conflict while there is none."""
    case = cases.load(session, asks.speaker, case_id)
    if case.state not in NEXT_STEPS:
        raise Conflict("本案尚未作出决定，请在审核结束后再制作决定书", state=case.state)
    document = cases.document_of(asks.policies, case)
    findings = _findings(held_decisions.held_by(session, case))
    amounts = _counts(session, case)
    decided_at = _decided_at(session, case, document)

    def write(employer: str, form: ModuleType) -> bytes:
        letter = form.Letter(
            number=case.case_id,
            addressee=employer,
            matter=MATTERS[case.kind],
            outcome=f"{STATE_WORDS[cast('State', case.state)]}。",
            basis=basis(document),
            findings=findings,
            next_step=NEXT_STEPS[case.state],
            office=jurisdictions.load().bureau(decided_at),
            document=document.identity,
            amounts=amounts,
        )
        made: bytes = form.write_decision_letter(letter)
        return made

    return Draft(case, write)


def _findings(held: Sequence[held_decisions.Held]) -> list[dict[str, Any]]:
    """Each finding once. What was found of many people alike is one line that counts them: nobody is named."""
    alike = Counter(
        (finding.rule, finding.clause, finding.outcome.value, finding.message)
        for each in held
        for finding in each.findings
    )
    only = {
        (finding.rule, finding.clause, finding.outcome.value, finding.message): finding
        for each in held
        for finding in each.findings
    }
    return [
        only[key].to_json() if times == 1 else only[key].to_json() | {"compared": f"{times} 人"}
        for key, times in alike.items()
    ]


def _counts(session: Session, case: Case) -> list[tuple[str, str]]:
    if case.kind != cases.ROSTER:
        return []
    accepted, refused = roster_people.accepted(session, case.case_id), roster_people.refused(session, case.case_id)
    return [("通过人数", f"{len(accepted)} 人"), ("不予通过人数", f"{len(refused)} 人")]


def _decided_at(session: Session, case: Case, document: Document) -> str:
    """The place whose officer took the last step: the city's, where the station was the city's."""
    last = next((step for step in reversed(cases.history(session, case.case_id)) if step.station), None)
    return document.jurisdiction if last and last.role == Role.CITY_OFFICER else case.district


DRAFTS: Mapping[str, Callable[[Session, Asks, str], Draft]] = {
    "decision_letter": _decision_letter,
    "interview_summons": of_oversight.interview_summons,
    "suspension_notice": of_oversight.suspension_notice,
    "public_notice": of_oversight.public_notice,
}
