"""What every act of oversight needs: the project, the matter, the line of history, the decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.review.cases import cases
from services.review.models import Act, Case, Matter
from shared.contracts.common import Decided
from shared.contracts.review.oversight import MatterKind
from shared.errors import Conflict, InvalidRequest
from shared.kernel.work import Work
from shared.policy.decisions import Decision
from shared.security.permissions import not_found
from shared.security.speaker import Speaker
from shared.store.kernel_tables import DecisionRow
from shared.store.types import new_id

OVER = ("rejected", "withdrawn")


def project_at_hand(work: Work, project_id: str, *, approved: bool = True) -> Case:
    """The project of an act; raises Conflict where it is over, or `approved` is asked and it isn't."""
    project = cases.project_in_reach(work.session, work.speaker, project_id)
    if approved and project.state != "approved":
        raise Conflict("项目尚未通过全部审核，请在获批后办理", state=project.state)
    if project.state in OVER:
        raise Conflict("项目未予通过或已撤回，不再办理监管事项", state=project.state)
    return project


def open_matter(
    work: Work,
    project: Case,
    kind: MatterKind,
    state: str,
    words: str,
    *,
    block_id: str | None = None,
    happened_on: date | None = None,
    due_on: date | None = None,
) -> Matter:
    """A new matter without acts yet; `add_act` writes its first."""
    matter = Matter(
        matter_id=new_id(),
        project_id=project.case_id,
        kind=kind,
        state=state,
        opened_on=work.today,
        opened_at=work.at,
        opened_by=work.speaker.person,
        happened_on=happened_on or work.today,
        moved_on=work.today,
        words=words,
        due_on=due_on,
        block_id=block_id,
        acts=0,
    )
    return work.add(matter)


def matter_in_reach(session: Session, speaker: Speaker, matter_id: str, kind: MatterKind) -> tuple[Matter, Case]:
    """A matter of that kind and its project; raises NotFound alike where there is none and where it is out of reach."""
    chosen = (
        select(Matter, Case)
        .join(Case, Case.case_id == Matter.project_id)
        .where(Matter.matter_id == matter_id, Matter.kind == kind, cases.in_reach(speaker))
    )
    found = session.execute(chosen).first()
    if found is None:
        raise not_found()
    return found[0], found[1]


def add_act(work: Work, matter: Matter, move: str, words: str = "", details: Mapping[str, Any] | None = None) -> None:
    """Writes who did what. The matter's row is changed first: of two acts at the same moment one is done again."""
    matter.acts += 1
    matter.moved_on = work.today
    work.session.flush()
    work.session.add(
        Act(
            matter_id=matter.matter_id,
            number=matter.acts,
            project_id=matter.project_id,
            move=move,
            person=work.speaker.person,
            role=work.speaker.acting_role.value,
            acted_on=work.today,
            acted_at=work.at,
            words=words,
            details=dict(details or {}),
        )
    )
    work.note(f"{matter.kind}:{matter.matter_id}")


def acts_of(session: Session, matter: Matter) -> list[Act]:
    """What was done in it, the oldest first."""
    return list(session.scalars(select(Act).where(Act.matter_id == matter.matter_id).order_by(Act.number)))


def newest(acts: list[Act], *moves: str) -> Act | None:
    """The last act that was one of these moves."""
    return next((act for act in reversed(acts) if act.move in moves), None)


def who_did(acts: list[Act], words: Mapping[str, str]) -> dict[str, str]:
    """Chinese step → person, of the newest act of each move in `words` (X-5)."""
    return {said: act.person for move, said in words.items() if (act := newest(acts, move)) is not None}


def store_met_decision(work: Work, matter: Matter, decision: Decision) -> Decided:
    """Stores a decision about a matter (X-6); raises PolicyNotMet with its findings where a clause forbids the act."""
    decision.require("有条款尚未满足，不能办理：请按所列各条补正")
    return store_decision(work, matter, decision)


def store_decision(work: Work, matter: Matter, decision: Decision) -> Decided:
    """Stores a decision about a matter that shows what is missing and forbids nothing."""
    matter.decision_id = work.store_decision(decision, matter.matter_id)
    return Decided.of(matter.decision_id, matter.matter_id, decision.to_json())


def decision_of(session: Session, matter: Matter) -> Decided | None:
    """The newest decision about a matter, None where none was made."""
    row = session.scalar(select(DecisionRow).where(DecisionRow.id == matter.decision_id))
    return Decided.of(row.id, matter.matter_id, row.decision) if row else None


def findings_of(session: Session, matter_id: str, name: str) -> list[Any]:
    """The findings of the newest decision of that name about a matter, as JSON; none where there was none."""
    chosen = select(DecisionRow.decision).where(DecisionRow.subject_id == matter_id, DecisionRow.name == name)
    newest_one = session.scalars(chosen.order_by(DecisionRow.number.desc())).first()
    return list(newest_one["findings"]) if newest_one else []


def check_past(work: Work, field: str, on: date) -> None:
    """Raises InvalidRequest for a day that has not come."""
    if on > work.today:
        raise InvalidRequest.of((field, f"日期不能晚于办理当日 {work.today}，请核对"))
