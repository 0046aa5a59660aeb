"""Set-off by an officer: what an approved claim would send is kept for a demand on the same payee (X-10, INT-4)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from services.subsidy.checks.holds import open_hits
from services.subsidy.claims.earlier_steps import earlier_steps
from services.subsidy.claims.queries import load_claim
from services.subsidy.collection.shapes import demand_shape, load_demand
from services.subsidy.demands.discharges import (
    ReceivablePart,
    by_source,
    lock_demand,
    outstanding_parts,
    tell_balance_changed,
)
from services.subsidy.demands.set_off import enter_set_off, post_set_offs
from services.subsidy.events import claim_told
from services.subsidy.funding.claim_funding import live_funding
from services.subsidy.ledger.books import lock_open_year
from services.subsidy.lifecycle.claim import WORDS, transition
from services.subsidy.models import Claim, ClaimFunding, Demand, Payment
from services.subsidy.projects.blocks import check_free
from services.subsidy.projects.locks import lock_claim
from services.subsidy.rules.funds import keep_back
from shared.contracts.subsidy.claims import CLAIM_DECIDED
from shared.contracts.subsidy.receivables import DemandShape, OffsetDemand
from shared.errors import Conflict
from shared.kernel.work import Work
from shared.security.permissions import check_other_person
from shared.store.by_name import values_of
from shared.store.database import execute_count


def offset_demand(work: Work, request: OffsetDemand) -> DemandShape:
    """Keeps the lesser of what the claim sends and what is outstanding, source by source; a claim that sends nothing
    any more is closed at once. Raises Conflict that says why where nothing can be kept.
    """
    demand, claim = load_demand(work, request.demand_id), load_claim(work, request.claim_id)
    _check_alike(demand, claim)
    check_free(work.session, [claim])
    lock_claim(work.session, claim)
    lock_demand(work.session, demand.id)
    _check_payable(work, claim)
    check_other_person(work.speaker, earlier_steps(claim))
    lock_open_year(work.session, claim.programme, claim.district)  # closing a year gives claims another funding
    funding = live_funding(work.session, [claim.id])
    taken = _taken(funding, outstanding_parts(work.session, [demand.id]))
    if not taken:
        raise Conflict("该申领将拨付的资金来源中没有尚未退还的追回款，不能抵扣；请由单位按通知退还", claim_id=claim.id)
    _send_less(work, funding, taken)
    enter_set_off(work, claim, demand, taken)
    if claim.set_off == claim.amount:
        _close(work, claim)
    if demand.settled_on is None:
        tell_balance_changed(work, demand)
    return demand_shape(work, demand)


def _check_alike(demand: Demand, claim: Claim) -> None:
    """The same payee, and the same programme's money of the same district."""
    if claim.payee_id != demand.payee_id:
        raise Conflict("该申领的收款单位不是应退还的单位，不能抵扣，请核对申领编号", claim_id=claim.id)
    if (claim.programme, claim.district) != (demand.programme, demand.district):
        raise Conflict("该申领属于其他辖区或项目类别，其资金不能用于抵扣，请核对申领编号", claim_id=claim.id)


def _check_payable(work: Work, claim: Claim) -> None:
    """Approved, not on its way to the treasury, and nothing is being looked into."""
    if claim.state != "approved":
        raise Conflict(
            f"该申领目前{WORDS[claim.state]}，只有已核定、尚未制单的申领可以抵扣", claim_id=claim.id, state=claim.state
        )
    arrived = select(Payment.id).where(Payment.claim_id == claim.id, Payment.state == "paid").limit(1)
    if work.session.scalar(arrived):
        raise Conflict("该申领已有一部分资金到账，其余应补拨，不能抵扣", claim_id=claim.id)
    if hits := open_hits(work.session, [claim.id]).get(claim.id):
        raise Conflict("该申领有待处理的核查疑点，不能抵扣，请先处理疑点", claim_id=claim.id, hits=list(hits))


def _taken(funding: Sequence[ClaimFunding], owed: Sequence[ReceivablePart]) -> list[ReceivablePart]:
    """What is kept of each part, the oldest first; of sources that both have, whatever their years."""
    sending = {row.fund_source: row.sends for row in funding}
    kept = keep_back(sending, [(part.fund_source, part.amount) for part in owed], "automatic")
    return [part._replace(amount=amount) for part, amount in zip(owed, kept, strict=True) if amount]


def _send_less(work: Work, funding: Sequence[ClaimFunding], taken: Sequence[ReceivablePart]) -> None:
    """New versions of what the sources send; they bear what they bore."""
    kept = by_source(taken)
    for row in funding:
        if not (less := kept.get(row.fund_source)):
            continue
        version = values_of(ClaimFunding, row, version=row.version + 1, live=True, sends=row.sends - less)
        this = (ClaimFunding.claim_id == row.claim_id, ClaimFunding.fund_source == row.fund_source, ClaimFunding.live)
        execute_count(work.session, update(ClaimFunding).where(*this).values(live=False))
        work.add(ClaimFunding(**version))


def _close(work: Work, claim: Claim) -> None:
    """Nothing is left to send: what it keeps counts at once."""
    claim.state = transition(claim.state, "close")
    work.session.flush()
    post_set_offs(work, [claim])
    work.tell(CLAIM_DECIDED, claim.id, claim_told(claim), district=claim.district)
