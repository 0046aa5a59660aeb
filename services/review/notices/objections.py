"""Objections (X-11): received by one officer, answered by another; no money in between.

One that names a public notice is lodged within its days, and keeps it from being closed."""

from __future__ import annotations

from services.review import events
from services.review.notices import publication
from services.review.oversight import blocks, matters
from shared.contracts.review.oversight import OBJECTION_LODGED, AnswerObjection, Blocked, LodgeObjection
from shared.errors import Conflict
from shared.kernel.work import Work
from shared.security.permissions import check_other_person


def lodge_objection(work: Work, request: LodgeObjection) -> Blocked:
    """Takes an objection in: a block until it is answered. Raises Conflict for a notice that takes none today."""
    project = matters.project_at_hand(work, request.project_id, approved=False)
    if request.notice_id is not None:
        publication.check_takes_objections(work, request.notice_id, project)
    block_id = blocks.open_block(work, project, "objection")
    matter = matters.open_matter(work, project, "objection", "open", request.about, block_id=block_id)
    if request.notice_id is not None:
        publication.add_objection(work, request.notice_id, matter)
    details = {"from_whom": request.from_whom, "evidence": list(request.evidence)}
    matters.add_act(work, matter, "lodge", request.about, details)
    events.tell_matter(work, OBJECTION_LODGED, matter, project)
    return Blocked(matter.matter_id, block_id, standing=True)


def answer_objection(work: Work, request: AnswerObjection) -> Blocked:
    """Answers it and lifts its block; raises NotPermitted for who took it in, Conflict where it is answered."""
    matter, project = matters.matter_in_reach(work.session, work.speaker, request.objection_id, "objection")
    if matter.state != "open":
        raise Conflict("该异议已经答复，请刷新后查看结果", state=matter.state)
    check_other_person(work.speaker, {"受理异议": matter.opened_by})
    matter.state = "upheld" if request.upheld else "dismissed"
    matters.add_act(work, matter, matter.state, request.answer)
    blocks.lift_block(work, project, matter.block_id)
    return Blocked(matter.matter_id, matter.block_id, standing=False)
