"""What subsidy tells about a claim: ids, states and amounts, nothing about a person."""

from __future__ import annotations

from datetime import date
from typing import cast

from services.subsidy.models import Claim
from shared.contracts.subsidy.claims import ClaimKind, ClaimState, ClaimTold
from shared.contracts.subsidy.payments import PaymentTold
from shared.money import Money


def claim_told(claim: Claim) -> ClaimTold:
    """A claim as it now stands. The officer's words stay on the claim: they may name anybody, events name nobody."""
    return ClaimTold(
        claim_id=claim.id,
        project_id=claim.project_id,
        programme=claim.programme,
        district=claim.district,
        employer_id=claim.employer_id,
        kind=cast("ClaimKind", claim.kind),
        state=cast("ClaimState", claim.state),
        amount=claim.amount,
        clawback=claim.clawback,
        set_off=claim.set_off,
    )


def payment_told(batch_id: str, claim: Claim, amount: Money, on: date) -> PaymentTold:
    """One claim's money, without what is kept back: what this batch sends, or all of it once it has arrived."""
    return PaymentTold(
        batch_id=batch_id,
        claim_id=claim.id,
        project_id=claim.project_id,
        programme=claim.programme,
        district=claim.district,
        employer_id=claim.employer_id,
        amount=amount,
        on=on,
    )
