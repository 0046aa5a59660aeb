"""Public notices (公示): any case may have one, and no money moves for its project until it has ended (X-11).

`rules/notices.py` says how long one stands and what ends it; objections that name one are lodged by `objections.py`.
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy import insert, update

from services.review import events
from services.review.cases import cases
from services.review.models import Case, Matter, Notice, NoticeObjection
from services.review.notices.queries import objections_of, shape
from services.review.oversight import blocks, matters
from services.review.rules.notices import check_closes, check_objected_in_time, last_day, length
from shared.calendar import WorkingDays
from shared.contracts.review.notices import (
    NOTICE_CLOSED,
    NOTICE_OPENED,
    CloseNotice,
    NoticeShape,
    OpenNotice,
    WithdrawNotice,
)
from shared.contracts.schema import codec
from shared.errors import Conflict, InvalidRequest
from shared.kernel.work import Work
from shared.policy.document import Document
from shared.policy.workflow_words import NOTICE_DAYS
from shared.security.permissions import check_other_person
from shared.store.database import execute_count

_ENDED = "该公示已结束或撤回，请刷新后查看最新状态"


def open_notice(work: Work, request: OpenNotice, calendar: WorkingDays) -> NoticeShape:
    """Publishes a case that isn't over; raises Unavailable for a year whose working days aren't known."""
    case = cases.case_in_reach(work.session, work.speaker, request.case_id)
    if case.state in matters.OVER:
        raise Conflict("该案件未予通过或已撤回，不能公示", state=case.state)
    project = matters.project_at_hand(work, case.project_id, approved=False)
    notice = _planned(work, case, request, calendar)
    matter = matters.open_matter(
        work,
        project,
        "public_notice",
        "open",
        request.text,
        block_id=blocks.open_block(work, project, "public_notice"),
        happened_on=notice.from_on,
        due_on=calendar.add_working_days(notice.to_on, 1),
    )
    notice.notice_id = matter.matter_id
    work.session.add(notice)
    matters.add_act(work, matter, "open", request.text, codec.write(request))
    events.tell_closing_due(work, matter, project)
    events.tell_notice(work, NOTICE_OPENED, notice, matter, project)
    return _answer(work, notice, matter, project)


def close_notice(work: Work, request: CloseNotice) -> NoticeShape:
    """Another officer than the one who published it ends it (X-5): after its last day, every objection answered."""
    notice, matter, project = _notice_in_reach(work, request.notice_id)
    check_other_person(work.speaker, {"发起公示": matter.opened_by})
    _mark_ended(work, notice)
    standing = objections_of(work.session, [notice.notice_id]).get(notice.notice_id, {}).get("open", 0)
    check_closes(notice.to_on, work.today, objections=notice.objections, standing=standing)
    return _conclude(work, notice, matter, project, "closed", request.words)


def withdraw_notice(work: Work, request: WithdrawNotice) -> NoticeShape:
    """It was wrong. Its own block is lifted; those of its objections stand until they are answered."""
    notice, matter, project = _notice_in_reach(work, request.notice_id)
    _mark_ended(work, notice)
    return _conclude(work, notice, matter, project, "withdrawn", request.words)


def check_takes_objections(work: Work, notice_id: str, project: Case) -> None:
    """Raises InvalidRequest for a notice of another project, Conflict for one that takes no objection today."""
    notice, _, of_project = _notice_in_reach(work, notice_id)
    if of_project.case_id != project.case_id:
        raise InvalidRequest.of(("notice_id", "该公示不属于此项目，请核对项目编号和公示编号"))
    check_objected_in_time(notice.from_on, notice.to_on, work.today)


def add_objection(work: Work, notice_id: str, objection: Matter) -> None:
    """Counts an objection to a notice; raises Conflict where the notice has ended."""
    counting = update(Notice).where(Notice.notice_id == notice_id, Notice.ended_on.is_(None))
    if not execute_count(work.session, counting.values(objections=Notice.objections + 1)):
        raise Conflict(_ENDED, notice_id=notice_id)
    work.session.execute(insert(NoticeObjection).values(objection_id=objection.matter_id, notice_id=notice_id))


def _planned(work: Work, case: Case, request: OpenNotice, calendar: WorkingDays) -> Notice:
    """The notice with its days, not stored yet."""
    from_on = request.from_on or work.today
    if from_on < work.today:
        raise InvalidRequest.of(("from_on", f"公示不能早于办理当日 {work.today}，请核对"))
    working_days = length(_least(cases.document_of(work.policies, case), case), request.working_days)
    return Notice(
        case_id=case.case_id,
        title=request.title,
        published_at=request.published_at,
        from_on=from_on,
        to_on=last_day(from_on, working_days, calendar),
        working_days=working_days,
        objections=0,
    )


def _least(document: Document, case: Case) -> int | None:
    """How many working days the document wants at least; None where it says nothing."""
    return document.whole(NOTICE_DAYS, case.submitted_on) if NOTICE_DAYS in document.values else None


def _notice_in_reach(work: Work, notice_id: str) -> tuple[Notice, Matter, Case]:
    matter, project = matters.matter_in_reach(work.session, work.speaker, notice_id, "public_notice")
    return work.session.get_one(Notice, notice_id), matter, project


def _mark_ended(work: Work, notice: Notice) -> None:
    """Before anything else, so that an objection at the same moment either is counted already, or is refused. Raises
    Conflict for a notice that ended."""
    ending = update(Notice).where(Notice.notice_id == notice.notice_id, Notice.ended_on.is_(None))
    if not execute_count(work.session, ending.values(ended_on=work.today)):
        raise Conflict(_ENDED, notice_id=notice.notice_id)
    work.session.refresh(notice)


def _conclude(
    work: Work, notice: Notice, matter: Matter, project: Case, state: Literal["closed", "withdrawn"], words: str
) -> NoticeShape:
    matter.state = state
    matters.add_act(work, matter, "close" if state == "closed" else "withdraw", words)
    events.tell_deadline_closed(work, matter, project, "met" if state == "closed" else "dropped")
    blocks.lift_block(work, project, matter.block_id)
    events.tell_notice(work, NOTICE_CLOSED, notice, matter, project)
    return _answer(work, notice, matter, project)


def _answer(work: Work, notice: Notice, matter: Matter, project: Case) -> NoticeShape:
    return shape(notice, matter, project, objections_of(work.session, [notice.notice_id]))
