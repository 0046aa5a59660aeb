"""What becomes of a claim when the bank has spoken about its payments."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from services.subsidy.demands.set_off import post_set_offs
from services.subsidy.events import payment_told
from services.subsidy.exclusions.enforcement import claw_back_excluded, projects_with_exclusions
from services.subsidy.funding.claim_funding import live_funding
from services.subsidy.lifecycle.claim import Move, transition
from services.subsidy.lifecycle.payment import ON_ITS_WAY
from services.subsidy.models import Claim, Payment
from shared.batching import grouped, slices
from shared.contracts.subsidy.payments import PAYMENT_CONFIRMED
from shared.kernel.work import Work
from shared.store.bulk import SLICE
from shared.store.database import execute_count


class Arrival(NamedTuple):
    """When a source's money arrived, and in which batch it was sent."""

    on: date
    batch_id: str


@dataclass
class ClaimPayments:
    """A claim's payments. `sends`: the sources that send something; `arrived`: those that have, the newest last."""

    sends: set[str] = field(default_factory=set)
    on_its_way: bool = False
    arrived: dict[str, Arrival] = field(default_factory=dict)

    def move(self) -> Move | None:
        """`confirm` where all has arrived, `fail` where something hasn't and nothing is under way."""
        if self.sends <= self.arrived.keys():
            return "confirm"
        return None if self.on_its_way else "fail"

    def last(self) -> Arrival:
        """Of the claim's money that came last."""
        return max(self.arrived.values())


def settle_claims(work: Work, claims: Mapping[str, Claim], touched: Collection[str]) -> None:
    """Moves the touched claims to where their payments leave them, and does what follows from money that arrived."""
    payments = _payments_of(work.session, sorted(touched))
    moved = [claims[claim_id] for claim_id in sorted(touched)]
    confirmed = [claim for claim in moved if payments[claim.id].move() == "confirm"]
    failed = [claim for claim in moved if payments[claim.id].move() == "fail" and claim.state != "approved"]
    _move_claims(work.session, failed, "fail", None)
    for day, some in sorted(grouped((payments[claim.id].last().on, claim) for claim in confirmed).items()):
        _move_claims(work.session, some, "confirm", day)
    post_set_offs(work, confirmed)
    _tell(work, confirmed, payments)
    arrived = [claim for claim in moved if payments[claim.id].arrived]
    excluding = projects_with_exclusions(work.session, {claim.project_id for claim in arrived})
    for claim in arrived:
        if claim.project_id in excluding:
            claw_back_excluded(work, claim)


def _payments_of(session: Session, claim_ids: Sequence[str]) -> dict[str, ClaimPayments]:
    found = {claim_id: ClaimPayments() for claim_id in claim_ids}
    columns = (Payment.claim_id, Payment.fund_source, Payment.state, Payment.paid_on, Payment.batch_id)
    for some in slices(claim_ids, SLICE):
        for row in live_funding(session, some):
            if row.sends:
                found[row.claim_id].sends.add(row.fund_source)
        for claim_id, source, state, paid_on, batch_id in session.execute(
            select(*columns).where(Payment.claim_id.in_(some))
        ):
            one = found[claim_id]
            one.on_its_way = one.on_its_way or state in ON_ITS_WAY
            if state == "paid" and paid_on is not None:
                one.arrived[source] = Arrival(paid_on, batch_id)
    return found


def _move_claims(session: Session, claims: Sequence[Claim], move: Move, paid_on: date | None) -> None:
    """One statement for a thousand claims; the loaded ones follow. A move leads all of them to one state."""
    for state in {transition(claim.state, move) for claim in claims}:
        for some in slices([claim.id for claim in claims], SLICE):
            values = {"state": state, "paid_on": paid_on}
            execute_count(session, update(Claim).where(Claim.id.in_(some)).values(values))
        for claim in claims:
            set_committed_value(claim, "state", state)
            set_committed_value(claim, "paid_on", paid_on)


def _tell(work: Work, confirmed: Sequence[Claim], payments: Mapping[str, ClaimPayments]) -> None:
    told = []
    for claim in confirmed:
        last = payments[claim.id].last()
        told.append((claim.id, payment_told(last.batch_id, claim, claim.amount - claim.set_off, last.on)))
    work.tell_all(PAYMENT_CONFIRMED, told)
