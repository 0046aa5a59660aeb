"""Fraud (APP-27): an inquiry stops the money; concluded by another officer, confirmed it is told person by person.

A confirmation about named persons lifts the block: they are annulled elsewhere, the others go on. One about the whole
project leaves its block standing for ever.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.review import events
from services.review.cases import cases
from services.review.models import EVER_ACCEPTED, Block, Case, InquiryPerson, Matter, RosterPerson
from services.review.oversight import blocks, matters
from services.review.rules.oversight import FraudFacts
from shared.contracts.review.oversight import Blocked, ConcludeFraudInquiry, OpenFraudInquiry
from shared.errors import Conflict, InvalidRequest
from shared.kernel.work import Work
from shared.policy.decisions import decide
from shared.security.permissions import check_other_person
from shared.store.bulk import insert_all

DECISION = "review.fraud"
ERRORS_MAX = 200


def open_fraud_inquiry(work: Work, request: OpenFraudInquiry) -> Blocked:
    """Stops the money; raises InvalidRequest naming everybody who was not accepted on a roster of the project."""
    project = matters.project_at_hand(work, request.project_id, approved=False)
    _check_persons(work.session, project, request.person_ids)
    block_id = blocks.open_block(work, project, "fraud_inquiry")
    matter = matters.open_matter(work, project, "fraud_inquiry", "open", request.words, block_id=block_id)
    matters.add_act(work, matter, "open", request.words, {"evidence": list(request.evidence)})
    rows = [
        {"matter_id": matter.matter_id, "person_id": person, "row": row}
        for row, person in enumerate(request.person_ids)
    ]
    insert_all(work.session, InquiryPerson, rows)
    return Blocked(matter.matter_id, block_id, standing=True)


def conclude_fraud_inquiry(work: Work, request: ConcludeFraudInquiry) -> Blocked:
    """Cleared or confirmed; raises PolicyNotMet where a confirmed one hands no leads over."""
    matter, project = matters.matter_in_reach(work.session, work.speaker, request.inquiry_id, "fraud_inquiry")
    if matter.state != "open":
        raise Conflict("该核查已有结论，请刷新后查看", state=matter.state)
    check_other_person(work.speaker, {"发起核查": matter.opened_by})
    confirmed = request.outcome == "confirmed"
    persons = persons_of(work.session, matter)
    if confirmed:
        facts = FraudFacts(work.today, request.referred_to)
        matters.store_met_decision(work, matter, decide(DECISION, facts, cases.document_of(work.policies, project)))
    elif request.referred_to:
        raise InvalidRequest.of(("referred_to", "核查未认定骗取、套取的，不移交线索，请删除"))
    matter.state = request.outcome
    matters.add_act(work, matter, request.outcome, request.words, {"referred_to": list(request.referred_to)})
    if confirmed:
        events.tell_fraud(work, matter, project, persons)
    standing = confirmed and not persons
    if not standing:
        named = len(persons) if confirmed else 0
        inquiry_id = matter.matter_id if named else None
        blocks.lift_block(work, project, matter.block_id, inquiry_id=inquiry_id, persons=named)
    return Blocked(matter.matter_id, matter.block_id, standing=standing)


def persons_of(session: Session, matter: Matter) -> tuple[str, ...]:
    """Whom an inquiry is about, in its order; none where it is the whole project."""
    chosen = select(InquiryPerson.person_id).where(InquiryPerson.matter_id == matter.matter_id)
    return tuple(session.scalars(chosen.order_by(InquiryPerson.row)))


def check_not_barred(session: Session, project_id: str) -> None:
    """Raises Conflict where fraud of the whole project was confirmed: nobody signs up for it any more."""
    confirmed = (Matter.project_id == project_id, Matter.kind == "fraud_inquiry", Matter.state == "confirmed")
    chosen = select(Matter.matter_id).join(Block, Block.block_id == Matter.block_id)
    if session.scalar(chosen.where(*confirmed, Block.lifted_on.is_(None)).limit(1)) is not None:
        raise Conflict("本项目已被认定骗取、套取补贴资金，不再受理人员名单", project_id=project_id)


def _check_persons(session: Session, project: Case, person_ids: Sequence[str]) -> None:
    on_rosters = (RosterPerson.project_id == project.case_id, RosterPerson.state.in_(EVER_ACCEPTED))
    chosen = select(RosterPerson.person_id).where(*on_rosters, RosterPerson.person_id.in_(person_ids))
    accepted = set(session.scalars(chosen))
    faults = []
    first_seen: dict[str, int] = {}
    for number, person in enumerate(person_ids):
        if first_seen.setdefault(person, number) != number:
            faults.append((f"person_ids[{number}]", f"与 person_ids[{first_seen[person]}] 是同一人，请删除"))
        elif person not in accepted:
            faults.append((f"person_ids[{number}]", "此人不在本项目已通过的名单中，请核对"))
    if faults:
        raise InvalidRequest.of(*faults[:ERRORS_MAX])
