"""What stands in the way of money (X-11): objections, audit findings, suspensions, inquiries into fraud,
public notices.

A block and every step that moves money lock the project first. So either the step sees the block and is
refused, or it was done before the block was heard: none slips past the other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from services.subsidy.models import Block, Claim, FraudPerson
from services.subsidy.projects.locks import lock_projects_of
from services.subsidy.rules.claims import blocks_in_words
from shared.errors import Conflict

_OPEN = and_(Block.opened_on.is_not(None), Block.lifted_on.is_(None))
_NAMED = select(func.count()).where(FraudPerson.inquiry_id == Block.inquiry_id).scalar_subquery()
_AWAITS_NAMES = Block.persons > _NAMED


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
    """Raises Conflict that names every claim whose project is blocked, and why. The projects are locked from here."""
    blocked = standing_blocks(session, lock_projects_of(session, claims))
    stopped = {claim.id: blocked[claim.project_id] for claim in claims if claim.project_id in blocked}
    if stopped:
        words = "；".join(f"申领 {claim_id}：{blocks_in_words(kinds)}" for claim_id, kinds in stopped.items())
        raise Conflict(
            f"暂停拨付，未办理。{words}。请待解除后再办理",
            rule="X-11",
            blocks={claim_id: list(kinds) for claim_id, kinds in stopped.items()},
        )
