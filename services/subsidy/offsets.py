"""What a claim keeps of its own money for a demand (X-10): where the document reads so, for what it takes back itself
(INT-4), and where an officer enters it. Always an entry of its own.

Kept from then on, posted when the claim is settled: the demand is recovered by so much, and the claim's budget bears
the amount without its being sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from services.subsidy.clawbacks import Opened, by_place
from services.subsidy.demands import Part, discharge, mark_settled
from services.subsidy.ledger import cite, entry_for, entry_of, post
from services.subsidy.models import Claim, Demand, Discharge, Offset
from services.subsidy.reading import live_funding
from services.subsidy.rules.funds import keep_back
from shared.bus.work import Work
from shared.contracts.subsidy import FundPart
from shared.money import ZERO, Money
from shared.store.types import new_id


def keep_for_receivables(
    work: Work, claim: Claim, parts: Sequence[FundPart], opened: Opened | None
) -> Mapping[str, Money]:
    """Stores what is kept for the demand that the claim opened and sets its `set_off`; the sums by source."""
    if opened is None:
        return {}
    sending = {part.fund_source: part.amount for part in parts}
    reading = work.policies.by_identity(claim.document).reading("clawback_offset")
    kept = keep_back(sending, [(part.fund_source, part.amount) for part in opened.parts], reading)
    taken = [part._replace(amount=amount) for part, amount in zip(opened.parts, kept, strict=True) if amount]
    keep(work, claim, opened.demand, taken)
    fen: Counter[str] = Counter()
    for part in taken:
        fen[part.fund_source] += part.amount.fen
    return {source: Money(sum_) for source, sum_ in fen.items()}


def keep(work: Work, claim: Claim, demand: Demand, taken: Sequence[Part]) -> None:
    """Enters the set-off of these parts of the demand against the claim; nothing for no parts."""
    if not taken:
        return
    amount = Money.sum(part.amount for part in taken)
    offset = Offset(
        id=new_id(),
        demand_id=demand.id,
        claim_id=claim.id,
        amount=amount,
        made_on=work.today,
        made_by=work.speaker.person,
    )
    work.session.add(offset)
    work.session.flush()
    discharge(work, "offset", offset.id, taken)
    claim.set_off += amount


def settle_offsets(work: Work, claim: Claim) -> None:
    """Posts what a settled claim kept: borne by its budget, recovered for the demand's."""
    cited = cite(work.policies.by_identity(claim.document), "subsidy.recovery_channel")
    kept = [(row, row.bears - row.sends) for row in live_funding(work.session, [claim.id])]
    borne = [
        entry_of(claim, "offset", row.fund_source, row.fiscal_year, amount, claim.id, cited)
        for row, amount in kept
        if amount
    ]
    recovered = [
        entry_for(demand, "recovery", *place, offset.id)
        for offset, demand, parts in _offsets(work, claim)
        for place in by_place(parts)
    ]
    post(work, [*borne, *recovered])
    mark_settled(work, [demand.id for _, demand, _ in _offsets(work, claim)])


def drop_offsets(work: Work, claim: Claim) -> None:
    """A claim that is voided keeps nothing: what it was to keep is outstanding again."""
    for offset, _, parts in _offsets(work, claim):
        discharge(work, "reversal", offset.id, parts)
    claim.set_off = ZERO


def _offsets(work: Work, claim: Claim) -> list[tuple[Offset, Demand, list[Part]]]:
    """What the claim keeps: for which demand, and of which of its parts."""
    wanted = select(Offset, Demand).join(Demand, Demand.id == Offset.demand_id).where(Offset.claim_id == claim.id)
    found = []
    for offset, demand in work.session.execute(wanted.order_by(Demand.number)).all():
        part = (Discharge.clawback_id, Discharge.fund_source, Discharge.fiscal_year, Discharge.amount)
        rows = select(*part).where(Discharge.way == "offset", Discharge.fact_id == offset.id).order_by(Discharge.number)
        found.append((offset, demand, [Part(*row) for row in work.session.execute(rows)]))
    return found
