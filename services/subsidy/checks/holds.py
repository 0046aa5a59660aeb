"""Which claims stay out of a batch, or leave it: those of a blocked project, and those with open hits (X-11).

The others go: nothing holds up anybody else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Subquery, and_, select, union_all
from sqlalchemy.orm import Session

from services.subsidy.exclusions import enforcement
from services.subsidy.models import Batch, Claim, ClaimLine
from services.subsidy.models.checks import HeldClaim, Hit
from services.subsidy.projects import blocks
from shared.batching import grouped
from shared.contracts.subsidy import payments
from shared.kernel.work import Work
from shared.store.bulk import STREAM

HeldClaims = Mapping[str, payments.HeldClaim]
"""Claim → why it stays out."""


def claims_held_back(session: Session, claims: Sequence[Claim]) -> HeldClaims:
    """Those of the claims that blocks or open hits hold, as it is now. Needs their projects locked."""
    standing = blocks.standing_blocks(session, {claim.project_id for claim in claims})
    hits = open_hits(session, [claim.id for claim in claims])
    waiting = enforcement.blocked_by_spent_refill(session, claims)
    found = (
        payments.HeldClaim(
            claim.id,
            (*standing.get(claim.project_id, ()), *(("set_off_spent",) if claim.id in waiting else ())),
            hits.get(claim.id, ()),
        )
        for claim in claims
    )
    return {one.claim_id: one for one in found if one.blocks or one.hits}


def open_hits(session: Session, claim_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The open hits of each claim's enrolments and payee, whichever claim's comparison found them."""
    held = open_hits_of_claims().c
    wanted = select(held.claim_id, held.hit_id).where(held.claim_id.in_(claim_ids))
    rows = session.execute(wanted.order_by(held.number), execution_options=STREAM)
    return {claim_id: tuple(hits) for claim_id, hits in grouped((row.claim_id, row.hit_id) for row in rows).items()}


def open_hits_of_claims() -> Subquery:
    """Live claims with each open hit that holds them: claim_id, hit_id, number, kind, found_on, found_by."""
    shown = (Hit.id.label("hit_id"), Hit.number, Hit.kind, Hit.found_on, Hit.found_by)
    people = (
        select(ClaimLine.claim_id, *shown)
        .join(ClaimLine, and_(ClaimLine.enrolment_id == Hit.enrolment_id, ClaimLine.live))
        .where(Hit.state == "open")
    )
    payees = (
        select(Claim.id, *shown)
        .join(Claim, and_(Claim.payee_id == Hit.payee_id, Claim.live))
        .where(Hit.state == "open")
    )
    return union_all(people, payees).subquery()


def store_held_claims(work: Work, batch: Batch, held: HeldClaims) -> None:
    """Stores what the batch goes without, and why, as it stands now."""
    work.session.add_all(
        HeldClaim(
            batch_id=batch.id,
            claim_id=one.claim_id,
            held_on=work.today,
            held_by=work.speaker.person,
            blocks=list(one.blocks),
            hits=list(one.hits),
        )
        for one in held.values()
    )
    work.session.flush()


def held_claims_of(session: Session, batch_id: str) -> tuple[payments.HeldClaim, ...]:
    """The claims that the batch goes without, in order of their ids."""
    wanted = select(HeldClaim).where(HeldClaim.batch_id == batch_id).order_by(HeldClaim.claim_id)
    return tuple(
        payments.HeldClaim(row.claim_id, tuple(row.blocks), tuple(row.hits)) for row in session.scalars(wanted)
    )
