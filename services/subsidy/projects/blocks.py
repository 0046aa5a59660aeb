"""What stands in the way of money (X-11): objections, audit findings, suspensions, inquiries into fraud,
public notices.

A block and every step that moves money take the project's turn first. So either the step sees the block and is
refused, or it was done before the block was heard: none slips past the other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from services.subsidy.models import Block, Claim, FraudPerson
from services.subsidy.projects.locks import lock_project, lock_projects_of
from services.subsidy.rules.claims import blocks_in_words
from shared.bus.wire import Event
from shared.contracts.review.oversight import BlockTold
from shared.errors import Conflict
from shared.kernel.work import Work
from shared.store.bulk import upsert

_OPEN = and_(Block.opened_on.is_not(None), Block.lifted_on.is_(None))
_NAMED = select(func.count()).where(FraudPerson.inquiry_id == Block.inquiry_id).scalar_subquery()
_AWAITS_NAMES = Block.persons > _NAMED


def opened(work: Work, event: Event[BlockTold]) -> None:
    _keep(work.session, event.data, {"opened_on": event.data.on})


def lifted(work: Work, event: Event[BlockTold]) -> None:
    """Fraud that was confirmed about named persons may be heard after this: `persons` holds the money until then."""
    told = event.data
    _keep(work.session, told, {"lifted_on": told.on, "inquiry_id": told.inquiry_id, "persons": told.persons})


def standing_blocks(session: Session, project_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The kinds of the blocks that stand, by project; projects without any are left out."""
    wanted = (
        select(Block.project_id, Block.kind)
        .where(Block.project_id.in_(project_ids), or_(_OPEN, _AWAITS_NAMES))
        .distinct()
        .order_by(Block.project_id, Block.kind)
    )
    found: dict[str, tuple[str, ...]] = {}
    for project_id, kind in session.execute(wanted):
        found[project_id] = (*found.get(project_id, ()), kind)
    return found


def check_free(session: Session, claims: Sequence[Claim]) -> None:
    """Raises Conflict that names every claim whose project is blocked, and why. Holds the projects' turns from here."""
    blocked = standing_blocks(session, lock_projects_of(session, claims))
    stopped = {claim.id: blocked[claim.project_id] for claim in claims if claim.project_id in blocked}
    if stopped:
        words = "；".join(f"申领 {claim_id}：{blocks_in_words(kinds)}" for claim_id, kinds in stopped.items())
        raise Conflict(
            f"暂停拨付，未办理。{words}。请待解除后再办理",
            rule="X-11",
            blocks={claim_id: list(kinds) for claim_id, kinds in stopped.items()},
        )


def _keep(session: Session, told: BlockTold, heard: Mapping[str, Any]) -> None:
    lock_project(session, told.project_id)
    row = upsert(session, Block).values(block_id=told.block_id, project_id=told.project_id, kind=told.kind, **heard)
    session.execute(row.on_conflict_do_update(index_elements=[Block.block_id], set_=dict(heard)))
