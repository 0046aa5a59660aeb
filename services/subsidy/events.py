"""What subsidy tells of a claim: ids, states and amounts, nothing about a person."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from services.subsidy.models import Claim
from shared.contracts.subsidy.claims import ClaimTold
from shared.contracts.subsidy.payments import PaymentTold
from shared.money import Money
from shared.store.by_name import shape_of

Shape = TypeVar("Shape")


def about_claim(kind: type[Shape], claim: Claim, **more: Any) -> Shape:
    """An event or an answer about a claim: `more`, and by their names whose claim it is and how it stands."""
    return shape_of(kind, claim, claim_id=claim.id, **more)


def claim_ids(claim: Claim) -> dict[str, str]:
    """Which claim a row of another table is about, and whose, by the names of its columns."""
    names = ("project_id", "programme", "district", "employer_id")
    return {"claim_id": claim.id, **{name: getattr(claim, name) for name in names}}


def claim_told(claim: Claim) -> ClaimTold:
    """A claim as it now stands. The officer's words stay on the claim: they may name anybody, events name nobody."""
    return about_claim(ClaimTold, claim)


def payment_told(batch_id: str, claim: Claim, amount: Money, on: date) -> PaymentTold:
    """One claim's money, without what is kept back: what this batch sends, or all of it once it has arrived."""
    return about_claim(PaymentTold, claim, batch_id=batch_id, amount=amount, on=on)
