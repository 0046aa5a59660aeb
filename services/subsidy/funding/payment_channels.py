"""By which way money went out: how much of each person's, from which source of which year (INT-74, X-10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import get_args

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from services.subsidy.funding.claim_funding import borne
from services.subsidy.lifecycle.claim import SETTLED
from services.subsidy.models import Claim, ClaimLine, Payment
from services.subsidy.rules.funds import PaidPart, apportion
from shared.contracts.subsidy.claims import ClaimKind
from shared.money import ZERO, Money
from shared.store.bulk import STREAM

SourceYear = tuple[str, int]
"""A fund source and a fiscal year."""


@dataclass
class Channel:
    """One enrolment's money: to whom it went, by which claim last, and fen by source and year."""

    payee_id: str
    claim_id: str
    fen: Counter[SourceYear] = field(default_factory=Counter)

    def parts(self) -> tuple[PaidPart, ...]:
        """In order of source and year, without empty ones."""
        return tuple(PaidPart(*place, Money(fen)) for place, fen in sorted(self.fen.items()) if fen)


def channels(
    session: Session, project_id: str, wanted: Collection[str], kinds: Collection[str] = get_args(ClaimKind)
) -> dict[str, Channel]:
    """How the wanted enrolments of a project were paid by its claims of these kinds.

    Of a claim that isn't settled, or of which money came back, only the sources that have paid count.
    """
    sent = exists().where(Payment.claim_id == Claim.id, Payment.state == "paid")
    paid = select(Claim).where(Claim.project_id == project_id, Claim.kind.in_(kinds), Claim.amount > ZERO)
    found: dict[str, Channel] = {}
    for claim in session.scalars(paid.where(or_(Claim.state.in_(SETTLED), sent)).order_by(Claim.number)).all():
        places = _paid_places(session, claim)
        for enrolment_id, shares in _divided(session, claim):
            parts = {place: fen for place, fen in shares.items() if places is None or place in places}
            if enrolment_id in wanted and parts:
                channel = found.setdefault(enrolment_id, Channel(claim.payee_id, claim.id))
                channel.claim_id = claim.id
                channel.fen.update(parts)
    return found


def _paid_places(session: Session, claim: Claim) -> set[SourceYear] | None:
    """The sources that have paid; None where the claim is settled, whatever it kept."""
    if claim.state in SETTLED:
        return None
    paid = select(Payment.fund_source, Payment.fiscal_year).where(Payment.claim_id == claim.id, Payment.state == "paid")
    return {(source, year) for source, year in session.execute(paid)}


def _divided(session: Session, claim: Claim) -> Iterator[tuple[str, dict[SourceYear, int]]]:
    """Each enrolment of the claim with its share of every source, as they stand in the claim."""
    parts = borne(session, claim)
    places = [(part.fund_source, part.fiscal_year) for part in parts]
    lines = select(ClaimLine.enrolment_id, ClaimLine.amount).where(ClaimLine.claim_id == claim.id)
    rows = session.execute(lines.order_by(ClaimLine.number), execution_options=STREAM)
    left = [part.amount for part in parts]
    for enrolment_id, amount in rows:
        taken = apportion(amount, left)
        left = [before - part for before, part in zip(left, taken, strict=True)]
        yield enrolment_id, {place: part.fen for place, part in zip(places, taken, strict=True) if part}
