"""What waits in matters of oversight for whoever asks: by role, and never for who took the step before (X-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from services.review.models import Act, Matter, Notice, NoticeObjection
from services.review.oversight.inspections import ACKNOWLEDGE
from shared.contracts.review.oversight import MatterKind
from shared.security.speaker import Role, Speaker


@dataclass(frozen=True)
class PendingAct:
    """Something to do in a matter. `when`: the matters, joined with their projects, that wait for it."""

    kind: str
    title: str
    when: ColumnElement[bool]


def pending_acts_of(speaker: Speaker, today: date) -> list[PendingAct]:
    """What the speaker's role has to do in matters that wait for it; none of an act that another person takes (X-5)."""
    role = speaker.acting_role
    if role is Role.EMPLOYER:
        return [_to_acknowledge(role), *_of_employer()]
    if role is Role.TRAINING_PROVIDER:
        return [_to_acknowledge(role)]
    if role is Role.DISTRICT_OFFICER:
        return [*_of_another_officer(speaker), _to_close(speaker, today), *_of_district(today)]
    if role is Role.CITY_OFFICER:
        return [*_of_another_officer(speaker), _to_close(speaker, today), *_of_city(speaker)]
    return []


def _to_acknowledge(role: Role) -> PendingAct:
    acknowledged = exists().where(Act.matter_id == Matter.matter_id, Act.move == ACKNOWLEDGE, Act.role == role.value)
    return PendingAct("inspection_to_acknowledge", "确认收到检查结果", and_(_is("inspection", "told"), ~acknowledged))


def _of_employer() -> list[PendingAct]:
    return [
        PendingAct("interview_to_attend", "参加约谈", _is("summons", "summoned")),
        PendingAct("remedy_due", "按期整改", _is("summons", "mending")),
        PendingAct("suspension_to_mend", "停训期间整改", _is("summons", "suspended")),
    ]


def _of_another_officer(speaker: Speaker) -> list[PendingAct]:
    """What another officer than the one who opened it concludes (X-5)."""
    not_mine = Matter.opened_by != speaker.person
    return [
        PendingAct("objection_to_answer", "答复异议", and_(_is("objection", "open"), not_mine)),
        PendingAct("inquiry_to_conclude", "作出核查结论", and_(_is("fraud_inquiry", "open"), not_mine)),
    ]


def _to_close(speaker: Speaker, today: date) -> PendingAct:
    """A notice that is over, its objections answered: for another officer of the level that published it (X-5)."""
    over = exists().where(Notice.notice_id == Matter.matter_id, Notice.to_on < today)
    objection = aliased(Matter)
    standing = exists().where(
        NoticeObjection.notice_id == Matter.matter_id,
        NoticeObjection.objection_id == objection.matter_id,
        objection.state == "open",
    )
    published = and_(Act.matter_id == Matter.matter_id, Act.move == "open", Act.role == speaker.acting_role.value)
    mine = Matter.opened_by == speaker.person
    when = and_(_is("public_notice", "open"), over, ~standing, exists().where(published), ~mine)
    return PendingAct("notice_to_close", "公示期满，办理结束", when)


def _of_district(today: date) -> list[PendingAct]:
    mending = _is("summons", "mending")
    overdue = and_(mending, Matter.due_on < today)
    to_see = or_(_is("summons", "suspended"), and_(mending, Matter.due_on >= today))
    return [
        PendingAct("interview_to_record", "约谈并记录", _is("summons", "summoned")),
        PendingAct("refusal_to_report", "将拒不改正的情况报市级", or_(_is("summons", "refused"), overdue)),
        PendingAct("remedy_to_see", "核查并记录整改", to_see),
    ]


def _of_city(speaker: Speaker) -> list[PendingAct]:
    called = and_(_is("summons", "reported"), ~_did(speaker, "summon", "report"))
    remedied = and_(_is("summons", "remedied"), ~_did(speaker, "remedy"))
    return [
        PendingAct("suspension_to_decide", "研究是否停训", called),
        PendingAct("suspension_to_lift", "整改已记录，研究恢复培训", remedied),
        PendingAct("audit_to_settle", "核实审计问题的整改", _is("audit", "failed")),
    ]


def _is(kind: MatterKind, state: str) -> ColumnElement[bool]:
    return and_(Matter.kind == kind, Matter.state == state)


def _did(speaker: Speaker, *moves: str) -> ColumnElement[bool]:
    return exists().where(Act.matter_id == Matter.matter_id, Act.person == speaker.person, Act.move.in_(moves))
