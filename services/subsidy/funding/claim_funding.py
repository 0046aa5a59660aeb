"""What funds a claim: its shares by source and year, and what each of them bears."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.models import Claim, ClaimFunding
from shared.contracts.subsidy.claims import FundPart


def funding_of(session: Session, claim_ids: Sequence[str]) -> dict[str, tuple[FundPart, ...]]:
    """What each source sends of these claims, once approved."""
    found: dict[str, tuple[FundPart, ...]] = {}
    for row in live_funding(session, claim_ids):
        if row.sends:
            part = FundPart(row.fund_source, row.fiscal_year, row.sends)
            found[row.claim_id] = (*found.get(row.claim_id, ()), part)
    return found


def live_funding(session: Session, claim_ids: Sequence[str]) -> Sequence[ClaimFunding]:
    """What each source bears and sends of these claims as it stands now, source by source."""
    wanted = select(ClaimFunding).where(ClaimFunding.claim_id.in_(claim_ids), ClaimFunding.live)
    return session.scalars(wanted.order_by(ClaimFunding.claim_id, ClaimFunding.fund_source)).all()


def borne(session: Session, claim: Claim) -> tuple[FundPart, ...]:
    """What each source bears of an approved claim: what it sends, and what is kept for demands (INT-4)."""
    wanted = select(ClaimFunding).where(ClaimFunding.claim_id == claim.id, ClaimFunding.live)
    order = (ClaimFunding.fund_source, ClaimFunding.fiscal_year)
    return tuple(
        FundPart(row.fund_source, row.fiscal_year, row.bears) for row in session.scalars(wanted.order_by(*order))
    )
