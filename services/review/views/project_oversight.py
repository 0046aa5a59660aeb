"""A project's oversight whole: what stands in the way of its money, and every matter as it stands."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.review.cases import cases
from services.review.models import Block, InquiryPerson, Matter
from shared.batching import grouped
from shared.contracts.common import PARTIES, Decided
from shared.contracts.review.oversight import BlockShape, GetOversight, OversightEntry, OversightShape
from shared.kernel.work import Look
from shared.store.by_name import shape_of
from shared.store.cursors import read_page
from shared.store.kernel_tables import DecisionRow

OF_OFFICERS = frozenset({("objection", "lodge"), ("fraud_inquiry", "open"), ("summons", "report")})
"""(kind, move) whose words the parties don't read: who objected, what is suspected, what the city was told."""


def get_oversight(look: Look, request: GetOversight) -> OversightShape:
    """Blocks and one page of the matters of a project in reach, in the order of their opening."""
    project = cases.project_in_reach(look.session, look.speaker, request.project_id)
    chosen = select(Matter).where(Matter.project_id == project.case_id)
    shown, cursor = read_page(look.session, chosen, request, Matter.opened_at, Matter.matter_id)
    blocks = look.session.scalars(
        select(Block).where(Block.project_id == project.case_id).order_by(Block.opened_on, Block.block_id)
    )
    return OversightShape(
        project_id=project.case_id,
        blocks=tuple(shape_of(BlockShape, block) for block in blocks),
        entries=_entries(look, shown),
        cursor=cursor,
    )


def _entries(look: Look, shown: Sequence[Matter]) -> tuple[OversightEntry, ...]:
    decisions = _decisions(look.session, shown)
    persons = _persons(look.session, shown)
    is_party = look.speaker.acting_role in PARTIES
    return tuple(
        shape_of(
            OversightEntry,
            matter,
            id=matter.matter_id,
            on=matter.happened_on,
            words="" if is_party and matter.kind in ("objection", "fraud_inquiry") else matter.words,
            decision=decisions.get(matter.decision_id or ""),
            person_ids=() if is_party and matter.state != "confirmed" else persons.get(matter.matter_id, ()),
        )
        for matter in shown
    )


def _decisions(session: Session, shown: Sequence[Matter]) -> dict[str, Decided]:
    ids = [matter.decision_id for matter in shown if matter.decision_id]
    rows = session.scalars(select(DecisionRow).where(DecisionRow.id.in_(ids)))
    return {row.id: Decided.of(row.id, row.subject_id, row.decision) for row in rows}


def _persons(session: Session, shown: Sequence[Matter]) -> dict[str, tuple[str, ...]]:
    inquiries = [matter.matter_id for matter in shown if matter.kind == "fraud_inquiry"]
    chosen = select(InquiryPerson).where(InquiryPerson.matter_id.in_(inquiries))
    rows = session.scalars(chosen.order_by(InquiryPerson.matter_id, InquiryPerson.row))
    return {matter_id: tuple(ids) for matter_id, ids in grouped((row.matter_id, row.person_id) for row in rows).items()}
