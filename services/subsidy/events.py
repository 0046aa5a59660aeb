"""What subsidy tells and answers of a claim in short: ids, states and amounts, nothing about a person."""

from __future__ import annotations

from datetime import date
from typing import TypedDict, cast

from services.subsidy.models import Claim
from shared.contracts.subsidy.claims import ClaimKind, ClaimState, ClaimTold
from shared.contracts.subsidy.payments import PaymentTold
from shared.money import Money


class ClaimIds(TypedDict):
    """Which claim something is about, and whose: fields that events and answers have in common."""

    claim_id: str
    project_id: str
    programme: str
    district: str
    employer_id: str


class ClaimInShort(ClaimIds):
    """The same with how it stands. `amount`: yuan that it pays."""

    kind: ClaimKind
    state: ClaimState
    amount: Money


def claim_ids(claim: Claim) -> ClaimIds:
    """To be spread into an event or an answer: `ClaimHeld(**claim_ids(claim), …)`."""
    return ClaimIds(
        claim_id=claim.id,
        project_id=claim.project_id,
        programme=claim.programme,
        district=claim.district,
        employer_id=claim.employer_id,
    )


def claim_in_short(claim: Claim) -> ClaimInShort:
    """To be spread likewise."""
    kind, state = cast("ClaimKind", claim.kind), cast("ClaimState", claim.state)
    return ClaimInShort(**claim_ids(claim), kind=kind, state=state, amount=claim.amount)


def claim_told(claim: Claim) -> ClaimTold:
    """A claim as it now stands. The officer's words stay on the claim: they may name anybody, events name nobody."""
    return ClaimTold(**claim_in_short(claim), clawback=claim.clawback, set_off=claim.set_off)


def payment_told(batch_id: str, claim: Claim, amount: Money, on: date) -> PaymentTold:
    """One claim's money, without what is kept back: what this batch sends, or all of it once it has arrived."""
    return PaymentTold(**claim_ids(claim), batch_id=batch_id, amount=amount, on=on)
