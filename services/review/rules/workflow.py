"""How a case moves: one table of moves, read over the stations that its document names (APP-24, X-5).

awaiting_provider ──join──▶ first station ──approve──▶ next station … ──approve──▶ approved
                                │ return ──▶ returned ──resubmit──▶ first station
                                └ reject ──▶ rejected

Before it is decided, the applicant may withdraw it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from shared.errors import Conflict, InvalidRequest
from shared.policy.document import Document, Station, Workflow
from shared.policy.findings import Finding, Force
from shared.policy.rules import Clause, checks, rule
from shared.policy.workflow_check import road_faults
from shared.policy.workflow_words import CASES, step_at

Move = Literal["join", "approve", "return", "reject", "resubmit", "withdraw"]
State = Literal["awaiting_provider", "in_review", "returned", "approved", "rejected", "withdrawn"]

TRANSITIONS: dict[tuple[State, Move], State] = {
    ("awaiting_provider", "join"): "in_review",
    ("awaiting_provider", "withdraw"): "withdrawn",
    ("in_review", "approve"): "approved",  # at the last station; else the case goes on to the next one
    ("in_review", "return"): "returned",
    ("in_review", "reject"): "rejected",
    ("in_review", "withdraw"): "withdrawn",
    ("returned", "resubmit"): "in_review",
    ("returned", "withdraw"): "withdrawn",
}

STATE_WORDS: dict[State, str] = {
    "awaiting_provider": "等待培训机构加入",
    "in_review": "在审核中",
    "returned": "已退回",
    "approved": "已通过",
    "rejected": "未予通过",
    "withdrawn": "已撤回",
}
MOVE_WORDS: dict[Move, str] = {
    "join": "加入申报",
    "approve": "通过",
    "return": "退回",
    "reject": "不予通过",
    "resubmit": "重新提交",
    "withdraw": "撤回",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands. `station`: id of the review step, None once nobody reviews it."""

    state: State
    station: str | None


def start(workflow: Workflow) -> Place:
    """Where a submitted case begins: the first station."""
    return Place("in_review", workflow.stations[0].id)


def transition(workflow: Workflow, place: Place, move: Move) -> Place:
    """Where a case stands after a move; raises Conflict for one that its place doesn't allow."""
    state = TRANSITIONS.get((place.state, move))
    if state is None:
        words = f"案件目前{STATE_WORDS[place.state]}，不能{MOVE_WORDS[move]}，请刷新后查看最新状态"
        raise Conflict(words, state=place.state, move=move)
    if state == "in_review" and move in ("join", "resubmit"):
        return start(workflow)
    if move == "approve" and (after := next_station(workflow, place)):
        return Place("in_review", after.id)
    return Place(state, None)


def station(workflow: Workflow, place: Place) -> Station:
    """The station of a case in review; raises Conflict when nobody reviews it."""
    found = next((candidate for candidate in workflow.stations if candidate.id == place.station), None)
    if found is None:
        raise Conflict("案件不在审核环节，请刷新后重试", state=place.state)
    return found


def next_station(workflow: Workflow, place: Place) -> Station | None:
    """The station after the present one, None at the last."""
    position = workflow.stations.index(station(workflow, place)) + 1
    return workflow.stations[position] if position < len(workflow.stations) else None


def workflow_of(document: Document, kind: str) -> Workflow:
    """The workflow of a kind of case; raises InvalidRequest for a kind that the document doesn't have."""
    if kind not in document.workflow:
        known = "、".join(document.workflow)
        raise InvalidRequest.of(("kind", f"文件没有 {kind} 这类事项，应为以下之一：{known}"))
    return document.workflow[kind]


def steps_behind(document: Document, kind: str, passed: Iterable[str]) -> tuple[str, ...]:
    """The steps that a case has behind it. `passed`: ids of its own stations; the kind before it passed all of its."""
    before = workflow_of(document, kind).after
    earlier: tuple[str, ...] = ()
    if before is not None:
        earlier = steps_behind(document, before, (each.id for each in workflow_of(document, before).stations))
    return (*earlier, CASES[kind], *(step_at(kind, station_id) for station_id in passed))


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """A review step about to be decided. `findings_recorded`, `subjects_due`: one finding for each is wanted.

    `done`: the steps of the document's road that the case has behind it; `step`: the one that is to be
    taken now.
    """

    step: str
    done: tuple[str, ...]
    co_departments: tuple[str, ...]
    subjects_due: tuple[str, ...]
    findings_recorded: tuple[str, ...]


checks("review.step", ReviewFacts)


@rule("review.no_step_skipped", of="review.step", demands=road_faults)
def no_step_skipped(facts: ReviewFacts, clause: Clause) -> Finding:
    """Every step of the document's road before this one is done (APP-24)."""
    road = clause.document.road
    if facts.step not in road:
        return clause.unmet(facts.step, f"{facts.step} 不是文件规定的环节，请按工作程序办理")
    skipped = "、".join(
        clause.document.label(step) for step in road[: road.index(facts.step)] if step not in facts.done
    )
    return clause.check(not skipped, skipped or "前序环节均已完成", "按工作程序办理", f"请先完成：{skipped}")


@rule("review.finding_for_each", of="review.step")
def finding_for_each(facts: ReviewFacts, clause: Clause) -> Finding:
    """Employer, provider and each apprentice of the case have a finding of their own (APP-24)."""
    missing = [subject for subject in facts.subjects_due if subject not in facts.findings_recorded]
    shown = f"{len(facts.subjects_due) - len(missing)}/{len(facts.subjects_due)}"
    return clause.check(not missing, shown, "审核意见齐全", f"还有 {len(missing)} 个对象没有审核意见，请逐一审核")


@rule("review.co_departments", of="review.step")
def co_departments(facts: ReviewFacts, clause: Clause) -> Finding:
    """The review records which co-departments took part (APP-1): a principle, though the clause itself binds."""
    shown = "、".join(facts.co_departments)
    cure = "请记录会同审核的部门，或说明理由"
    return clause.check(bool(shown), shown or "未记录", f"会同部门：{shown}", cure, Force.PRINCIPLE)
